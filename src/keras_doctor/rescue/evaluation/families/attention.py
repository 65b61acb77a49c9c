"""Attention."""

from __future__ import annotations

from functools import reduce
from math import sqrt

import numpy as np

from keras_doctor.layers.families.attention import part_of
from keras_doctor.layers.tensors import flatten
from keras_doctor.rescue.evaluation.families.activations import hidden
from keras_doctor.rescue.evaluation.functions import sigmoid, softmax
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, array_of, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


def _option(call: Call, name: str) -> bool:
    return call.kwargs.get(name) is True


def _sources(call: Call) -> tuple[Value, Value, Value, bool]:
    """Return query, value and key, and whether the key was given; the value stands for a key that was not."""
    query = call.given("query", 0)
    found = call.given("value", 0 if "query" in call.kwargs else 1)
    if query is None or found is None:
        raise CannotEvaluateError("it takes a query and a value, and gets less")
    key = call.given("key", 2)
    return query, found, found if key is None else key, key is not None


def _projected(call: Call, name: str, x: Array) -> Array:
    """Return the last dimension of `x` in heads."""
    part = part_of(call, name)
    kernel, bias = call.variable("kernel", part), call.maybe("bias", part)
    y = np.tensordot(x, kernel, 1)
    return y if bias is None else y + bias


def _output(call: Call, heads: Array) -> Array:
    """Return the heads as one vector again."""
    part = part_of(call, "output")
    kernel, bias = call.variable("kernel", part), call.maybe("bias", part)
    y = np.tensordot(heads, kernel, 2)
    return y if bias is None else y + bias


def _mask(call: Call, query: Value, found: Value, key: Value | None) -> Array | None:
    """Return where each query may look, (batch, …, queries, keys): what the call says, and what the masks of its inputs
    say (tf.keras from 2.10 on, Keras 3).
    """
    stated = next(flatten(call.kwargs.get("attention_mask")), None)
    masks: list[Array] = [] if stated is None else [array_of(stated)]
    if call.semantics["attention_masks"] == "automatic":
        if query.mask is not None:
            masks.append(query.mask[:, :, None])
        masks.extend(one.mask[:, None, :] for one in (found, key) if one is not None and one.mask is not None)
    if _option(call, "use_causal_mask"):
        masks.append(np.tri(query.array.shape[1], found.array.shape[1]).astype(bool)[None])
    if call.config.get("sliding_window") is not None:
        raise CannotEvaluateError("it attends within a sliding window")
    if len(masks) < 2:
        return masks[0] if masks else None
    return reduce(np.logical_and, masks)


@computes("MultiHeadAttention")
def multi_head(call: Call) -> Any:
    """Attends with several heads, each with projections of its own."""
    query, found, key, has_key = _sources(call)
    sources = (("query", query), ("key", key), ("value", found))
    q, k, v = (_projected(call, name, array_of(one)) for name, one in sources)
    mask = _mask(call, query, found, key if has_key else None)
    heads, scores = _attended(call, q * np.asarray(1 / sqrt(call.size("key_dim")), q.dtype), k, v, mask)
    return _finished(call, query, heads, scores)


def _finished(call: Call, query: Value, heads: Array, scores: Array) -> Any:
    if call.flag("use_gate"):
        heads = heads * sigmoid(_projected(call, "gate", array_of(query)))
    automatic = call.semantics["attention_masks"] == "automatic"  # earlier releases drop masks
    output = value(_output(call, heads), query.mask if automatic else None)
    return [output, value(scores)] if _option(call, "return_attention_scores") else output


def _axes(call: Call, rank: int) -> tuple[int, ...]:
    """Return the axes over which a query of `rank` dimensions attends: by default all but the batch and the last."""
    stated = call.config.get("attention_axes")
    return call.axes("attention_axes", rank) if stated is not None else tuple(range(1, rank - 1))


def _attended(call: Call, q: Array, k: Array, v: Array, mask: Array | None) -> tuple[Array, Array]:
    """Return what the heads put out and the scores. The arrays are (batch, *places, heads, size)."""
    axes = _axes(call, q.ndim - 1)
    free = tuple(axis for axis in range(q.ndim - 2) if axis not in axes)
    order = (*free, q.ndim - 2, *axes, q.ndim - 1)
    q, k, v = (array.transpose(order) for array in (q, k, v))
    lead = len(free) + 1
    places, others = q.shape[lead:-1], k.shape[lead:-1]
    scores = np.matmul(*(_rows(q, lead), np.swapaxes(_rows(k, lead), -1, -2)))
    full = scores.reshape(*scores.shape[:-2], *places, *others)
    if mask is not None:
        while mask.ndim < full.ndim:
            mask = np.expand_dims(mask, -len(axes) * 2 - 1)
        full = hidden(call, full, mask.astype(bool) if call.is_keras3 else mask)
    flat = softmax(full.reshape(scores.shape))
    heads = np.matmul(flat, _rows(v, lead)).reshape(*q.shape[:-1], v.shape[-1])
    return heads.transpose(np.argsort(order)), flat.reshape(full.shape)


def _rows(x: Array, lead: int) -> Array:
    """Return an array with its attended places in one dimension."""
    return x.reshape(*x.shape[:lead], -1, x.shape[-1])


@computes("GroupedQueryAttention")
def grouped_query(call: Call) -> Any:
    """Attends with several heads, of which some share their keys and values."""
    query, found, key, has_key = _sources(call)
    sources = (("query", query), ("key", key), ("value", found))
    q, k, v = (_projected(call, name, array_of(one)) for name, one in sources)
    repeats = call.size("num_query_heads") // call.size("num_key_value_heads")
    k, v = np.repeat(k, repeats, axis=2), np.repeat(v, repeats, axis=2)
    mask = _mask(call, query, found, key if has_key else None)
    heads, scores = _attended(call, q * np.asarray(1 / sqrt(call.size("head_dim")), q.dtype), k, v, mask)
    return _finished(call, query, heads, scores)


@computes("Attention", "AdditiveAttention")
def attention(call: Call) -> Any:
    """Weights the values by how the keys fit the query."""
    query, found, key, _ = _sources(call)
    q, v, k = array_of(query), array_of(found), array_of(key)
    scores = _scores(call, q, k)
    mask = None if found.mask is None else found.mask[:, None, :]
    if call.flag("causal") or _option(call, "use_causal_mask"):
        triangle = np.tri(scores.shape[-2], scores.shape[-1]).astype(bool)
        mask = triangle if mask is None else mask & triangle
    if mask is not None:
        largest = np.asarray(65504.0 if scores.dtype == np.float16 else 1e9, scores.dtype)
        scores = scores - largest * (~mask).astype(scores.dtype)
    weights = softmax(scores)
    output = np.matmul(weights, v)
    if query.mask is not None:
        output = output * query.mask[..., None].astype(output.dtype)
    after = value(output, query.mask)
    return [after, value(weights)] if _option(call, "return_attention_scores") else after


def _scores(call: Call, q: Array, k: Array) -> Array:
    scale = call.maybe("scale")
    factor = np.ones((), q.dtype) if scale is None else scale
    if call.class_name == "AdditiveAttention":
        return (factor * np.tanh(q[..., :, None, :] + k[..., None, :, :])).sum(axis=-1)
    if call.text("score_mode", "dot") == "concat":
        weight = call.variable("concat_score_weight")
        return weight * np.tanh(factor * (q[..., :, None, :] + k[..., None, :, :])).sum(axis=-1)
    return factor * np.matmul(q, np.swapaxes(k, -1, -2))
