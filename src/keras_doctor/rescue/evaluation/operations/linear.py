"""Products of matrices and of tensors of more dimensions."""

from __future__ import annotations

from math import sqrt

import numpy as np

from keras_doctor.layers.shapes import axis_of
from keras_doctor.rescue.evaluation.families.merging import batch_dot
from keras_doctor.rescue.evaluation.functions import softmax
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, enter_all, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.values import Array


@operates("matmul batchmatmul batchmatmulv2")
def matmul(op: Arguments) -> Array:
    """A product of matrices, batch by batch."""
    x, y = op.pair()
    x = np.swapaxes(x, -1, -2) if op.flag("transpose_a") or op.flag("adjoint_a") else x
    y = np.swapaxes(y, -1, -2) if op.flag("transpose_b") or op.flag("adjoint_b") else y
    return np.matmul(x, y)


enter_all({
    "dot": lambda op: np.dot(*op.pair()),
    "inner": lambda op: np.inner(*op.pair()),
    "outer": lambda op: np.outer(*op.pair()),
    "vdot": lambda op: np.asarray(np.vdot(*op.pair())),
    "kron": lambda op: np.kron(*op.pair()),
    "cross": lambda op: np.cross(*op.pair()),
    "det": lambda op: np.asarray(np.linalg.det(op.array())),
    "inverse matrixinverse": lambda op: np.linalg.inv(op.array()),
    "cholesky": lambda op: np.linalg.cholesky(op.array()),
    "solve": lambda op: np.linalg.solve(*op.pair()),
    "pinv": lambda op: np.linalg.pinv(op.array()),
    "logdet": lambda op: np.asarray(np.linalg.slogdet(op.array())[1]),
    "slogdet": lambda op: [np.asarray(one) for one in np.linalg.slogdet(op.array())],
    "eigh": lambda op: list(np.linalg.eigh(op.array())),
})  # fmt: skip


@operates("batchdot")
def batch_product(op: Arguments) -> Array:
    """`keras.backend.batch_dot`: one axis of each, sample by sample."""
    x, y = op.pair()
    axes: Any = op.get("axes")
    if axes is None:
        axes = [x.ndim - 1, max(y.ndim - 2, 1)]
    pair = [axes, axes] if isinstance(axes, int) else axes
    return batch_dot(x, y, axis_of(pair[0], x.ndim), axis_of(pair[1], y.ndim))


@operates("tensordot")
def tensordot(op: Arguments) -> Array:
    """Some axes of both, summed over."""
    x, y = op.pair()
    axes = op.get("axes", 2)
    return np.tensordot(x, y, axes if isinstance(axes, int) else tuple(axes))


@operates("einsum")
def einsum(op: Arguments) -> Array:
    """Whatever the equation says."""
    return np.einsum(str(op.get("equation")).replace(" ", ""), *op.arrays(), optimize=True)


@operates("dotproductattention")
def attention(op: Arguments) -> Array:
    """Values weighted by how keys fit the query; (batch, places, heads, size)."""
    query, key, found = op.array("query"), op.array("key"), op.array("value")
    repeats = query.shape[2] // key.shape[2]
    key, found = np.repeat(key, repeats, 2), np.repeat(found, repeats, 2)
    scale = op.real("scale", 1 / sqrt(query.shape[-1]))
    scores = np.einsum("btnh,bsnh->bnts", query, key) * np.asarray(scale, query.dtype)
    if op.has("bias"):
        scores = scores + op.array("bias")
    lowest = np.asarray(-1e9 if scores.dtype != np.float16 else -3e4, scores.dtype)
    if op.has("mask"):
        scores = np.where(op.array("mask").astype(bool), scores, lowest)
    if op.flag("is_causal"):
        scores = np.where(np.tri(*scores.shape[-2:]).astype(bool), scores, lowest)
    return np.einsum("bnts,bsnh->btnh", softmax(scores), found)
