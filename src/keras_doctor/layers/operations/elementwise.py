"""Operations on each element, and on small tensors whose content follows from shapes."""

from __future__ import annotations

from keras_doctor.layers.operations.operands import Operands, numbers_of, shape_of
from keras_doctor.layers.shapes import LARGEST, CannotInferError, Shape, broadcast, product
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def same(op: Operands) -> Any:
    """One tensor, element by element; what is known of its content stays known."""
    x = op.get("x")
    return x if isinstance(x, Tensor) and x.shape is not None else op.shape()


def met(op: Operands, shapes: list[Shape]) -> Shape:
    """Return the shape in which operands meet."""
    if op.traced:
        return broadcast(*shapes)
    found = shapes[0]
    for shape in shapes[1:]:
        found = _keras_broadcast(found, shape)
    return found


def _keras_broadcast(one: Shape, other: Shape) -> Shape:
    """Return what Keras 3's `broadcast_shapes` does: where one size is open, the other's stands; 1 leaves it open."""
    rank = max(len(one), len(other))
    one, other = (1,) * (rank - len(one)) + one, (1,) * (rank - len(other)) + other
    result: list[int | None] = []
    for first, second in zip(one, other, strict=False):
        if first == 1:
            result.append(second)
        elif first is None:
            result.append(None if second == 1 else second)
        elif second in (1, None, first):
            result.append(first)
        else:
            raise CannotInferError("its inputs have sizes that do not fit together")
    return tuple(result)


def _calculated(by: Callable[[int, int], int]) -> Callable[[Operands], Any]:
    """Return an operation of two operands that also works out small numbers."""

    def operation(op: Operands) -> Any:
        x, y = op.get("x"), op.get("y")
        shape = met(op, [shape_of(x), shape_of(y)])
        ours, theirs = (numbers_of(side) if isinstance(side, (Tensor, int)) else None for side in (x, y))
        if (
            ours is None
            or theirs is None
            or len(theirs) not in (1, len(ours))
            or not isinstance(x, Tensor)
            or x.value is None
        ):
            return shape
        pairs = zip(ours, theirs if len(theirs) == len(ours) else theirs * len(ours), strict=False)
        return Tensor(shape, tuple(None if a is None or b is None else _bounded(by, a, b) for a, b in pairs))

    return operation


def _bounded(by: Callable[[int, int], int], a: int, b: int) -> int | None:
    result = by(a, b)
    return result if abs(result) <= LARGEST else None


added = _calculated(lambda a, b: a + b)
subtracted = _calculated(lambda a, b: a - b)
multiplied = _calculated(lambda a, b: a * b)
divided = _calculated(lambda a, b: a // b if b else 0)


def combined(op: Operands) -> Any:
    """Two tensors, or however many are given, element by element."""
    shapes = [shape_of(op.named[name]) for name in ("x", "y", "z") if op.has(name)]
    return met(op, shapes or [op.shape()])


def summed(op: Operands) -> Any:
    """A list of tensors of one shape."""
    return met(op, op.shapes())


def shape(op: Operands) -> Any:
    """The shape itself, as a tensor."""
    found = op.shape()
    return Tensor((len(found),), found)


def counted(op: Operands) -> Any:
    """The number of elements."""
    return Tensor((), (product(op.shape()),))


def scalar(op: Operands) -> Any:
    """One number."""
    return ()


def like(op: Operands) -> Any:
    """A tensor of the shape of `x` with other content."""
    return op.shape()


def filled(op: Operands) -> Any:
    """A tensor of a given shape."""
    return tuple(op.numbers("shape"))


def ranged(op: Operands) -> Any:
    """A row of numbers."""
    start, stop, step = op.get("x", 0), op.get("y"), op.number("z", 1)
    if stop is None:
        start, stop = 0, start
    ends = numbers_of(start), numbers_of(stop)
    if not step or ends[0] is None or ends[1] is None or len(ends[0]) != 1 or len(ends[1]) != 1:
        return (None,)
    first, last = ends[0][0], ends[1][0]
    return (None if first is None or last is None else max(-(-(last - first) // step), 0),)
