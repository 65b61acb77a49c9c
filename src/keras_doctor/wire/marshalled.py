"""The code of a Python function as `marshal` writes it, read without unmarshalling: what a stranger's bytes would make
this interpreter build is never built.

The format is CPython's Python/marshal.c: a type code a value, with bit 7 set where the value is remembered. The fields
of a code object differ by Python: 2, 3.0 to 3.7, 3.8 to 3.10, 3.11 on. A reader of another Python meets a number where
a string should be.
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError, LimitExceeded, Truncated
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# How the fields of a code object follow one another: "i" a number of four bytes, "o" an object.
_LAYOUTS = {
    "2": ("argcount nlocals stacksize flags", "code consts names varnames freevars cellvars filename name", "lnotab"),
    "3.0": (
        "argcount kwonlyargcount nlocals stacksize flags",
        "code consts names varnames freevars cellvars filename name",
        "lnotab",
    ),
    "3.8": (
        "argcount posonlyargcount kwonlyargcount nlocals stacksize flags",
        "code consts names varnames freevars cellvars filename name",
        "lnotab",
    ),
    "3.11": (
        "argcount posonlyargcount kwonlyargcount stacksize flags",
        "code consts names localsplusnames localspluskinds filename name qualname",
        "linetable exceptiontable",
    ),
}
_MOST_OBJECTS = 50_000
_FLAG_REF = 0x80


@record
class Code:
    """A code object. `layout` says which Pythons write it so: "2", "3.0" (3.0 to 3.7), "3.8" (to 3.10), "3.11" (on).

    `variables`: its arguments first, then its other local variables (from 3.11 on cells and free variables too).
    `constants` hold plain values, tuples, and `Code` for functions inside.
    """

    layout: str
    name: str
    filename: str
    arguments: int
    flags: int
    bytecode: bytes
    constants: tuple[Any, ...]
    names: tuple[str, ...]
    variables: tuple[str, ...]
    free: tuple[str, ...] = ()


def read_code(data: bytes) -> Code:
    """Return the code object at the start of `data`. Raises FormatError when no Python writes such bytes."""
    problem: FormatError | None = None
    for layout in ("3.11", "3.8", "3.0", "2"):
        try:
            found = _Reader(data, layout).value()
        except FormatError as error:
            problem = problem or error
            continue
        if isinstance(found, Code):
            return found
        problem = FormatError("no code object stands there", 0)
    raise problem or FormatError("no code object stands there", 0)


class _Reader:
    """Reads values one after the other, for one layout of code objects."""

    def __init__(self, data: bytes, layout: str) -> None:
        self.data = data
        self.at = 0
        self.layout = layout
        self.remembered: list[Any] = []
        self.interned: list[Any] = []
        self.left = _MOST_OBJECTS

    def value(self, depth: int = 0) -> Any:
        """Return the next value."""
        self.left -= 1
        if self.left < 0 or depth > DEFAULT_LIMITS.depth:
            raise LimitExceeded("too many or too deep values in a code object", self.at)
        mark = self._take(1)[0]
        kind = chr(mark & ~_FLAG_REF)
        place = -1
        if mark & _FLAG_REF:
            place = len(self.remembered)
            self.remembered.append(None)
        found = self._of_kind(kind, depth)
        if place >= 0:
            self.remembered[place] = found
        return found

    def _of_kind(self, kind: str, depth: int) -> Any:
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind == "i":
            return self._number()
        if kind in "fxI":
            return self._older(kind)
        if kind == "g":
            return _double(self._take(8))
        if kind == "y":
            return complex(_double(self._take(8)), _double(self._take(8)))
        if kind == "l":
            return self._long()
        if kind in "st":
            data = self._take(self._size())
            if kind == "t" and self.layout == "2":
                self.interned.append(data.decode("latin-1"))
                return self.interned[-1]
            return data if kind == "s" else data.decode("utf-8", "replace")
        if kind in "uaA":
            return self._take(self._size()).decode("utf-8", "surrogatepass" if kind == "u" else "replace")
        if kind in "zZ":
            return self._take(self._take(1)[0]).decode("latin-1")
        if kind in "([<>)":
            count = self._take(1)[0] if kind == ")" else self._size()
            if count > self.left:
                raise LimitExceeded("more values than bytes in a code object", self.at)
            return tuple(self.value(depth + 1) for _ in range(count))
        if kind in "rR":
            listed = self.remembered if kind == "r" else self.interned
            place = self._number()
            if not 0 <= place < len(listed):
                raise FormatError("a reference to a value that is not there", self.at)
            return listed[place]
        if kind == ":":
            return slice(*(self.value(depth + 1) for _ in range(3)))
        if kind == "c":
            return self._code(depth)
        raise FormatError("unknown type code", self.at - 1)

    def _code(self, depth: int) -> Code:
        numbers, objects, ends = _LAYOUTS[self.layout]
        held: dict[str, Any] = {name: self._number() for name in numbers.split()}
        for name in objects.split():
            held[name] = self.value(depth + 1)
        self._number()  # the first line
        for _ in ends.split():
            if not isinstance(self.value(depth + 1), (bytes, str)):
                raise FormatError("a table of lines is no bytes", self.at)
        bytecode, constants, names = held["code"], held["consts"], held["names"]
        variables, free = held.get("varnames", held.get("localsplusnames")), held.get("freevars", ())
        if isinstance(bytecode, str) and self.layout == "2":
            bytecode = bytecode.encode("latin-1", "replace")
        if not isinstance(bytecode, bytes) or not isinstance(constants, tuple):
            raise FormatError("the fields of a code object are of other kinds", self.at)
        return Code(
            self.layout,
            _text(held["name"]),
            _text(held["filename"]),
            held["argcount"],
            held["flags"],
            bytecode,
            constants,
            _texts(names),
            _texts(variables),
            _texts(free),
        )

    def _take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise Truncated("the bytes of a code object end too early", self.at)
        self.at += count
        return self.data[self.at - count : self.at]

    def _number(self) -> int:
        return int.from_bytes(self._take(4), "little", signed=True)

    def _size(self) -> int:
        size = self._number()
        if not 0 <= size <= len(self.data):
            raise FormatError("a size that the bytes do not hold", self.at)
        return size

    def _long(self) -> int:
        count = self._number()
        number = 0
        for place in range(abs(count)):
            number |= int.from_bytes(self._take(2), "little") << 15 * place
        return -number if count < 0 else number

    def _older(self, kind: str) -> Any:
        """Return a number in a form that newer Pythons no longer write."""
        if kind == "I":
            return int.from_bytes(self._take(8), "little", signed=True)
        parts = [self._take(self._take(1)[0]).decode("latin-1") for _ in range(2 if kind == "x" else 1)]
        try:
            values = [float(part) for part in parts]
        except ValueError as error:
            raise FormatError("a number that is none", self.at) from error
        return complex(*values) if kind == "x" else values[0]


_CONSTANTS: dict[str, Any] = {"0": None, "N": None, "F": False, "T": True, "S": None, ".": Ellipsis}


def _double(data: bytes) -> float:
    from struct import unpack

    return float(unpack("<d", data)[0])


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if not isinstance(value, str):
        raise FormatError("a name in a code object is no text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, tuple):
        raise FormatError("the names in a code object are no tuple")
    return tuple(_text(value) for value in values)
