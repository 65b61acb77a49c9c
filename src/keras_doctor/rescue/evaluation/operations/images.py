"""Windows over images: convolutions, poolings, resizing, blocks."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.operations.arguments import Arguments, canonical, operates
from keras_doctor.rescue.evaluation.resizing import resized
from keras_doctor.rescue.evaluation.values import CannotEvaluateError
from keras_doctor.rescue.evaluation.windows import convolve, convolve_each, padded, same_padding, slices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.values import Array

    Sizes = tuple[int, ...]


def _first(op: Arguments) -> bool:
    """Whether the channels stand before the sides: "channels_first", "NCHW"."""
    form = op.text("data_format")
    return form == "channels_first" or form.startswith("nc")


def _in(op: Arguments, x: Array) -> Array:
    return np.moveaxis(x, 1, -1) if _first(op) else x


def _out(op: Arguments, x: Array) -> Array:
    return np.moveaxis(x, -1, 1) if _first(op) else x


def _steps(op: Arguments, name: str, rank: int, default: Sizes) -> Sizes:
    """Return a step for each side from one number, one a side, or one for each dimension of the image."""
    found = op.integers(name) if op.has(name) else list(default)
    if len(found) == rank + 2:
        found = found[2:] if _first(op) else found[1:-1]
    return tuple(found * rank if len(found) == 1 else found)


def _padded(op: Arguments, x: Array, window: Sizes, strides: Sizes, dilation: Sizes, fill: float = 0.0) -> Array:
    if op.text("padding", "valid") != "same":
        return x
    pairs = [same_padding(*each) for each in zip(x.shape[1:-1], window, strides, dilation, strict=True)]
    return padded(x, pairs, fill)


@operates("maxpool maxpool1d maxpool2d maxpool3d averagepool avgpool avgpool1d avgpool2d avgpool3d")
def pool(op: Arguments) -> Array:
    """One value out of each window."""
    x = _in(op, op.array())
    rank = x.ndim - 2
    window = _steps(op, "size", rank, (2,))
    strides, ones = _steps(op, "strides", rank, window), (1,) * rank
    if "max" in op.name.lower():
        pieces = [piece for _, piece in slices(_padded(op, x, window, strides, ones, -np.inf), window, strides, ones)]
        return _out(op, np.max(pieces, axis=0))
    inside = _padded(op, np.ones((1, *x.shape[1:-1], 1), x.dtype), window, strides, ones)
    total: Any = sum(piece for _, piece in slices(_padded(op, x, window, strides, ones), window, strides, ones))
    count: Any = sum(piece for _, piece in slices(inside, window, strides, ones))
    return _out(op, total / count)


def _convolved(op: Arguments, by: Callable[[Array, Array, Sizes, Sizes], Array]) -> Array:
    x, kernel = _in(op, op.array()), op.array("y")
    rank = x.ndim - 2
    strides, dilation = _steps(op, "strides", rank, (1,)), _steps(op, "dilations", rank, (1,))
    return by(_padded(op, x, kernel.shape[:rank], strides, dilation), kernel, strides, dilation)


@operates("conv conv1d conv2d conv3d convolution")
def convolution(op: Arguments) -> Array:
    """Kernels over the image."""
    return _out(op, _convolved(op, convolve))


@operates("depthwiseconv depthwiseconv2d depthwiseconv2dnative")
def depthwise(op: Arguments) -> Array:
    """Kernels over each channel by itself."""
    return _out(op, _convolved(op, convolve_each))


@operates("separableconv")
def separable(op: Arguments) -> Array:
    """Kernels over each channel by itself, then a mix of the channels."""
    mixture = op.array("z")
    return _out(op, np.matmul(_convolved(op, convolve_each), mixture.reshape(mixture.shape[-2:])))


_METHODS = {"resizebilinear": "bilinear", "resizenearestneighbor": "nearest", "resizebicubic": "bicubic"}


@operates("resize resizeimages resizebilinear resizenearestneighbor resizebicubic")
def resize(op: Arguments) -> Array:
    """Another height and width."""
    x = op.array()
    last = not _first(op)
    batch = x.ndim == 4
    image = x if batch else x[None]
    image = image if last else np.moveaxis(image, 1, -1)
    method = op.text("interpolation", op.text("method", _METHODS.get(canonical(op.name), "bilinear")))
    older = "compat.v1" in op.name or (op.call.class_name == "TensorFlowOpLayer" and not op.flag("half_pixel_centers"))
    if op.flag("align_corners") or (op.flag("preserve_aspect_ratio")):
        raise CannotEvaluateError("it resizes in a way that is not computed here")
    method = "nearest" if method.startswith("nearest") else method
    if op.has("height_factor"):
        sizes = [image.shape[1] * op.number("height_factor"), image.shape[2] * op.number("width_factor")]
    else:
        sizes = op.integers("size")
    found = resized(image, (sizes[0], sizes[1]), method, centered=not older, antialias=op.flag("antialias"))
    found = found if last else np.moveaxis(found, -1, 1)
    return found if batch else found[0]


@operates("rgbtograyscale")
def gray(op: Arguments) -> Array:
    """One channel instead of three."""
    x = op.array()
    return (x @ np.array([0.2989, 0.587, 0.114], x.dtype))[..., None]


@operates("spacetodepth")
def to_depth(op: Arguments) -> Array:
    """Blocks of places become channels."""
    x, block = _in(op, op.array()), op.number("block")
    batch, rows, columns, channels = x.shape
    parts = x.reshape(batch, rows // block, block, columns // block, block, channels).transpose(0, 1, 3, 2, 4, 5)
    return _out(op, parts.reshape(batch, rows // block, columns // block, -1))


@operates("depthtospace")
def from_depth(op: Arguments) -> Array:
    """Channels become blocks of places."""
    x, block = _in(op, op.array()), op.number("block")
    batch, rows, columns, channels = x.shape
    depth = channels // (block * block)
    parts = x.reshape(batch, rows, columns, block, block, depth).transpose(0, 1, 3, 2, 4, 5)
    return _out(op, parts.reshape(batch, rows * block, columns * block, depth))


@operates("batchnorm batchnormalization")
def batch_norm(op: Arguments) -> Array:
    """Scale and offset by a mean and variance that are given."""
    x = op.array()
    axis = op.number("axis", -1)
    shape = [1] * x.ndim
    shape[axis] = -1
    names = ("mean", "variance", "scale|gamma", "offset|beta")
    mean, variance, scale, offset = (
        next((op.array(name, x).reshape(shape) for name in choice.split("|") if op.has(name)), None) for choice in names
    )
    epsilon = op.real("epsilon", op.real("variance_epsilon", 1e-3))
    y = (x - mean) / np.sqrt(variance + np.asarray(epsilon, x.dtype))
    y = y if scale is None else y * scale
    return y if offset is None else y + offset
