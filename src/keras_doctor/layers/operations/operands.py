"""The operands of one operation by name, however its era writes them down."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError, Shape, axis_of, read_number
from keras_doctor.layers.tensors import DEPTH, Tensor
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    # Takes the operands, gives the output: a shape, a `Tensor`, or a list of them for several outputs.
    Operation = Callable[["Operands"], Any]

RANK = DEFAULT_LIMITS.rank
MOST = 10_000  # numbers in one operand that is read as such: the parts of a split, the axes of a permutation

# What an operation does, and the names of its operands in their order: "x axis|dim" is an `x`, then an `axis` that some
# call `dim`.
Entry = tuple["Operation", str]


class Operands:
    """Operands by name. `traced`: TensorFlow itself found the shapes, not Keras's rules."""

    __slots__ = ("named", "traced")

    def __init__(self, named: dict[str, Any], traced: bool) -> None:
        self.named = named
        self.traced = traced

    def get(self, name: str, default: Any = None) -> Any:
        """Return an operand as it stands; None counts as absent."""
        found = self.named.get(name)
        return default if found is None else found

    def has(self, name: str) -> bool:
        """Whether an operand is given."""
        return self.named.get(name) is not None

    def shape(self, name: str = "x") -> Shape:
        """Return the shape of a tensor or constant."""
        return shape_of(self.named.get(name))

    def shapes(self, name: str = "x") -> list[Shape]:
        """Return the shapes in a list of tensors; of one tensor, its own."""
        found = self.named.get(name)
        return [shape_of(one) for one in (found if isinstance(found, list) and found else [found])]

    def number(self, name: str, default: int | None = None) -> int:
        """Return a whole number, also one that a tensor is known to hold."""
        found = self.named.get(name)
        values = [default] if found is None else numbers_of(found)
        if not values or len(values) != 1 or values[0] is None:
            raise CannotInferError(f"its {name!r} is not known")
        return values[0]

    def numbers(self, name: str) -> list[int | None]:
        """Return whole numbers from a number, a list or a tensor whose content is known, None for each that is open."""
        values = numbers_of(self.named.get(name))
        if values is None:
            raise CannotInferError(f"its {name!r} is not known")
        return values

    def axis(self, name: str, rank: int, default: int | None = None) -> int:
        """Return one axis, counted from the start."""
        return axis_of(self.number(name, default), rank)

    def axes(self, name: str, rank: int) -> tuple[int, ...]:
        """Return the axes of a number or list, all axes when it is absent."""
        if not self.has(name):
            return tuple(range(rank))
        return tuple(axis_of(number, rank) for number in self.numbers(name) if number is not None)

    def flag(self, name: str) -> bool:
        """Return a truth value, false when absent."""
        return bool(self.named.get(name))

    def text(self, name: str, default: str = "") -> str:
        """Return a word, in lower case."""
        found = self.named.get(name)
        return found.lower() if isinstance(found, str) else default


def bind(names: str, positional: list[Any], named: dict[str, Any]) -> dict[str, Any]:
    """Return operands by the names of an `Entry`. What it does not name keeps its own."""
    found = dict(named)
    for index, word in enumerate(names.split()):
        first, *others = word.split("|")
        if index < len(positional):
            found[first] = positional[index]
        else:
            for other in others:
                if first not in found and other in found:
                    found[first] = found[other]
    return found


def shape_of(value: Any, depth: int = 0) -> Shape:
    """Return the shape of a tensor, a number, or nested lists of numbers."""
    if isinstance(value, Tensor):
        if value.shape is None:
            raise CannotInferError("the shape of its input is not known")
        return value.shape
    if isinstance(value, list) and depth < DEPTH:
        return (len(value), *(shape_of(value[0], depth + 1) if value else ()))
    if value is None or isinstance(value, dict):
        raise CannotInferError("an operand is missing")
    return ()


def numbers_of(value: Any) -> list[int | None] | None:
    """Return the whole numbers that a value holds, None for an open one (a tensor may hold nothing else); None in place
    of the list when there are none.
    """
    if isinstance(value, Tensor):
        if value.value is not None:
            return list(value.value)
        length = (
            1 if value.shape == () else value.shape[0] if value.shape is not None and len(value.shape) == 1 else None
        )
        return [None] * length if length is not None and length <= RANK else None
    number = read_number(value)
    if number is not None:
        return [number]
    if not isinstance(value, list) or len(value) > MOST:
        return None
    found: list[int | None] = []
    for one in value:
        inner = None if isinstance(one, list) else numbers_of(one)
        if one is None or (isinstance(one, Tensor) and one.value is None):
            found.append(None)
        elif inner is None or len(inner) != 1:
            return None
        else:
            found.append(inner[0])
    return found


def entries(*rows: tuple[Operation, str, str]) -> dict[str, Entry]:
    """Return a table of operations from rows of function, operand names, and the names that it goes by."""
    return {name: (operation, operands) for operation, operands, names in rows for name in names.split()}
