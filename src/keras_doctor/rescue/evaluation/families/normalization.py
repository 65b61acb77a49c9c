"""Normalizations."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.registry import computes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


def _along(call: Call, array: Array | None, axes: tuple[int, ...], rank: int) -> Array | None:
    """Return a vector or array of the normalized axes in the shape in which it meets the input."""
    if array is None or array.ndim == rank:
        return array
    shape = [1] * rank
    for axis, size in zip(sorted(axes), array.shape, strict=True):
        shape[axis] = size
    return array.reshape(shape)


@computes("BatchNormalization", "BatchNormalizationV1")
def batch_normalization(call: Call) -> Any:
    """Scale and offset by the mean and variance that training left behind."""
    x = call.x
    axes = call.axes("axis", x.ndim, -1)
    gamma, beta, mean, variance = (
        _along(call, call.maybe(name), axes, x.ndim) for name in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    if mean is None or variance is None:
        mean, variance = call.variable("moving_mean"), call.variable("moving_variance")
    factor = 1 / np.sqrt(variance.astype(np.float32) + np.float32(call.value("epsilon", 1e-3)))
    if gamma is not None:
        factor = factor * gamma
    y = (x - mean) * factor
    return (y if beta is None else y + beta).astype(x.dtype)
