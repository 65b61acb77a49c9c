"""Operations that give the same elements another arrangement."""

from __future__ import annotations

import itertools

from keras_doctor.layers.operations.operands import MOST, Operands, numbers_of, shape_of
from keras_doctor.layers.reshape import reshaped
from keras_doctor.layers.shapes import CannotInferError, axis_of, plus, product
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.operations.operands import Operation


def reshape(op: Operands) -> Any:
    """Another shape, one size of which may be -1. An open size of the target is one that a tensor brings."""
    shape = op.shape()
    target = op.numbers("shape")
    if None in target:
        whole = product(shape)
        known = [size for size in target if size is not None]
        if whole is not None and -1 not in known and target.count(None) == 1 and product(known):
            return reshaped(shape, [-1 if size is None else size for size in target])
        return tuple(None if size == -1 else size for size in target)
    return reshaped(shape, [size for size in target if size is not None])


def flattened(op: Operands) -> Any:
    """All in a row."""
    return (product(op.shape()),)


def flattened_samples(op: Operands) -> Any:
    """Each sample in a row (`keras.backend.batch_flatten`): TensorFlow does not work out how long."""
    return (None, None)


def transpose(op: Operands) -> Any:
    """Another order of axes; the reverse one when none is given."""
    shape = op.shape()
    order = op.axes("axes", len(shape)) if op.has("axes") else tuple(reversed(range(len(shape))))
    if sorted(order) != list(range(len(shape))):
        raise CannotInferError("its axes do not name each dimension of its input once")
    return tuple(shape[axis] for axis in order)


def swap(op: Operands) -> Any:
    """Two axes exchanged."""
    shape = list(op.shape())
    first, second = op.axis("axis1", len(shape)), op.axis("axis2", len(shape))
    shape[first], shape[second] = shape[second], shape[first]
    return tuple(shape)


def move(op: Operands) -> Any:
    """Some axes moved elsewhere."""
    shape = op.shape()
    rank = len(shape)
    sources, targets = op.axes("source", rank), op.axes("destination", rank)
    if len(sources) != len(targets):
        raise CannotInferError("it moves as many axes from as to")
    rest = iter([size for axis, size in enumerate(shape) if axis not in sources])
    moved = {target: shape[source] for source, target in zip(sources, targets, strict=False)}
    return tuple(moved[axis] if axis in moved else next(rest, None) for axis in range(rank))


def expand(op: Operands) -> Any:
    """New axes of length 1."""
    shape = op.shape()
    axes = op.numbers("axis") if op.has("axis") else [0]
    rank = len(shape) + len(axes)
    places = {axis_of(axis, rank) for axis in axes if axis is not None}
    rest = iter(shape)
    return tuple(1 if axis in places else next(rest, None) for axis in range(rank))


def squeeze(op: Operands) -> Any:
    """Axes of length 1 taken away: the given ones, or all that are known to be."""
    shape = op.shape()
    axes = op.axes("axis", len(shape)) if op.has("axis") and op.numbers("axis") else None
    if axes is None:
        return tuple(size for size in shape if size != 1)
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def tile(op: Operands) -> Any:
    """The whole repeated along each axis."""
    shape, times = op.shape(), tuple(op.numbers("repeats"))
    rank = max(len(shape), len(times))
    full, factors = (1,) * (rank - len(shape)) + shape, (1,) * (rank - len(times)) + times
    return tuple(product(pair) for pair in zip(full, factors, strict=False))


def repeat(op: Operands) -> Any:
    """Each element repeated along an axis, or through everything."""
    shape = op.shape()
    if not op.has("axis"):
        shape = (product(shape),)
    axis = op.axis("axis", len(shape), 0)
    times = op.numbers("repeats")
    size = product((shape[axis], times[0])) if len(times) == 1 else plus(*times)
    return (*shape[:axis], size, *shape[axis + 1 :])


def broadcast_to(op: Operands) -> Any:
    """Repeated until it has a given shape."""
    return tuple(op.numbers("shape"))


def pad(op: Operands) -> Any:
    """Places added at both ends of each axis."""
    shape = op.shape()
    widths = op.get("widths")
    pairs = shape_of(widths)
    if pairs == ():
        widths, pairs = [[widths, widths]], (1, 2)
    elif len(pairs) == 1:
        widths, pairs = [widths], (1, *pairs)
    if not isinstance(widths, list) or len(pairs) != 2 or pairs[1] not in (1, 2) or pairs[0] not in (1, len(shape)):
        raise CannotInferError("its padding does not fit its input")
    if pairs[0] == 1:
        widths = widths * len(shape)
    added = [Operands({"pair": pair}, op.traced).numbers("pair") for pair in widths]
    return tuple(plus(size, *(pair * 2 if len(pair) == 1 else pair)) for size, pair in zip(shape, added, strict=False))


def concatenate(op: Operands) -> Any:
    """Tensors one after the other; of small known ones, their content too."""
    from keras_doctor.layers.families.merging import joined

    shapes = op.shapes()
    parts = op.get("x")
    result = joined(shapes, op.number("axis", 0), fill=True)
    values = [numbers_of(part) for part in parts] if isinstance(parts, list) else []
    known = [value for value in values if value is not None]
    if len(result) == 1 and known and len(known) == len(values):
        return Tensor(result, tuple(number for value in known for number in value))
    return result


