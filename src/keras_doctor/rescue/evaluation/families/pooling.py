"""Poolings: over windows, over everything, and to a given size."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.families.convolution import rank_of
from keras_doctor.rescue.evaluation.images import channels_last, padding_of, restored
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import value
from keras_doctor.rescue.evaluation.windows import padded, slices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call


@computes("MaxPooling1D", "MaxPooling2D", "MaxPooling3D")
def max_pooling(call: Call) -> Any:
    """The largest value of each window."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    window = call.sizes("pool_size", rank, 2)
    strides, ones = call.sizes("strides", rank, window), (1,) * rank
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    x = padded(x, padding_of(call, x.shape[1:-1], window, strides, ones, pooled=True), lowest)
    y: Any = None
    for _, piece in slices(x, window, strides, ones):
        y = piece if y is None else np.maximum(y, piece)
    return restored(call, y, rank)


@computes("AveragePooling1D", "AveragePooling2D", "AveragePooling3D")
def average_pooling(call: Call) -> Any:
    """The mean of each window, of what lies inside the image."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    window = call.sizes("pool_size", rank, 2)
    strides, ones = call.sizes("strides", rank, window), (1,) * rank
    pairs = padding_of(call, x.shape[1:-1], window, strides, ones, pooled=True)
    inside = padded(np.ones((1, *x.shape[1:-1], 1), x.dtype), pairs)
    total: Any = sum(piece for _, piece in slices(padded(x, pairs), window, strides, ones))
    count: Any = sum(piece for _, piece in slices(inside, window, strides, ones))
    return restored(call, total / count, rank)


@computes("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D")
def global_max_pooling(call: Call) -> Any:
    """The largest value of each channel."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    axes, keep = tuple(range(1, rank + 1)), call.flag("keepdims")
    y = x.max(axis=axes, keepdims=keep)
    return value(restored(call, y, rank) if keep else y)


@computes("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D")
def global_average_pooling(call: Call) -> Any:
    """The mean of each channel; over time of the steps that count."""
    rank = rank_of(call)
    x, mask = channels_last(call, call.x, rank), call.mask
    axes, keep = tuple(range(1, rank + 1)), call.flag("keepdims")
    if mask is not None and rank == 1 and call.semantics["pooling_mask"] == "counts":
        counts = mask[..., None].astype(x.dtype)
        y = (x * counts).sum(axis=1, keepdims=keep) / counts.sum(axis=1, keepdims=keep)
    else:
        y = x.mean(axis=axes, keepdims=keep)
    return value(restored(call, y, rank) if keep else y)


@computes(
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
)  # fmt: skip
def adaptive_pooling(call: Call) -> Any:
    """Pools to a given size: each side is cut into so many parts, which may overlap by one place."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    take = np.max if "Max" in call.class_name else np.mean
    for axis, size in enumerate(call.sizes("output_size", rank), 1):
        side = x.shape[axis]
        parts = [(n * side // size, -(-(n + 1) * side // size)) for n in range(size)]
        x = np.stack([take(np.take(x, range(*part), axis), axis=axis) for part in parts], axis=axis)
    return restored(call, x, rank)
