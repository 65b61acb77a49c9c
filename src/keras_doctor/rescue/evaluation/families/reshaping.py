"""Layers that move, repeat, cut off or add places."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.families.convolution import rank_of
from keras_doctor.layers.families.reshaping import pairs_of
from keras_doctor.layers.shapes import read_number
from keras_doctor.rescue.evaluation.images import channels_last, restored
from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.resizing import resized

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call


@computes("Flatten")
def flatten(call: Call) -> Any:
    """All dimensions but the batch in one; the channels last, where the layer is told that they stand first."""
    x = call.x
    if call.text("data_format") == "channels_first" and x.ndim > 2:
        x = np.moveaxis(x, 1, -1)
    return x.reshape(len(x), -1)


@computes("Reshape")
def reshape(call: Call) -> Any:
    """Another form of the dimensions after the batch; one of them may be -1."""
    target = call.value("target_shape")
    if isinstance(target, dict):
        target = target.get("items", target.get("config"))
    sizes = [read_number(size) for size in target] if isinstance(target, (list, tuple)) else [read_number(target)]
    return call.x.reshape(len(call.x), *(-1 if size is None else size for size in sizes))


@computes("Permute")
def permute(call: Call) -> Any:
    """Another order of the dimensions after the batch, counted from 1."""
    dims: Any = call.value("dims")
    dims = dims["items"] if isinstance(dims, dict) else dims
    return call.x.transpose(0, *dims)


@computes("RepeatVector")
def repeat_vector(call: Call) -> Any:
    """A vector `n` times."""
    return np.repeat(call.x[:, None], call.size("n"), axis=1)


@computes("UpSampling1D", "UpSampling2D", "UpSampling3D")
def up_sampling(call: Call) -> Any:
    """Each place repeated, or numbers between the places."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    size = call.sizes("size", rank, 2)
    method = call.text("interpolation", "nearest")
    allow((x.size, *size))
    if method == "nearest":
        for axis, factor in enumerate(size, 1):
            x = np.repeat(x, factor, axis)
    else:
        sides = tuple(side * factor for side, factor in zip(x.shape[1:-1], size, strict=True))
        x = resized(x, sides, method, centered=call.semantics["resize"] == "centered")
    return restored(call, x, rank)


@computes("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(call: Call) -> Any:
    """Zeros at both ends."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    return restored(call, np.pad(x, [(0, 0), *pairs_of(call.value("padding", 1), rank, "padding"), (0, 0)]), rank)


@computes("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(call: Call) -> Any:
    """Places cut off at both ends."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    pairs = pairs_of(call.value("cropping", 1), rank, "cropping")
    kept = tuple(slice(before, side - after) for side, (before, after) in zip(x.shape[1:-1], pairs, strict=True))
    whole: tuple[slice, ...] = (slice(None),)
    return restored(call, x[whole + kept], rank)
