"""Operations that take axes away, or follow one."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.operations.arguments import Arguments, enter_all, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.operations.arguments import Operation
    from keras_doctor.rescue.evaluation.values import Array


def _reduced(function: Callable[..., Any], floats: bool = False) -> Operation:
    def operation(op: Arguments) -> Array:
        x = op.array()
        x = x.astype(np.float32) if floats and x.dtype.kind not in "fc" else x
        found = np.asarray(function(x, axis=op.axes(x.ndim), keepdims=op.flag("keepdims")))
        return found.astype(x.dtype) if found.dtype.kind == x.dtype.kind else found

    return operation


def _log_sum_exp(x: Array, axis: Any, keepdims: bool) -> Array:
    top = x.max(axis=axis, keepdims=True)
    found = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return found if keepdims else found.squeeze(axis if axis is not None else tuple(range(x.ndim)))


def _length(x: Array, axis: Any, keepdims: bool) -> Array:
    return np.sqrt((x * x).sum(axis=axis, keepdims=keepdims))


enter_all({
    "sum reducesum": _reduced(np.sum),
    "mean reducemean average": _reduced(np.mean, floats=True),
    "max amax reducemax": _reduced(np.max),
    "min amin reducemin": _reduced(np.min),
    "prod reduceprod": _reduced(np.prod),
    "all reduceall": _reduced(np.all),
    "any reduceany": _reduced(np.any),
    "std reducestd": _reduced(np.std, floats=True),
    "var reducevariance": _reduced(np.var, floats=True),
    "logsumexp reducelogsumexp": _reduced(_log_sum_exp, floats=True),
    "reduceeuclideannorm euclideannorm": _reduced(_length, floats=True),
    "median": _reduced(np.median, floats=True),
    "ptp": _reduced(np.ptp),
})  # fmt: skip


@operates("countnonzero")
def counted(op: Arguments) -> Array:
    """How many are not zero."""
    x = op.array()
    return np.asarray(np.count_nonzero(x, axis=op.axes(x.ndim), keepdims=op.flag("keepdims")))


@operates("norm")
def norm(op: Arguments) -> Array:
    """A length: of all, along one axis, or of matrices."""
    x, order = op.array(), op.get("ord", None)
    axes = op.axes(x.ndim)
    if axes is None:
        flat = np.linalg.norm(x.reshape(-1)) if order in (None, "euclidean", "fro") else np.linalg.norm(x, order)
        return np.asarray(flat.reshape((1,) * x.ndim) if op.flag("keepdims") else flat, x.dtype)
    order = None if order == "euclidean" else order
    axis: Any = axes[0] if len(axes) == 1 else axes
    return np.asarray(np.linalg.norm(x, order, axis, op.flag("keepdims"))).astype(x.dtype)


@operates("argmax argmin")
def place_of_extreme(op: Arguments) -> Array:
    """The place of the largest or smallest. TensorFlow looks along the first axis when none is given, Keras 3 through
    everything.
    """
    x = op.array()
    find = np.argmin if "min" in op.name.lower() else np.argmax
    axis = op.axis("axis", x.ndim, 0) if op.has("axis") or op.traced else None
    found = find(x, axis=axis)
    if op.flag("keepdims"):
        found = find(x, axis=axis, keepdims=True)
    return np.asarray(found, np.int64 if op.traced else np.int32)


@operates("argsort")
def order(op: Arguments) -> Array:
    """The places in the order of what stands there."""
    x = op.array()
    if not op.traced and "axis" in op.named and op.named["axis"] is None:
        x = x.reshape(-1)
    axis = op.axis("axis", x.ndim, -1)
    found = np.argsort(-x if op.text("direction") == "descending" else x, axis=axis, kind="stable")
    return found.astype(np.int32)


@operates("sort")
def ordered(op: Arguments) -> Array:
    """In order."""
    x = op.array()
    axis = op.axis("axis", x.ndim, -1)
    found = np.sort(x, axis=axis)
    return np.flip(found, axis) if op.text("direction") == "descending" else found


@operates("cumsum cumprod")
def running(op: Arguments) -> Array:
    """Sums or products so far."""
    x = op.array()
    if not op.has("axis") and not op.traced:
        x = x.reshape(-1)
    axis = op.axis("axis", x.ndim, 0)
    backwards = op.flag("reverse")
    x = np.flip(x, axis) if backwards else x
    product = "prod" in op.name.lower()
    found = (np.cumprod if product else np.cumsum)(x, axis=axis, dtype=x.dtype)
    if op.flag("exclusive"):
        first = np.full_like(np.take(x, [0], axis), 1 if product else 0)
        found = np.concatenate([first, np.take(found, range(x.shape[axis] - 1), axis)], axis)
    return np.flip(found, axis) if backwards else found


@operates("moments")
def moments(op: Arguments) -> list[Array]:
    """Mean and variance."""
    x = op.array()
    axes, keep = op.axes(x.ndim), op.flag("keepdims")
    return [np.asarray(x.mean(axis=axes, keepdims=keep)), np.asarray(x.var(axis=axes, keepdims=keep))]


@operates("l2normalize normalize")
def unit(op: Arguments) -> Array:
    """A unit long along some axes."""
    x = op.array()
    if "order" in op.named:
        order = op.named["order"]
        length = np.linalg.norm(x, order, op.axis("axis", x.ndim, -1), keepdims=True)
        return (x / np.maximum(length, op.real("epsilon", 1e-12))).astype(x.dtype)
    squares = (x * x).sum(axis=op.axes(x.ndim), keepdims=True)
    return x / np.sqrt(np.maximum(squares, np.asarray(op.real("epsilon", 1e-12), x.dtype)))


@operates("diff")
def differences(op: Arguments) -> Array:
    """Differences of neighbours."""
    return np.diff(op.array(), op.number("n", 1), op.number("axis", -1))


@operates("trace")
def trace(op: Arguments) -> Array:
    """The sum along the diagonals."""
    x = op.array()
    if op.traced:
        return np.asarray(np.trace(x, axis1=-2, axis2=-1))
    return np.asarray(np.trace(x, op.number("offset", 0), op.number("axis1", 0), op.number("axis2", 1)))


@operates("diagonal")
def diagonal(op: Arguments) -> Array:
    """The diagonals."""
    return np.diagonal(op.array(), op.number("offset", 0), op.number("axis1", 0), op.number("axis2", 1))
