"""NumPy arrays inside a pickle, read without unpickling: a machine that knows what pickled arrays are made of, and
nothing else.

`numpy.savez` pickles a dict of arrays as opcodes that call three known names (`_reconstruct`, `ndarray`, `dtype`) and
set known states. This machine follows those opcodes on plain values; a call of anything else, an unknown opcode or a
state of another form raises `FormatError`. Opcodes: CPython Lib/pickletools.py, protocols 2 to 5. States:
numpy/core/src/multiarray/methods.c array_setstate and descriptor.c arraydescr_setstate.
"""

from __future__ import annotations

import struct

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError, LimitExceeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.wire.source import Source

_MOST_STEPS = 1_000_000
_RECONSTRUCT = frozenset({"numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"})
_FROM_BUFFER = frozenset({"numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"})
_NDARRAY, _DTYPE = "numpy.ndarray", "numpy.dtype"
_MARK = object()
_ORDERS = {"<": "little", "|": "little", "=": "little", ">": "big"}

# Opcodes that push a number or text: format of the argument, and its size.
_NUMBERS = {0x4B: "<B", 0x4D: "<H", 0x4A: "<i", 0x47: ">d"}  # BININT1, BININT2, BININT, BINFLOAT
_TEXTS = {0x8C: "<B", 0x58: "<I", 0x8D: "<Q"}  # SHORT_BINUNICODE, BINUNICODE, BINUNICODE8
_BYTES = {0x43: "<B", 0x42: "<I", 0x8E: "<Q", 0x96: "<Q"}  # SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
_CONSTANTS = {0x4E: None, 0x88: True, 0x89: False}
_TUPLES = {0x29: 0, 0x85: 1, 0x86: 2, 0x87: 3}
_PUTS = {0x71: "<B", 0x72: "<I"}
_GETS = {0x68: "<B", 0x6A: "<I"}
_SIZES = {"<B": 1, "<H": 2, "<i": 4, "<I": 4, "<Q": 8, ">d": 8}


@record
class Name:
    """A class or function that a pickle names; it is never looked up."""

    name: str


@record
class Stored:
    """Bytes of a pickle, where they stand: nothing is copied."""

    offset: int
    length: int


class Dtype:
    """A data type: NumPy's code ("f4", "i8", "O8") and its byte order."""

    __slots__ = ("code", "order")

    def __init__(self, code: str) -> None:
        self.code = code
        self.order = "little"


class Array:
    """An array of a pickle. `items` are the values of an object array, else `data` says where the bytes are."""

    __slots__ = ("data", "dtype", "fortran", "items", "shape")

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = ()
        self.dtype = Dtype("")
        self.fortran = False
        self.data: Stored | None = None
        self.items: list[Any] = []


def read(source: Source, offset: int = 0) -> Any:
    """Return the value that the pickle at `offset` stands for: dicts, lists, tuples, text, numbers, `Array`.

    Raises `FormatError` for a pickle that is anything but arrays and containers of them.
    """
    try:
        return _Machine(source, offset).run()
    except (IndexError, KeyError, TypeError, ValueError, struct.error) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError("not a pickle of arrays: its steps contradict each other", offset) from None