def stack(op: Operands) -> Any:
    """Tensors put side by side along a new axis; of known numbers, their content too."""
    parts = op.get("x")
    if not isinstance(parts, list) or not parts:
        raise CannotInferError("it takes a list of tensors")
    shapes = op.shapes()
    first = tuple(next((size for size in sizes if size is not None), None) for sizes in zip(*shapes, strict=False))
    if any(len(shape) != len(first) for shape in shapes):
        raise CannotInferError("its inputs have different numbers of dimensions")
    axis = axis_of(op.number("axis", 0), len(first) + 1)
    result = (*first[:axis], len(parts), *first[axis:])
    if len(result) == 1:
        values = [part.value if isinstance(part, Tensor) else None for part in parts]
        numbers = Operands(
            {"parts": [p if v is None else Tensor((), v) for p, v in zip(parts, values, strict=False)]}, op.traced
        )
        return Tensor(result, tuple(numbers.numbers("parts")))
    return result


def split(op: Operands) -> Any:
    """Cut along an axis: into equal parts, or into parts of given sizes (TensorFlow), or at given places (Keras 3)."""
    shape = op.shape()
    axis = op.axis("axis", len(shape), 0)
    size = shape[axis]
    sections = op.numbers("sections")
    if isinstance(op.get("sections"), list) or len(sections) > 1:
        parts = _given(sections, size) if op.traced else _between(sections, size)
    else:
        count = sections[0]
        if not count or not 0 < count <= MOST or (size is not None and size % count):
            raise CannotInferError("it does not split into equal parts")
        parts = [None if size is None else size // count] * count
    return [(*shape[:axis], part, *shape[axis + 1 :]) for part in parts]


def _given(sections: list[int | None], size: int | None) -> list[int | None]:
    """Return sizes of which one may be -1: the rest."""
    if -1 not in sections:
        return sections
    rest = None if size is None else plus(size, *(-part for part in sections if part is not None and part != -1))
    return [rest if part == -1 else part for part in sections]


def _between(places: list[int | None], size: int | None) -> list[int | None]:
    """Return the sizes between the given places."""
    ends: list[int | None] = [0, *places, size]
    return [None if a is None or b is None else max(b - a, 0) for a, b in itertools.pairwise(ends)]


def split_along(axis: int) -> Operation:
    """Return an operation that cuts along `axis`, or along the only one there is."""

    def operation(op: Operands) -> Any:
        along = min(axis, len(op.shape()) - 1) if axis < 2 else axis
        return split(Operands({**op.named, "axis": along}, op.traced))

    return operation


def nearly_split(op: Operands) -> Any:
    """Cut along an axis into parts that are equal but for the first ones, which get the rest."""
    shape = op.shape()
    axis, count = op.axis("axis", len(shape), 0), op.number("sections")
    if not 0 < count <= MOST:
        raise CannotInferError("it does not split into parts")
    size = shape[axis]
    parts = [None if size is None else size // count + (part < size % count) for part in range(count)]
    return [(*shape[:axis], part, *shape[axis + 1 :]) for part in parts]


def halve(op: Operands) -> Any:
    """Half of an axis gates the other half."""
    shape = list(op.shape())
    axis = op.axis("axis", len(shape), -1)
    size = shape[axis]
    shape[axis] = None if size is None else size // 2
    return tuple(shape)


def unstack(op: Operands) -> Any:
    """One tensor for each place of an axis."""
    shape = op.shape()
    axis = op.axis("axis", len(shape), 0)
    count = shape[axis] if shape[axis] is not None else op.number("num")
    if count is None or not 0 <= count <= MOST:
        raise CannotInferError("the number of its outputs is not known")
    return [(*shape[:axis], *shape[axis + 1 :])] * count


def stacked_along(axis: int, rank: int) -> Operation:
    """Return an operation that puts tensors one after the other along `axis`, once each has `rank` dimensions."""

    def operation(op: Operands) -> Any:
        from keras_doctor.layers.families.merging import joined

        shapes = []
        for shape in op.shapes():
            full = shape
            if rank == 3 and len(shape) == 1:
                full = (1, *shape)
            elif len(shape) < min(rank, 2):
                full = (1,) * (2 - len(shape)) + shape if axis == 0 else shape
            shapes.append((*full, *(1,) * (rank - len(full))) if rank == 3 else full)
        return joined(shapes, min(axis, len(shapes[0]) - 1), fill=False)

    return operation


def append(op: Operands) -> Any:
    """Two tensors one after the other, all in a row when no axis is given."""
    from keras_doctor.layers.families.merging import joined

    shapes = [op.shape("x"), op.shape("y")]
    if not op.has("axis"):
        return (plus(*(product(shape) for shape in shapes)),)
    return joined(shapes, op.number("axis"), fill=False)


def turned(op: Operands) -> Any:
    """Turned by a right angle: two axes exchanged."""
    shape = list(op.shape())
    if len(shape) < 2:
        raise CannotInferError("there are no two axes to turn")
    axes = op.axes("axes", len(shape)) if op.has("axes") else (0, 1)
    if len(axes) != 2 or op.number("k", 1) % 2 == 0:
        return tuple(shape)
    shape[axes[0]], shape[axes[1]] = shape[axes[1]], shape[axes[0]]
    return tuple(shape)
