"""NumPy's `.npy` files: what their header says of the array, and where its data begin. Nothing is unpickled.

Source: numpy/lib/format.py, versions 1.0 to 3.0. The header is a Python literal with three keys; it is read as such,
by a reader of strings, numbers, truth values, tuples and lists that knows nothing else.
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError, LimitExceeded, Truncated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.wire.source import Source

MAGIC = b"\x93NUMPY"
_LONGEST = 1 << 16  # bytes of a header; NumPy itself reads 10,000 characters
_DEPTH = 8
_KINDS = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex"}
_PUNCTUATION = "{}[]():,"


@record
class Header:
    """What an `.npy` file says of its array.

    `dtype`: NumPy's name ("float32"), "object" for pickled values, "bytes3", "str5" or "void2" for those of a width,
    "record" for several fields; `item`: bytes of an element, 0 for objects; `big_endian`, `fortran_order`: how the
    data lie; `offset`: where they begin.
    """

    dtype: str
    shape: tuple[int, ...]
    item: int
    big_endian: bool
    fortran_order: bool
    offset: int


def read_header(source: Source) -> Header:
    """Read the header of an `.npy` file. Raises `FormatError`."""
    head = source.read_up_to(0, 12)
    if not head.startswith(MAGIC):
        raise FormatError("not an .npy file", 0)
    if len(head) < 12:
        raise Truncated("the .npy file ends within its header", len(head))
    if head[6] not in (1, 2, 3):
        raise FormatError(f"an .npy file of version {head[6]}", 6)
    start = 10 if head[6] == 1 else 12
    length = int.from_bytes(head[8:start], "little")
    if length > _LONGEST:
        raise LimitExceeded(f"an .npy header of {length} bytes", 8)
    text = source.read(start, length).decode("utf-8" if head[6] == 3 else "latin-1", "replace")
    value = _Literal(text).parse()
    shape = value.get("shape") if isinstance(value, dict) else None
    fortran = value.get("fortran_order") if isinstance(value, dict) else None
    if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape) or len(shape) > 64:
        raise FormatError("the .npy header gives no shape", start)
    dtype, item, big = _dtype(value.get("descr"))
    return Header(dtype, shape, item, big, fortran is True, start + length)


def _dtype(descr: Any) -> tuple[str, int, bool]:
    """Return the name of a dtype, its bytes, and whether they are big-endian. Raises `FormatError`."""
    if isinstance(descr, list):
        return "record", 0, False
    code = descr.lstrip("<>|=") if isinstance(descr, str) else ""
    kind, width = code[:1], code[1:]
    if kind == "O":
        return "object", 0, False
    if not (width.isascii() and width.isdigit() and len(width) < 10):
        raise FormatError(f"the .npy header has the dtype {descr!r:.40}")
    size = int(width)
    if kind in _KINDS:
        return "bool" if kind == "b" else f"{_KINDS[kind]}{size * 8}", size, descr[0] == ">" and size > 1
    if kind == "U":
        return f"str{size}", size * 4, descr[0] == ">"
    return {"S": "bytes", "V": "void"}.get(kind, code) + width, size, False


class _Literal:
    """A reader of the literals that headers are made of."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def parse(self) -> Any:
        value = self._value(0)
        if self._next():
            raise FormatError("text after the .npy header's end")
        return value

    def _next(self) -> str:
        """Skip blanks; return the sign that follows, "" at the end."""
        while self._text[self._at : self._at + 1] in (" ", "\n", "\t") and self._at < len(self._text):
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _value(self, depth: int) -> Any:
        sign = self._next()
        if depth > _DEPTH:
            raise LimitExceeded("an .npy header nested too deep")
        if sign == "{":
            return dict(self._items("}", depth, pairs=True))
        if sign == "[":
            return self._items("]", depth)
        if sign == "(":
            return tuple(self._items(")", depth))
        if sign in ("'", '"') and sign:
            end = self._text.find(sign, self._at + 1)
            if end < 0 or "\\" in self._text[self._at : end]:
                raise FormatError("a name in the .npy header does not end")
            value = self._text[self._at + 1 : end]
            self._at = end + 1
            return value
        start = self._at
        while self._text[self._at : self._at + 1] not in ("", " ", "\n", *_PUNCTUATION):
            self._at += 1
        word = self._text[start : self._at]
        if word in ("True", "False"):
            return word == "True"
        digits = word.removesuffix("L")  # Python 2 wrote long integers so
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise FormatError(f"the .npy header has {word[:20]!r}")
        return int(digits)

    def _items(self, end: str, depth: int, pairs: bool = False) -> list[Any]:
        found: list[Any] = []
        self._at += 1
        while self._next() != end:
            value = self._value(depth + 1)
            if pairs:
                if self._next() != ":" or not isinstance(value, str):
                    raise FormatError("the .npy header is no dict")
                self._at += 1
                found.append((value, self._value(depth + 1)))
            else:
                found.append(value)
            if self._next() == ",":
                self._at += 1
            elif self._next() != end:
                raise FormatError("the .npy header does not end")
        self._at += 1
        return found
