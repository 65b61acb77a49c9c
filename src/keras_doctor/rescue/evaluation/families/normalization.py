"""Normalizations."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.fused import LEAST, fused
from keras_doctor.rescue.evaluation.registry import computes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


def _along(array: Array, axes: tuple[int, ...], x: Array) -> Array:
    """Return a vector or array of some axes in the shape in which it meets an input. What stands in another order of
    axes is read as it lies, as the layers do.
    """
    if array is None or array.ndim == x.ndim:
        return array
    return array.reshape([size if axis in axes else 1 for axis, size in enumerate(x.shape)])


def _wide(x: Array) -> Array:
    """Return half precision as single: no release normalizes in less."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def _scaled(call: Call, y: Array, axes: tuple[int, ...], x: Array) -> Array:
    gamma, beta = (_along(call.maybe(name), axes, x) for name in ("gamma", "beta"))
    y = y if gamma is None else y * gamma
    return y if beta is None else y + beta


def _epsilon(call: Call, default: float) -> Any:
    return np.float32(call.value("epsilon", default))


@computes("BatchNormalization", "BatchNormalizationV1")
def batch_normalization(call: Call) -> Any:
    """Scale and offset by the mean and variance that training left behind."""
    x = call.x
    mode = call.value("mode", 0)
    if mode in (1, 2):
        return _by_batch(call, x, mode)
    if call.config.get("virtual_batch_size") is not None:  # its axes count the batch in two dimensions
        return batch_normalized(call, x[None])[0]
    return batch_normalized(call, x)


def _by_batch(call: Call, x: Array, mode: int) -> Array:
    """Return an input by its own mean and variance: of each vector in Keras 1's mode 1, of the batch in mode 2."""
    epsilon = _epsilon(call, 1e-3)
    if mode == 1:
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        return (x - mean) / (np.sqrt(variance + epsilon) + epsilon) * call.variable("gamma") + call.variable("beta")
    axes = call.axes("axis", x.ndim, -1)
    rest = tuple(axis for axis in range(x.ndim) if axis not in axes)
    y = (x - x.mean(axis=rest, keepdims=True)) / np.sqrt(x.var(axis=rest, keepdims=True) + epsilon)
    return _scaled(call, y, axes, x)


def batch_normalized(call: Call, x: Array) -> Array:
    """Return an input by the mean and variance of a layer."""
    axes = call.axes("axis", x.ndim, -1)
    mean, variance = (_along(call.variable(name), axes, x) for name in ("moving_mean", "moving_variance"))
    epsilon = _epsilon(call, 1e-3)
    if fused(x.ndim, axes, call.config, call.semantics["least_epsilon"]):
        epsilon = max(epsilon, np.float32(LEAST))
    factor = 1 / np.sqrt(_wide(variance) + epsilon)
    return _scaled(call, (_wide(x) - mean) * factor, axes, x).astype(x.dtype)


@computes("LayerNormalization")
def layer_normalization(call: Call) -> Any:
    """Normalizes each sample over some axes."""
    x = call.x
    axes = call.axes("axis", x.ndim, -1)
    wide = _wide(x)
    variance = wide.var(axis=axes, keepdims=True)
    if call.flag("rms_scaling"):
        y = wide / np.sqrt(variance + _epsilon(call, 1e-3)) * _along(call.variable("gamma"), axes, x)
        return y.astype(x.dtype)
    y = (wide - wide.mean(axis=axes, keepdims=True)) / np.sqrt(variance + _epsilon(call, 1e-3))
    y = y if call.is_keras3 else y.astype(x.dtype)
    return _scaled(call, y, axes, x).astype(x.dtype)


@computes("RMSNormalization")
def rms_normalization(call: Call) -> Any:
    """Divides by the root mean square."""
    x = call.x
    axes = call.axes("axis", x.ndim, -1)
    wide = _wide(x)
    y = wide / np.sqrt((wide * wide).mean(axis=axes, keepdims=True) + _epsilon(call, 1e-6))
    return (y * _along(call.variable("scale"), axes, x)).astype(x.dtype)


@computes("GroupNormalization")
def group_normalization(call: Call) -> Any:
    """Normalizes each sample over groups of channels."""
    x = call.x
    axis = call.axis("axis", x.ndim, -1)
    groups = call.number("groups", 32)
    groups = x.shape[axis] if groups == -1 else groups
    wide = np.moveaxis(_wide(x), axis, 1)
    parts = wide.reshape(len(x), groups, -1)
    mean, variance = parts.mean(axis=-1, keepdims=True), parts.var(axis=-1, keepdims=True)
    y = ((parts - mean) / np.sqrt(variance + _epsilon(call, 1e-3))).reshape(wide.shape)
    return _scaled(call, np.moveaxis(y, 1, axis), (axis,), x).astype(x.dtype)


@computes("UnitNormalization")
def unit_normalization(call: Call) -> Any:
    """Makes each sample a unit long."""
    x = call.x
    squares = (x * x).sum(axis=call.axes("axis", x.ndim, -1), keepdims=True)
    return x / np.sqrt(np.maximum(squares, np.asarray(1e-12, x.dtype)))


@computes("Normalization")
def normalization(call: Call) -> Any:
    """Takes away the mean and divides by the deviation that `adapt` found, or that the config states."""
    x = call.x
    whole = "axis" in call.config and call.config["axis"] is None
    axes = () if whole else call.axes("axis", x.ndim, -1)
    stated = call.config.get("mean")
    if stated is None:
        mean, variance = (_along(call.variable(name), axes, x) for name in ("mean", "variance"))
    else:
        mean, variance = (_stated(call.config.get(key), x, axes) for key in ("mean", "variance"))
    deviation = np.maximum(np.sqrt(variance), np.float32(1e-7))
    if call.flag("invert"):
        return (mean + x * deviation).astype(x.dtype)
    return ((x - mean) / deviation).astype(x.dtype)


def _stated(numbers: Any, x: Array, axes: tuple[int, ...]) -> Array:
    """Return a mean or variance of the config: one number, or one for each place along the axes that are kept."""
    array = np.asarray(numbers, np.float32)
    if array.ndim == x.ndim or not array.ndim:
        return array
    kept = [size if axis in axes else 1 for axis, size in enumerate(x.shape)]
    return np.broadcast_to(array, [kept[axis] for axis in sorted(axes)]).reshape(kept)
