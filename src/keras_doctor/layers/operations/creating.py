"""Operations that make arrays of new shapes out of numbers, rows and pieces."""

from __future__ import annotations

from keras_doctor.layers.operations.elementwise import met
from keras_doctor.layers.operations.operands import Operands, shape_of
from keras_doctor.layers.shapes import CannotInferError, axis_of, product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def square_matrix(op: Operands) -> Any:
    """Ones and zeros in rows and columns."""
    rows = op.number("rows")
    return (rows, op.number("columns", rows))


def spaced(op: Operands) -> Any:
    """Numbers between two ends, for each pair of ends."""
    ends = met(op, [op.shape("x"), op.shape("y")])
    axis = axis_of(op.number("axis", 0), len(ends) + 1)
    return (*ends[:axis], op.number("num", 50), *ends[axis:])


def grid(op: Operands) -> Any:
    """Coordinates of a grid over rows of numbers, one array for each row."""
    shapes = op.shapes()
    sizes = [product(shape) for shape in shapes]
    if op.text("indexing", "xy") == "xy" and len(sizes) > 1:
        sizes[0], sizes[1] = sizes[1], sizes[0]
    return [tuple(sizes)] * len(shapes)


def diagonal_matrix(op: Operands) -> Any:
    """A row along the diagonal of a matrix; of a matrix, its diagonal."""
    shape = op.shape()
    shift = op.number("k", 0)
    if len(shape) == 1:
        side = None if shape[0] is None else shape[0] + abs(shift)
        return (side, side)
    if len(shape) != 2:
        raise CannotInferError("it takes a row or a matrix")
    rows, columns = shape
    if rows is None or columns is None:
        return (None,)
    return (max(min(columns - shift if shift > 0 else rows + shift, rows, columns), 0),)


def flat_diagonal(op: Operands) -> Any:
    """Everything along the diagonal of a matrix."""
    size = product(op.shape())
    side = None if size is None else size + abs(op.number("k", 0))
    return (side, side)


def powers(op: Operands) -> Any:
    """The powers of a row of numbers."""
    shape = op.shape()
    return (*shape, op.number("count") if op.has("count") else shape[0] if shape else None)


def segments(op: Operands) -> Any:
    """One place for each segment."""
    return (op.number("num_segments"), *op.shape()[1:])


def counts(op: Operands) -> Any:
    """How often each number stands there: as many as the largest."""
    return (*op.shape()[:-1], None)


def places(op: Operands) -> Any:
    """The places of what is not zero, an array for each axis: as many as there happen to be."""
    return [(None,)] * len(op.shape())


def unravelled(op: Operands) -> Any:
    """Places as coordinates, an array for each axis."""
    shape = op.shape()
    return [shape or (1,)] * len(op.numbers("shape"))


def histogram(op: Operands) -> Any:
    """Counts in bins, and the ends of the bins."""
    bins = op.number("bins", 10)
    return [(bins,), (bins + 1,)]


def correlated(op: Operands) -> Any:
    """Two rows moved along each other."""
    shapes = op.shape("x"), op.shape("y")
    if any(len(shape) > 1 for shape in shapes):
        raise CannotInferError("what is moved along each other are rows, of one dimension")
    one, other = (shape[0] if shape else None for shape in shapes)
    if one is None or other is None:
        return (None,)
    mode = op.text("mode", "valid")
    longest, shortest = max(one, other), min(one, other)
    return ({"same": longest, "full": one + other - 1}.get(mode, longest - shortest + 1),)


def choice(op: Operands) -> Any:
    """One of several arrays, element by element."""
    options = op.get("y")
    if not isinstance(options, list) or not options:
        raise CannotInferError("it takes a list of tensors")
    return shape_of(options[0])


def unfolded(op: Operands) -> Any:
    """Every window of an image as a column."""
    batch, channels, *sides = _four(op)
    window, dilation, padding, stride = (_pair(op, name) for name in ("kernel_size", "dilation", "padding", "stride"))
    found: list[int | None] = []
    for side, reach, apart, around, step in zip(sides, window, dilation, padding, stride, strict=False):
        if step < 1:
            raise CannotInferError("its stride is not positive")
        found.append(None if side is None else (side + 2 * around - apart * (reach - 1) - 1) // step + 1)
    return (batch, product((channels, *window)), product(found))


def folded(op: Operands) -> Any:
    """Columns put back into an image."""
    shape = op.shape()
    window = product(_pair(op, "kernel_size"))
    if len(shape) != 3 or not window:
        raise CannotInferError("it takes columns of windows")
    channels = None if shape[1] is None else shape[1] // window
    return (shape[0], channels, *_pair(op, "output_size"))


def _four(op: Operands) -> tuple[int | None, ...]:
    shape = op.shape()
    if len(shape) != 4:
        raise CannotInferError("it takes images")
    return shape


def _pair(op: Operands, name: str) -> list[int]:
    numbers = [number for number in op.numbers(name) if number is not None]
    if len(numbers) not in (1, 2):
        raise CannotInferError(f"its {name!r} is not known")
    return numbers * 2 if len(numbers) == 1 else numbers
