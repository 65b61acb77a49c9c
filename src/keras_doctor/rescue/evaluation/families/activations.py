"""Activations that are layers."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.functions import elu, relu, softmax, softplus
from keras_doctor.rescue.evaluation.registry import computes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


def factor(call: Call, *keys: str, default: float) -> float:
    """Return a number of the config under the first of `keys` that it has; some releases wrote arrays of one number."""
    for key in keys:
        found = call.config.get(key)
        if isinstance(found, dict):  # a NumPy scalar as tf.keras 1.13 wrote it
            found = found.get("value")
        while isinstance(found, list) and len(found) == 1:
            found = found[0]
        if isinstance(found, (int, float)):
            return float(found)
    return default


@computes("ReLU")
def rectifier(call: Call) -> Any:
    """The rectifier with its options."""
    ceiling = factor(call, "max_value", default=np.inf)
    slope, threshold = factor(call, "negative_slope", default=0.0), factor(call, "threshold", default=0.0)
    return relu(call.x, slope, None if np.isinf(ceiling) else ceiling, threshold)


@computes("LeakyReLU")
def leaky(call: Call) -> Any:
    """A small slope below zero."""
    return relu(call.x, factor(call, "negative_slope", "alpha", default=0.3))


@computes("ELU")
def exponential_linear(call: Call) -> Any:
    """An exponential below zero."""
    return elu(call.x, factor(call, "alpha", default=1.0))


@computes("ThresholdedReLU")
def thresholded(call: Call) -> Any:
    """What is above the threshold, zero else."""
    x = call.x
    return x * (x > factor(call, "theta", default=1.0)).astype(x.dtype)


@computes("Softmax")
def softmax_layer(call: Call) -> Any:
    """Exponentials that add up to 1, over one axis or several; masked places count as very small."""
    x = call.x
    mask = call.mask if call.semantics["softmax_layer"] == "masked" else None
    return softmax(x if mask is None else hidden(call, x, mask), call.axes("axis", x.ndim, -1))


def hidden(call: Call, scores: Array, mask: Array) -> Array:
    """Return scores that are very small where the mask says that they do not count, as the Softmax layer makes them."""
    lowest = np.asarray(-3e4 if scores.dtype == np.float16 else -1e9, scores.dtype)
    if call.semantics["softmax_mask"] == "replaced":
        return np.where(mask, scores, lowest)
    return scores + (1 - mask.astype(scores.dtype)) * lowest


@computes("PReLU")
def prelu(call: Call) -> Any:
    """A learned slope for each place."""
    x = call.x
    return np.maximum(x, 0) + call.variable("alpha") * np.minimum(x, 0)


@computes("SReLU")
def srelu(call: Call) -> Any:
    """A learned S of three lines for each place (Keras 1)."""
    x = call.x
    left, low, right, high = (call.variable(name) for name in ("t_left", "a_left", "t_right", "a_right"))
    right = left + np.abs(right)  # the right knee may not stand left of the left one
    below = left + low * (x - left)
    if call.semantics.backend == "theano":  # whose rectifier cuts off what a slope below zero makes of the left side
        below = np.minimum(below, right)
    below = np.where(x < left, below, 0)
    above = np.where(x > right, right + high * (x - right), 0)
    between = np.where((x >= left) & (x <= right), x, 0)
    return (below + between + above).astype(x.dtype)


@computes("ParametricSoftplus")
def parametric_softplus(call: Call) -> Any:
    """A softplus with two learned factors (Keras 1)."""
    return softplus(call.variable("betas") * call.x) * call.variable("alpha")
