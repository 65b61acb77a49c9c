"""Windows over images: convolutions, poolings, resizing, blocks."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.windows import spread
from keras_doctor.rescue.evaluation.limits import PLACES, allow
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, canonical, dtype_named, numbers, operates
from keras_doctor.rescue.evaluation.resizing import resized
from keras_doctor.rescue.evaluation.values import CannotEvaluateError
from keras_doctor.rescue.evaluation.windows import convolve, convolve_each, padded, same_padding, slices, spread_out

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


@operates("convtranspose conv1dtranspose conv2dtranspose conv3dtranspose")
def transposed_convolution(op: Arguments) -> Array:
    """Kernels backwards: the image grows by the strides; TensorFlow is told the shape."""
    x, kernel = _in(op, op.array()), op.array("y")
    rank = x.ndim - 2
    strides, dilation = _steps(op, "strides", rank, (1,)), _steps(op, "dilations", rank, (1,))
    window, padding = kernel.shape[:rank], op.text("padding", "valid")
    if op.has("output_shape"):
        stated = op.integers("output_shape")
        sides = tuple(stated[2:] if _first(op) else stated[1:-1])
    else:
        extra: tuple[Any, ...] = _steps(op, "extra", rank, ()) if op.has("extra") else (None,) * rank
        each = zip(x.shape[1:-1], window, strides, extra, dilation, strict=True)
        sides = tuple(spread(n, w, s, padding, e, d) or 0 for n, w, s, e, d in each)
    starts = (0,) * rank
    if padding == "same":
        each_side = zip(sides, window, strides, dilation, strict=True)
        starts = tuple(same_padding(*one)[0] for one in each_side)
    return _out(op, spread_out(x, kernel, strides, dilation, sides, starts))


@operates("padimages cropimages padtoboundingbox croptoboundingbox")
def framed(op: Arguments) -> Array:
    """Places around an image, or cut off from it: given on one end, the target size says what the other gets."""
    x = op.array()
    first = not op.traced and _first(op)
    rows, columns = (x.ndim - 2, x.ndim - 1) if first else (x.ndim - 3, x.ndim - 2)
    widths = [(0, 0)] * x.ndim
    keys: list[Any] = [slice(None)] * x.ndim
    pads = "pad" in op.name.lower()
    for axis, before, after, target in ((rows, "top", "bottom", "height"), (columns, "left", "right", "width")):
        side = x.shape[axis]
        offset = op.number(f"offset_{target}") if op.has(f"offset_{target}") else None
        start = offset if offset is not None else op.number(before) if op.has(before) else None
        end = op.number(after) if op.has(after) else None
        if op.has(target):
            change = op.number(target) - side if pads else side - op.number(target)
            start = change - (end or 0) if start is None else start
            end = change - start
        widths[axis] = (start or 0, end or 0)
        keys[axis] = slice(start or 0, side - (end or 0))
    return np.pad(x, widths) if pads else x[tuple(keys)]


@operates("extractpatches")
def patches(op: Arguments) -> Array:
    """Every window of an image in a row."""
    x = _in(op, op.array())
    rank = x.ndim - 2
    window = _steps(op, "size", rank, ())
    strides, dilation = _steps(op, "strides", rank, window), _steps(op, "dilation_rate", rank, (1,))
    pieces = [piece for _, piece in slices(_padded(op, x, window, strides, dilation), window, strides, dilation)]
    return _out(op, np.concatenate(pieces, axis=-1))


@operates("unfold")
def unfolded(op: Arguments) -> Array:
    """Every window of an image with the channels first, in a column: (batch, channels * window, windows)."""
    x = np.moveaxis(op.array(), 1, -1)
    window, strides = _steps(op, "kernel_size", 2, (1,)), _steps(op, "stride", 2, (1,))
    around = [(side, side) for side in _steps(op, "padding", 2, (0,))]
    pieces = [piece for _, piece in slices(padded(x, around), window, strides, _steps(op, "dilation", 2, (1,)))]
    found = np.stack(pieces, axis=-1)
    return found.reshape(len(found), -1, found.shape[-2] * found.shape[-1]).swapaxes(1, 2)


@operates("gaussianblur")
def blurred(op: Arguments) -> Array:
    """Each place is a mean of those around it, weighted by a bell."""
    x = _in(op, op.array())
    sizes, widths = _steps(op, "kernel_size", 2, (3,)), numbers(op.get("sigma", [1.0, 1.0])).reshape(-1)
    allow(sizes, PLACES)
    bells = []
    for size, width in zip(sizes, widths, strict=True):
        bell = np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / width) ** 2)
        bells.append(bell / bell.sum())
    kernel = np.outer(bells[1], bells[0]).reshape(*sizes, 1, 1).astype(x.dtype)
    around = [same_padding(side, size, 1, 1) for side, size in zip(x.shape[1:-1], sizes, strict=True)]
    kernel = np.repeat(kernel, x.shape[-1], axis=2)
    return _out(op, convolve_each(padded(x, around), kernel, (1, 1), (1, 1)))


@operates("convertimagedtype")
def converted(op: Arguments) -> Array:
    """Another type, whole numbers scaled to between 0 and 1."""
    x, dtype = op.array(), dtype_named(op.get("dtype", "float32"))
    return (x / np.asarray(np.iinfo(x.dtype).max, dtype)).astype(dtype) if x.dtype.kind in "iu" else x.astype(dtype)


@operates("perimagestandardization")
def standardized(op: Arguments) -> Array:
    """Each image with mean 0 and variance 1."""
    x = op.array().astype(np.float32)
    axes = (-3, -2, -1)
    deviation = np.maximum(x.std(axis=axes, keepdims=True), 1 / np.sqrt(np.float32(np.prod(x.shape[-3:]))))
    return (x - x.mean(axis=axes, keepdims=True)) / deviation


@operates("localresponsenormalization lrn")
def local_response(op: Arguments) -> Array:
    """Divided by what the neighbouring channels have."""
    x, radius = op.array(), op.number("depth_radius", 5)
    squares = np.pad(x * x, [(0, 0)] * (x.ndim - 1) + [(radius, radius)])
    around: Any = sum(squares[..., n : n + x.shape[-1]] for n in range(2 * radius + 1))
    return x / (op.real("bias", 1.0) + op.real("alpha", 1.0) * around) ** np.float32(op.real("beta", 0.5))


@operates("layernorm rmsnorm")
def normalized(op: Arguments) -> Array:
    """Normalized over some axes, scaled and offset."""
    x = op.array()
    axes = op.axes(x.ndim) or (x.ndim - 1,)
    epsilon = np.asarray(op.real("epsilon", 1e-3 if op.name.startswith("Layer") else 1e-7), x.dtype)
    if op.name.startswith("Layer"):
        y = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + epsilon)
    else:
        y = x / np.sqrt((x * x).mean(axis=axes, keepdims=True) + epsilon)
    scale = next((op.array(name, x) for name in ("gamma", "scale", "y") if op.has(name)), None)
    y = y if scale is None else y * scale
    return y + op.array("beta", x) if op.has("beta") else y
