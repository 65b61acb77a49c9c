"""Activation functions, by the names under which configs have them."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np

from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

    Function = Callable[[Array], Array]

_erf: Any = np.frompyfunc(erf, 1, 1)


def error_function(x: Array) -> Array:
    """Return the error function of each element."""
    return _erf(x).astype(x.dtype)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype)


def softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Exponentials that add up to 1 along `axis`."""
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """The logarithm of the softmax."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def softplus(x: Array) -> Array:
    """log(1 + exp(x))."""
    return np.logaddexp(x, np.zeros((), x.dtype))


def relu(x: Array, slope: float = 0.0, maximum: float | None = None, threshold: float = 0.0) -> Array:
    """The rectifier with its options, as every release computes it (`backend.relu`)."""
    found = np.where(x >= threshold, x, slope * (x - threshold)) if slope or threshold else np.maximum(x, 0)
    if maximum is not None:
        found = np.where(x >= threshold, np.minimum(found, maximum), found)
    return found.astype(x.dtype)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """x above zero, alpha (exp(x) - 1) below."""
    found = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return found.astype(x.dtype)


def gelu(x: Array, approximate: bool = False) -> Array:
    """x times the normal distribution function of x; `approximate`: by a hyperbolic tangent."""
    inner = np.tanh(sqrt(2 / np.pi) * (x + 0.044715 * x**3)) if approximate else error_function(x / sqrt(2))
    return (0.5 * x * (1 + inner)).astype(x.dtype)


def hard_sigmoid_fifth(x: Array) -> Array:
    """clip(0.2 x + 0.5, 0, 1)."""
    return np.clip(0.2 * x + 0.5, 0, 1).astype(x.dtype)


def hard_sigmoid_sixth(x: Array) -> Array:
    """relu6(x + 3) / 6."""
    return (np.clip(x + 3, 0, 6) / 6).astype(x.dtype)


def sparsemax(x: Array, axis: int = -1) -> Array:
    """The nearest point of the simplex, but that Keras (3.8 to 3.15.1, every backend) adds up sums, not numbers."""
    x = np.moveaxis(x, axis, -1)
    ordered = -np.sort(-x, axis=-1)
    sums = ordered.cumsum(-1)
    support = ordered - (sums - 1) / np.arange(1, x.shape[-1] + 1, dtype=x.dtype) > 0
    threshold = (np.where(support, sums, 0).sum(-1, keepdims=True) - 1) / support.sum(-1, keepdims=True)
    return np.moveaxis(np.maximum(x - threshold, 0).astype(x.dtype), -1, axis)


def glu(x: Array, axis: int = -1) -> Array:
    """The first half, gated by the second."""
    first, second = np.split(x, 2, axis=axis)
    return first * sigmoid(second)


_SELU = (1.0507009873554805, 1.6732632423543772)

FUNCTIONS: dict[str, Function] = {
    "linear": lambda x: x,
    "relu": relu,
    "relu6": lambda x: relu(x, maximum=6.0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "softmax": softmax,
    "softmax_v2": softmax,
    "log_softmax": log_softmax,
    "softplus": softplus,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "elu": elu,
    "selu": lambda x: (_SELU[0] * elu(x, _SELU[1])).astype(x.dtype),
    "exponential": np.exp,
    "gelu": gelu,
    "swish": lambda x: x * sigmoid(x),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * np.tanh(softplus(x)),
    "leaky_relu": lambda x: relu(x, 0.2),
    "hard_silu": lambda x: x * hard_sigmoid_sixth(x),
    "hard_swish": lambda x: x * hard_sigmoid_sixth(x),
    "celu": elu,
    "glu": glu,
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0).astype(x.dtype),
    "soft_shrink": lambda x: (np.sign(x) * np.maximum(np.abs(x) - 0.5, 0)).astype(x.dtype),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "log_sigmoid": lambda x: -softplus(-x),
    "sparse_plus": lambda x: np.where(x <= -1, 0, np.where(x < 1, 0.25 * (x + 1) ** 2, x)).astype(x.dtype),
    "sparse_sigmoid": lambda x: np.clip(0.5 * (x + 1), 0, 1).astype(x.dtype),
    "sparsemax": sparsemax,
    "squareplus": lambda x: (0.5 * (x + np.sqrt(x * x + 4))).astype(x.dtype),
    "threshold": lambda x: np.where(x > 0, x, 0).astype(x.dtype),
}

HARD_SIGMOIDS: dict[str, Function] = {"fifth": hard_sigmoid_fifth, "sixth": hard_sigmoid_sixth}


def named(name: str, call: Call) -> Function | None:
    """Return the function of a name as the model's release computes it, None when Keras has no such function."""
    if name == "hard_sigmoid":
        return HARD_SIGMOIDS[call.semantics["hard_sigmoid"]]
    return FUNCTIONS.get(name)


def activation(call: Call, key: str = "activation", default: str = "linear") -> Function:
    """Return the function that a config has under `key`: a name, an object with a name, or a layer's entry. Raises
    CannotEvaluateError for a function of the user's own.
    """
    return function_of(call.config.get(key), call, default)


def function_of(stated: Any, call: Call, default: str = "linear") -> Function:
    """Return the function that a value of a config stands for."""
    if stated is None:
        stated = default
    if isinstance(stated, dict):
        name, config = stated.get("class_name"), stated.get("config")
        if name == "function" and isinstance(config, str):
            name = config
        elif isinstance(config, dict) and isinstance(name, str) and name[:1].isupper():
            return lambda x: _as_layer(stated, call, x)
        module = stated.get("module")
        stated = name if module in (None, "builtins") or str(module).startswith(("keras", "tf_keras")) else None
        if isinstance(config, dict) and isinstance(config.get("name"), str):
            stated = stated or config["name"]
    found = (
        named(stated.rpartition(">")[2] if stated.startswith("keras") else stated, call)
        if isinstance(stated, str)
        else None
    )
    if found is None:
        raise CannotEvaluateError(f"{str(stated)[:80]!r} is not an activation that Keras ships")
    return found


def _as_layer(entry: dict[str, Any], call: Call, x: Array) -> Array:
    """Compute a layer that stands in the place of a function."""
    from keras_doctor.rescue.evaluation.values import array_of, value

    outcome = call.runner.evaluate(entry, f"{call.site.path}/activation", [value(x)], None, call.site.depth + 1)
    return array_of(outcome.outputs[0])