class _Machine:
    def __init__(self, source: Source, offset: int) -> None:
        self.source = source
        self.at = offset
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(_MOST_STEPS):
            opcode = self.source.read(self.at, 1)[0]
            self.at += 1
            if opcode == 0x2E:  # STOP
                return self.stack.pop()
            self._step(opcode)
        raise LimitExceeded(f"more than {_MOST_STEPS} steps in one pickle", self.at)

    def _number(self, form: str) -> Any:
        size = _SIZES[form]
        (value,) = struct.unpack_from(form, self.source.read(self.at, size))
        self.at += size
        return value

    def _step(self, opcode: int) -> None:
        stack = self.stack
        if opcode in _NUMBERS:
            stack.append(self._number(_NUMBERS[opcode]))
        elif opcode in _TEXTS:
            stack.append(self._text(self._number(_TEXTS[opcode])))
        elif opcode in _BYTES:
            length = self._number(_BYTES[opcode])
            if length > self.source.size - self.at:
                raise FormatError(f"{length} bytes are stated where {self.source.size - self.at} are left", self.at)
            stack.append(Stored(self.at, length))
            self.at += length
        elif opcode in _CONSTANTS:
            stack.append(_CONSTANTS[opcode])
        elif opcode in _TUPLES:
            count = _TUPLES[opcode]
            stack[len(stack) - count :] = [tuple(stack[len(stack) - count :])]
        elif opcode in _PUTS:
            self.memo[self._number(_PUTS[opcode])] = stack[-1]
        elif opcode in _GETS:
            stack.append(self.memo[self._number(_GETS[opcode])])
        elif opcode == 0x94:  # MEMOIZE
            self.memo[len(self.memo)] = stack[-1]
        elif opcode == 0x80:  # PROTO
            self.at += 1
        elif opcode == 0x95:  # FRAME
            self.at += 8
        else:
            self._structure(opcode)

    def _structure(self, opcode: int) -> None:
        stack = self.stack
        if opcode == 0x28:  # MARK
            stack.append(_MARK)
        elif opcode == 0x74:  # TUPLE
            stack.append(tuple(self._to_mark()))
        elif opcode == 0x5D:  # EMPTY_LIST
            stack.append([])
        elif opcode == 0x7D:  # EMPTY_DICT
            stack.append({})
        elif opcode == 0x61:  # APPEND
            value = stack.pop()
            _of(list, stack[-1]).append(value)
        elif opcode == 0x65:  # APPENDS
            values = self._to_mark()
            _of(list, stack[-1]).extend(values)
        elif opcode == 0x73:  # SETITEM
            value, key = stack.pop(), stack.pop()
            _of(dict, stack[-1])[_of(str, key)] = value
        elif opcode == 0x75:  # SETITEMS
            values = self._to_mark()
            _of(dict, stack[-1]).update(
                (_of(str, key), value) for key, value in zip(values[::2], values[1::2], strict=True)
            )
        elif opcode == 0x63:  # GLOBAL
            stack.append(Name(f"{self._line()}.{self._line()}"))
        elif opcode == 0x93:  # STACK_GLOBAL
            name, module = _of(str, stack.pop()), _of(str, stack.pop())
            stack.append(Name(f"{module}.{name}"))
        elif opcode == 0x52:  # REDUCE
            arguments, function = _of(tuple, stack.pop()), _of(Name, stack.pop())
            stack.append(self._called(function.name, arguments))
        elif opcode == 0x62:  # BUILD
            state = _of(tuple, stack.pop())
            _build(stack[-1], state)
        else:
            raise FormatError(f"the opcode {opcode:#04x} has no place in a pickle of arrays", self.at - 1)

    def _text(self, length: int) -> str:
        if length > 1 << 16:
            raise LimitExceeded(f"a name of {length} bytes in a pickle", self.at)
        text = self.source.read(self.at, length).decode("utf-8", "replace")
        self.at += length
        return text

    def _line(self) -> str:
        line = self.source.read_up_to(self.at, 512)
        end = line.find(b"\n")
        if end < 0:
            raise FormatError("a name without an end in a pickle", self.at)
        self.at += end + 1
        return line[:end].decode("utf-8", "replace")

    def _to_mark(self) -> list[Any]:
        start = len(self.stack) - 1
        while self.stack[start] is not _MARK:
            start -= 1
            if start < 0:
                raise FormatError("a mark is missing in a pickle", self.at)
        values = self.stack[start + 1 :]
        del self.stack[start:]
        return values

    def _called(self, name: str, arguments: tuple[Any, ...]) -> Any:
        if name in _RECONSTRUCT and arguments and arguments[0] == Name(_NDARRAY):
            return Array()
        if name == _DTYPE and arguments and isinstance(arguments[0], str):
            return Dtype(arguments[0])
        if name in _FROM_BUFFER:  # protocol 5
            content, dtype, shape, order = arguments
            array = Array()
            _build(array, (1, shape, dtype, order == "F", content))
            return array
        raise FormatError(f"the pickle calls {name}, which is more than data", self.at)


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise FormatError("not a pickle of arrays: a step does not fit its value")
    return value


def _build(value: Any, state: tuple[Any, ...]) -> None:
    if isinstance(value, Dtype):
        value.order = _ORDERS[state[1]]
    elif isinstance(value, Array):
        _, shape, dtype, fortran, content = state
        value.shape = tuple(_of(int, length) for length in _of(tuple, shape))
        value.dtype, value.fortran = _of(Dtype, dtype), bool(fortran)
        if isinstance(content, list):
            value.items = content
        else:
            value.data = _of(Stored, content)
    else:
        raise FormatError("a state is set on what is no array, in a pickle")


def arrays(value: Any) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a dict of arrays by their keys, also when it is the one item of an object array."""
    if isinstance(value, Array) and len(value.items) == 1:
        value = value.items[0]
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, Array) and item.data is not None:
                yield key, item
