"""Indexing, slicing, and looking things up."""

from __future__ import annotations

from keras_doctor.layers.operations.operands import Operands, numbers_of, shape_of
from keras_doctor.layers.shapes import CannotInferError, Shape, axis_of
from keras_doctor.layers.tensors import Slice, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def index(op: Operands) -> Any:
    """`x[key]`: numbers take axes away, slices shorten them, None adds one, an ellipsis stands for the rest."""
    x = op.get("x")
    shape = op.shape()
    key = op.named.get("key")
    keys = key if isinstance(key, list) else [key]
    if _is_array(key):
        return (*shape_of(key), *shape[1:])
    given = sum(1 for one in keys if one is not None and one is not Ellipsis)
    if given > len(shape) or keys.count(Ellipsis) > 1:
        raise CannotInferError("it indexes more dimensions than its input has")
    if Ellipsis not in keys:
        keys = [*keys, Ellipsis]
    result: list[int | None] = []
    axis = 0
    for one in keys:
        if one is None:
            result.append(1)
        elif one is Ellipsis:
            rest = len(shape) - given
            result += shape[axis : axis + rest]
            axis += rest
        elif isinstance(one, Slice):
            result.append(sliced(shape[axis], one))
            axis += 1
        else:
            result += shape_of(one)
            axis += 1
    if isinstance(x, Tensor) and x.value is not None and len(keys) == 2:
        return _of_known(x.value, keys[0], tuple(result))
    return tuple(result)


def _is_array(key: Any) -> bool:
    """Whether a key is an array of places, instead of one place a dimension: Keras writes both as lists."""
    return isinstance(key, list) and bool(key) and all(isinstance(one, list) for one in key)


def _of_known(value: tuple[int | None, ...], key: Any, shape: Shape) -> Tensor:
    """Return part of a small tensor whose content is known."""
    if isinstance(key, int) and -len(value) <= key < len(value):
        return Tensor(shape, (value[key],))
    if isinstance(key, Slice):
        ends = [_end(part) for part in (key.start, key.stop, key.step)]
        if all(known for known, _ in ends) and ends[2][1] != 0:
            return Tensor(shape, value[slice(*(number for _, number in ends))])
    return Tensor(shape)


def _end(part: Any) -> tuple[bool, int | None]:
    """Return whether an end of a slice is known, and which it is."""
    if part is None:
        return True, None
    numbers = numbers_of(part)
    known = numbers is not None and len(numbers) == 1 and numbers[0] is not None
    return known, numbers[0] if known and numbers else None


def sliced(size: int | None, part: Slice) -> int | None:
    """Return how long an axis is after a slice. Of an open axis it is known when both ends count from the same side."""
    ends = [_end(one) for one in (part.start, part.stop, part.step)]
    if not all(known for known, _ in ends):
        return None
    start, stop, step = (number for _, number in ends)
    step = 1 if step is None else step
    if step == 0:
        raise CannotInferError("its slice has a step of 0")
    if size is not None:
        first, last, step = slice(start, stop, step).indices(size)
        return max(-(-(last - first) // step), 0)
    return None


def gather(op: Operands) -> Any:
    """Places of one axis, by number."""
    shape, places = op.shape(), shape_of(op.named.get("indices"))
    if not op.has("axis") and not op.traced:
        return places
    axis = op.axis("axis", len(shape), op.number("batch_dims", 0))
    batch = op.number("batch_dims", 0)
    if not 0 <= batch <= min(axis, len(places)):
        raise CannotInferError("its batch dimensions do not fit its input")
    result = (*shape[:axis], *places[batch:], *shape[axis + 1 :])
    x, wanted = op.get("x"), numbers_of(op.named.get("indices"))
    if isinstance(x, Tensor) and x.value is not None and wanted is not None and len(shape) == 1:
        known = dict(enumerate(x.value))
        return Tensor(result, tuple(None if place is None else known.get(place) for place in wanted))
    return result


def gather_nd(op: Operands) -> Any:
    """Places by several numbers each."""
    shape, places = op.shape(), shape_of(op.named.get("indices"))
    batch = op.number("batch_dims", 0)
    depth = places[-1] if places else None
    if depth is None or batch < 0 or batch + depth > len(shape):
        raise CannotInferError("its indices do not fit its input")
    return (*places[:-1], *shape[batch + depth :])


def take_along(op: Operands) -> Any:
    """Elements along an axis, by a number for each place."""
    places = shape_of(op.named.get("indices"))
    if not op.has("axis"):
        return places
    shape = op.shape()
    axis = axis_of(op.number("axis"), len(shape))
    if len(places) != len(shape):
        raise CannotInferError("its indices have other dimensions than its input")
    return tuple(
        place if position == axis else size if place in (1, None) else place
        for position, (size, place) in enumerate(zip(shape, places, strict=False))
    )


def one_hot(op: Operands) -> Any:
    """A one among zeros for each number."""
    shape = op.shape()
    axis = axis_of(op.number("axis", -1), len(shape) + 1)
    return (*shape[:axis], op.number("depth"), *shape[axis:])


def multi_hot(op: Operands) -> Any:
    """Ones among zeros for the numbers of the first axis after the batch."""
    shape = op.shape()
    return (*shape[:1], *shape[2:], op.number("depth")) if len(shape) > 1 else (op.number("depth"),)


def top(op: Operands) -> Any:
    """The largest of the last axis, and their places."""
    shape = op.shape()
    if not shape:
        raise CannotInferError("it takes rows and gets a single number")
    result = (*shape[:-1], op.number("k", 1))
    return [result, result]


def window(op: Operands) -> Any:
    """A window of a given size; -1 means up to the end."""
    shape = op.shape()
    sizes = op.numbers("size")
    if len(sizes) != len(shape):
        raise CannotInferError("its window has other dimensions than its input")
    starts = numbers_of(op.named.get("begin")) or [None] * len(shape)
    result: list[int | None] = []
    for start, size, whole in zip(starts, sizes, shape, strict=False):
        left = None if whole is None or start is None else max(whole - start, 0)
        result.append(left if size == -1 else size)
    return tuple(result)


def strided(op: Operands) -> Any:
    """TensorFlow's StridedSlice: begins, ends and steps, with a bit in a mask for what each of them leaves out."""
    begins, ends, steps = (numbers_of(op.named.get(name)) for name in ("begin", "end", "strides"))
    if begins is None or ends is None:
        raise CannotInferError("its slice is not known")
    steps = steps or [1] * len(begins)
    keys: list[Any] = []
    for place, (begin, end, step) in enumerate(zip(begins, ends, steps, strict=False)):
        bit = 1 << place
        if op.number("ellipsis_mask", 0) & bit:
            keys.append(Ellipsis)
        elif op.number("new_axis_mask", 0) & bit:
            keys.append(None)
        elif op.number("shrink_axis_mask", 0) & bit:
            keys.append(begin if begin is not None else Tensor(()))
        else:
            start = None if op.number("begin_mask", 0) & bit else Tensor((), (begin,))
            stop = None if op.number("end_mask", 0) & bit else Tensor((), (end,))
            keys.append(Slice(start, stop, step))
    return index(Operands({"x": op.get("x"), "key": keys}, op.traced))
