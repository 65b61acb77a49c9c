"""Indexing, slicing, and looking things up."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.operations.tensorflow import key_of
from keras_doctor.layers.shapes import axis_of
from keras_doctor.layers.tensors import Slice
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, dtype_named, numbers, operates
from keras_doctor.rescue.evaluation.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.values import Array


@operates("getitem")
def index(op: Arguments) -> Array:
    """`x[key]`."""
    return op.array()[_key(key_of(op.named.get("key")))]


def _key(key: Any) -> Any:
    """Return a key as NumPy takes it. A list of lists is an array of places, another list one key a dimension."""
    if isinstance(key, list) and not (key and all(isinstance(one, list) for one in key)):
        return tuple(_key(one) for one in key)
    if isinstance(key, Slice):
        return slice(*(None if end is None else int(numbers(end)) for end in (key.start, key.stop, key.step)))
    if key is None or key is Ellipsis or isinstance(key, int):
        return key
    places = numbers(key)
    return int(places) if places.ndim == 0 and places.dtype.kind in "iu" else places


@operates("take gather gatherv2")
def gather(op: Arguments) -> Array:
    """Places of one axis, by number."""
    x, places = op.array(), op.array("indices").astype(np.int64)
    if not op.has("axis") and not op.traced:
        return np.take(x, places)
    batch = op.number("batch_dims", 0)
    axis = axis_of(op.number("axis", batch), x.ndim)
    if not batch:
        return np.take(x, places, axis)
    lead = x.shape[:batch]
    rows, wanted = x.reshape(-1, *x.shape[batch:]), places.reshape(-1, *places.shape[batch:])
    found = np.stack([np.take(row, want, axis - batch) for row, want in zip(rows, wanted, strict=True)])
    return found.reshape(*lead, *found.shape[1:])


@operates("gathernd")
def gather_nd(op: Arguments) -> Array:
    """Places by several numbers each."""
    x, places, batch = op.array(), op.array("indices").astype(np.int64), op.number("batch_dims", 0)
    if not batch:
        return x[_places(places)]
    lead = x.shape[:batch]
    rows, wanted = x.reshape(-1, *x.shape[batch:]), places.reshape(-1, *places.shape[batch:])
    found = np.stack([row[_places(want)] for row, want in zip(rows, wanted, strict=True)])
    return found.reshape(*lead, *found.shape[1:])


def _places(numbers_of_each: Array) -> Any:
    """Return places as NumPy takes them: the numbers of each dimension by themselves."""
    return tuple(np.moveaxis(numbers_of_each, -1, 0))


@operates("takealongaxis")
def take_along(op: Arguments) -> Array:
    """Elements along an axis, by a number for each place."""
    return np.take_along_axis(op.array(), op.array("indices").astype(np.int64), op.get("axis"))


@operates("onehot")
def one_hot(op: Arguments) -> Array:
    """A one among zeros for each number."""
    x, depth = op.array(), op.number("depth")
    on = op.array("on_value") if op.has("on_value") else np.float32(1)
    off = op.array("off_value") if op.has("off_value") else np.float32(0)
    hot: Any = np.where(x[..., None] == np.arange(depth), on, off)
    axis = op.number("axis", -1)
    found = hot if axis == -1 else np.moveaxis(hot, -1, axis)
    return found.astype(dtype_named(op.get("dtype"))) if op.has("dtype") else found


@operates("multihot")
def multi_hot(op: Arguments) -> Array:
    """Ones among zeros for the numbers of the first axis after the batch."""
    x = op.array()
    hot = x[..., None] == np.arange(op.number("depth"))
    return hot.any(axis=min(x.ndim - 1, 1)).astype(dtype_named(op.get("dtype", "float32")))


@operates("topk topkv2")
def top(op: Arguments) -> list[Array]:
    """The largest of the last axis, and their places."""
    x = op.array()
    places = np.argsort(-x, axis=-1, kind="stable")[..., : op.number("k", 1)]
    return [np.take_along_axis(x, places, -1), places.astype(np.int32)]


@operates("slice")
def window(op: Arguments) -> Array:
    """A window of a given size; -1 means up to the end."""
    x = op.array()
    begins, sizes = op.integers("begin"), op.integers("size")
    ends = [side if size == -1 else begin + size for begin, size, side in zip(begins, sizes, x.shape, strict=True)]
    return x[tuple(slice(begin, end) for begin, end in zip(begins, ends, strict=True))]


@operates("stridedslice")
def strided(op: Arguments) -> Array:
    """Begins, ends and steps, with a bit in a mask for what each of them leaves out."""
    begins, ends = op.integers("begin"), op.integers("end")
    steps = op.integers("strides") if op.has("strides") else [1] * len(begins)
    keys: list[Any] = []
    for place, (begin, end, step) in enumerate(zip(begins, ends, steps, strict=True)):
        bit = 1 << place
        if op.number("ellipsis_mask", 0) & bit:
            keys.append(Ellipsis)
        elif op.number("new_axis_mask", 0) & bit:
            keys.append(None)
        elif op.number("shrink_axis_mask", 0) & bit:
            keys.append(begin)
        else:
            start = None if op.number("begin_mask", 0) & bit else begin
            keys.append(slice(start, None if op.number("end_mask", 0) & bit else end, step))
    return op.array()[tuple(keys)]


@operates("isin")
def is_in(op: Arguments) -> Array:
    """Whether each element is one of others."""
    others = next(value for name, value in op.named.items() if name != "x" and isinstance(value, (Value, list)))
    return np.isin(op.array(), numbers(others))
