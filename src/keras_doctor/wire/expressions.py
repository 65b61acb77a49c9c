"""A short function's code as one expression: what it does with its arguments, without running it.

Follows code without branches: arithmetic, attributes, calls, indexing. What comes out are the values below, nested;
None where the code does more than that.
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.wire.bytecode import attribute_name, global_name, instructions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.wire.bytecode import Instruction
    from keras_doctor.wire.marshalled import Code


@record
class Argument:
    """An argument of the function, by its place."""

    place: int


@record
class Free:
    """A variable of the function around it: what `LOAD_DEREF` of a place says, which Pythons count differently."""

    place: int


@record
class Name:
    """What a global name and the attributes after it stand for: "tf.nn.relu"."""

    path: str


@record
class Attribute:
    """An attribute of a value: `x.shape`."""

    value: Any
    name: str


@record
class Operation:
    """Arithmetic, comparison or indexing (`symbol` "[]") of values."""

    symbol: str
    values: tuple[Any, ...]


@record
class Calling:
    """A call: of a `Name`, or of an `Attribute` of a value (a method)."""

    called: Any
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...] = ()


@record
class Listed:
    """A list or tuple of values."""

    values: tuple[Any, ...]


@record
class Cut:
    """A slice of an index."""

    start: Any
    stop: Any
    step: Any = None


_BINARY = {
    "BINARY_ADD": "+", "BINARY_SUBTRACT": "-", "BINARY_MULTIPLY": "*", "BINARY_TRUE_DIVIDE": "/",
    "BINARY_FLOOR_DIVIDE": "//", "BINARY_MODULO": "%", "BINARY_POWER": "**", "BINARY_MATRIX_MULTIPLY": "@",
    "INPLACE_ADD": "+", "INPLACE_SUBTRACT": "-", "INPLACE_MULTIPLY": "*", "INPLACE_TRUE_DIVIDE": "/",
    "INPLACE_FLOOR_DIVIDE": "//", "INPLACE_MODULO": "%", "INPLACE_POWER": "**", "INPLACE_MATRIX_MULTIPLY": "@",
    "BINARY_DIVIDE": "/", "BINARY_AND": "&", "BINARY_OR": "|", "BINARY_XOR": "^", "BINARY_SUBSCR": "[]",
}  # fmt: skip
_COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")
# By how many bits the number of a comparison stands to the left.
_COMPARISON_SHIFT = {"3.12": 4, "3.13": 5, "3.14": 5}
# The arguments of BINARY_OP (3.11 on): its own and, 13 further, those of the assignments in place.
_NUMBERED = ("+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^")
_INDEXING = 2 * len(_NUMBERED)  # from 3.14 on
_UNARY = {"UNARY_NEGATIVE": "-", "UNARY_POSITIVE": "+", "UNARY_INVERT": "~"}
# Instructions that change the order of the values on top: which of them come to stand there, the topmost last.
_TURNS = {"ROT_TWO": (1, 0), "ROT_THREE": (2, 0, 1), "DUP_TOP": (0, 0)}
_SILENT = ("RESUME", "PRECALL", "NOP", "CACHE", "COPY_FREE_VARS", "MAKE_CELL")


class _GiveUp(Exception):
    """The code does more than an expression says."""


def expression(code: Code, python: str) -> Any:
    """Return what a function returns as an expression of its arguments; None when it is no plain expression, or when
    `python` does not read it.
    """
    steps = instructions(code, python)
    if steps is None:
        return None
    try:
        return _Stack(code, python).follow(steps)
    except (_GiveUp, IndexError):
        return None


class _Stack:
    """The values that the instructions have put down so far."""

    def __init__(self, code: Code, python: str) -> None:
        self.code = code
        self.python = python
        self.values: list[Any] = []
        self.keywords: tuple[str, ...] = ()
        self.local: dict[int, Any] = {}

    def follow(self, steps: tuple[Instruction, ...]) -> Any:
        for step in steps:
            if step.name == "RETURN_VALUE":
                return self.values.pop()
            if step.name == "RETURN_CONST":
                return self.code.constants[step.argument]
            self.take(step)
        raise _GiveUp

    def take(self, step: Instruction) -> None:
        name, argument = step.name, step.argument
        if name in _SILENT:
            return
        if name in ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"):
            self.load(argument)
        elif name == "LOAD_DEREF":
            self.values.append(Free(argument))
        elif name == "STORE_FAST":
            self.local[argument] = self.values.pop()
        elif name == "STORE_FAST_LOAD_FAST":
            self.local[argument >> 4] = self.values.pop()
            self.load(argument & 15)
        elif name == "STORE_FAST_STORE_FAST":
            self.local[argument >> 4] = self.values.pop()
            self.local[argument & 15] = self.values.pop()
        elif name == "POP_TOP":
            self.values.pop()
        elif name in ("IMPORT_NAME", "IMPORT_FROM"):
            self.imported(name, self.code.names[argument])
        elif name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"):
            self.load(argument >> 4)
            self.load(argument & 15)
        elif name == "LOAD_CONST":
            self.values.append(_constant(self.code.constants[argument]))
        elif name == "LOAD_SMALL_INT":
            self.values.append(argument)
        elif name in _BINARY:
            self.binary(_BINARY[name])
        elif name == "BINARY_OP":
            self.binary("[]" if argument == _INDEXING else _NUMBERED[argument % len(_NUMBERED)])
        elif name in _UNARY:
            self.values[-1] = Operation(_UNARY[name], (self.values[-1],))
        elif name == "COMPARE_OP":
            self.compare(argument >> _COMPARISON_SHIFT.get(self.python, 0))
        elif name == "UNPACK_SEQUENCE":
            self.unpack(argument)
        elif name in _TURNS or name in ("SWAP", "COPY"):
            self.turn(name, argument)
        elif name == "LIST_EXTEND":
            self.extend()
        elif name in ("BUILD_TUPLE", "BUILD_LIST"):
            self.values.append(Listed(self.popped(argument)))
        elif name == "BUILD_SLICE":
            self.values.append(Cut(*self.popped(argument)))
        elif name == "BINARY_SLICE":
            value, start, stop = self.popped(3)
            self.values.append(Operation("[]", (value, Cut(start, stop))))
        elif name == "PUSH_NULL":
            pass  # a mark for the interpreter: calls are followed without it
        elif name == "KW_NAMES":
            self.keywords = self.code.constants[argument]
        elif name in ("CALL_FUNCTION", "CALL_METHOD", "CALL"):
            self.call(argument, ())
        elif name in ("CALL_FUNCTION_KW", "CALL_KW"):
            keywords = self.values.pop()
            self.call(argument, keywords if isinstance(keywords, tuple) else ())
        else:
            self.name(step)

    def load(self, place: int) -> None:
        if place in self.local:
            self.values.append(self.local[place])
        elif place < self.code.arguments:
            self.values.append(Argument(place))
        else:
            raise _GiveUp

    def imported(self, step: str, name: str) -> None:
        """Follow an import inside the function: `import a.b` gives a, `from a import b` gives a and then its b."""
        if step == "IMPORT_FROM":
            held = self.values[-1]
            if not isinstance(held, Name):
                raise _GiveUp
            self.values.append(Name(f"{held.path}.{name}"))
            return
        _, listed = self.popped(2)
        self.values.append(Name(name if listed else name.partition(".")[0]))

    def name(self, step: Instruction) -> None:
        loaded = global_name(step, self.code, self.python)
        if loaded is not None:
            self.values.append(Name(loaded))
            return
        attribute = attribute_name(step, self.code, self.python)
        if attribute is None:
            raise _GiveUp
        value = self.values.pop()
        self.values.append(
            Name(f"{value.path}.{attribute}") if isinstance(value, Name) else Attribute(value, attribute)
        )

    def compare(self, number: int) -> None:
        if number >= len(_COMPARISONS):
            raise _GiveUp
        self.binary(_COMPARISONS[number])

    def unpack(self, count: int) -> None:
        """Follow `a, b = value`: the first comes to stand on top."""
        value = self.values.pop()
        held = value.values if isinstance(value, Listed) else value if isinstance(value, tuple) else None
        if held is not None and len(held) != count:
            raise _GiveUp
        found = held if held is not None else tuple(Operation("[]", (value, place)) for place in range(count))
        self.values += reversed(found)

    def turn(self, name: str, argument: int) -> None:
        if name == "SWAP":
            self.values[-1], self.values[-argument] = self.values[-argument], self.values[-1]
        elif name == "COPY":
            self.values.append(self.values[-argument])
        else:
            order = _TURNS[name]
            held = self.popped(len(set(order)))
            self.values += [held[one] for one in order]

    def extend(self) -> None:
        """Follow `[1, 2, 3]`, which newer Pythons write as a list that takes in a tuple."""
        listed, more = self.popped(2)
        if not isinstance(listed, Listed) or not isinstance(more, (tuple, Listed)):
            raise _GiveUp
        self.values.append(Listed((*listed.values, *(more.values if isinstance(more, Listed) else more))))

    def binary(self, symbol: str) -> None:
        self.values.append(Operation(symbol, self.popped(2)))

    def call(self, count: int, keywords: tuple[str, ...]) -> None:
        keywords, self.keywords = keywords or self.keywords, ()
        given = self.popped(count)
        called = self.values.pop()
        split = len(given) - len(keywords)
        if split < 0 or not isinstance(called, (Name, Attribute)):
            raise _GiveUp
        self.values.append(Calling(called, given[:split], tuple(zip(keywords, given[split:], strict=True))))

    def popped(self, count: int) -> tuple[Any, ...]:
        if count > len(self.values):
            raise _GiveUp
        found = tuple(self.values[len(self.values) - count :])
        del self.values[len(self.values) - count :]
        return found


def _constant(value: Any) -> Any:
    """Return a constant; an index with slices, which Python 3.14 keeps whole, as the code of older ones makes it."""
    if isinstance(value, slice):
        return Cut(value.start, value.stop, value.step)
    if isinstance(value, tuple) and any(isinstance(one, slice) for one in value):
        return Listed(tuple(_constant(one) for one in value))
    return value
