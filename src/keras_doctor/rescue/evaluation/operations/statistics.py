"""Operations that count, rank and compare: reductions past what is no number, quantiles, losses."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.functions import log_softmax, softmax
from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, enter_all, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.operations.arguments import Operation
    from keras_doctor.rescue.evaluation.values import Array

_EPSILON = 1e-7  # keras.backend.epsilon()


def _past_nan(function: Callable[..., Any]) -> Operation:
    def operation(op: Arguments) -> Array:
        x = op.array()
        return np.asarray(function(x, axis=op.axes(x.ndim), keepdims=op.flag("keepdims"))).astype(x.dtype)

    return operation


enter_all({
    "nansum": _past_nan(np.nansum),
    "nanmean": _past_nan(np.nanmean),
    "nanmax": _past_nan(np.nanmax),
    "nanmin": _past_nan(np.nanmin),
    "nanprod": _past_nan(np.nanprod),
    "nanstd": _past_nan(np.nanstd),
    "nanvar": _past_nan(np.nanvar),
    "nanmedian": _past_nan(np.nanmedian),
})  # fmt: skip


@operates("quantile percentile nanquantile nanpercentile")
def at_quantiles(op: Arguments) -> Array:
    """The numbers below which given shares lie."""
    x, shares = op.array(), op.array("y").astype(np.float64)
    if "percentile" in op.name.lower():
        shares = shares / 100
    find: Any = np.nanquantile if op.name.lower().startswith("nan") else np.quantile
    axes = op.axes(x.ndim)
    method = op.text("method", "linear")
    return np.asarray(find(x, shares, axis=axes, method=method, keepdims=op.flag("keepdims"))).astype(x.dtype)


@operates("bincount")
def counts(op: Arguments) -> Array:
    """How often each number stands there."""
    x, least = op.array().astype(np.int64), op.number("minlength", 0)
    rows = x.reshape(-1, x.shape[-1])
    length = max(int(x.max(initial=-1)) + 1, least)
    allow((len(rows), length))
    found = np.stack([np.bincount(row, minlength=length) for row in rows])
    return found.reshape(*x.shape[:-1], length).astype(np.int32)


@operates("digitize")
def digitized(op: Arguments) -> Array:
    """The bin of each number."""
    return np.digitize(op.array(), op.array("bins")).astype(np.int32)


@operates("isclose")
def close(op: Arguments) -> Array:
    """Whether two numbers hardly differ."""
    x, y = op.pair()
    return np.isclose(x, y, op.real("rtol", 1e-5), op.real("atol", 1e-8), op.flag("equal_nan"))


@operates("binarycrossentropy")
def binary_crossentropy(op: Arguments) -> Array:
    """The loss of each number."""
    target, output = op.pair()
    if op.flag("from_logits"):
        output = 1 / (1 + np.exp(-output))
    output = np.clip(output, _EPSILON, 1 - np.float32(_EPSILON))
    return -(target * np.log(output) + (1 - target) * np.log(1 - output))


@operates("categoricalcrossentropy")
def categorical_crossentropy(op: Arguments) -> Array:
    """The loss of each row of classes."""
    target, output = op.pair()
    axis = op.number("axis", -1)
    if op.flag("from_logits"):
        return -(target * log_softmax(output, axis)).sum(axis=axis)
    output = output / output.sum(axis=axis, keepdims=True)
    return -(target * np.log(np.clip(output, _EPSILON, 1 - np.float32(_EPSILON)))).sum(axis=axis)


@operates("sparsecategoricalcrossentropy")
def sparse_crossentropy(op: Arguments) -> Array:
    """The loss of each row of classes against the number of the right one."""
    target, output = op.array("x").astype(np.int64), op.array("y")
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = target[..., 0]
    logs = (
        log_softmax(output) if op.flag("from_logits") else np.log(np.clip(output, _EPSILON, 1 - np.float32(_EPSILON)))
    )
    return -np.take_along_axis(logs, target[..., None], -1)[..., 0]


@operates("sigmoidcrossentropywithlogits")
def sigmoid_crossentropy(op: Arguments) -> Array:
    """The loss of each number from what a sigmoid takes."""
    labels = op.array("labels") if op.has("labels") else op.array("x")
    logits = op.array("logits") if op.has("logits") else op.array("y")
    return np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))


@operates("softmaxcrossentropywithlogits")
def softmax_crossentropy(op: Arguments) -> Array:
    """The loss of each row from what a softmax takes."""
    return -(op.array("labels") * np.log(softmax(op.array("logits")))).sum(axis=-1)


@operates("trapezoid")
def integral(op: Arguments) -> Array:
    """The area under a curve."""
    x = op.array()
    axis = op.axis("axis", x.ndim, -1)
    between = np.take(x, range(1, x.shape[axis]), axis) + np.take(x, range(x.shape[axis] - 1), axis)
    return (between / 2 * np.asarray(op.real("dx", 1.0), x.dtype)).sum(axis=axis)


@operates("cdist")
def distances(op: Arguments) -> Array:
    """The distance of every pair of points."""
    x, y = op.pair()
    apart = x[..., :, None, :] - y[..., None, :, :]
    return np.linalg.norm(apart, op.real("p", 2.0), axis=-1).astype(x.dtype)
