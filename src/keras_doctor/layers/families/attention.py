"""Attention."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError, Shape, read_number, read_shape
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


def _sources(call: Call) -> tuple[Shape, Shape, Shape]:
    """Return the shapes of query, value and key; the value stands for a key that is not given."""
    query = call.argument("query", 0)
    value = call.argument("value", 0 if "query" in call.kwargs else 1)
    if query is None or value is None:
        raise CannotInferError("it takes a query and a value, and gets less")
    key = call.argument("key", 2) if "key" in call.kwargs or _third_is_key(call) else None
    return query, value, value if key is None else key


def _third_is_key(call: Call) -> bool:
    """Whether the third tensor by position is the key: not when it only is a mask."""
    return len(call.args) > 2 or (len(call.args) == 1 and isinstance(call.args[0], list) and len(call.args[0]) > 2)


def part_of(call: Call, name: str) -> str:
    """Return under which attribute a projection is found. GroupedQueryAttention has no public names for them, and the
    gate of either has none.
    """
    private = call.class_name == "GroupedQueryAttention" or name == "gate"
    return ("_{}_dense" if private else call.era.attention_part).format(name)


def _projection(call: Call, name: str, shape: Shape, heads: int, size: int) -> None:
    """Enter the dense layer that makes heads of the last dimension of `shape`."""
    if not shape:
        raise CannotInferError("it takes sequences and gets single numbers")
    part = part_of(call, name)
    call.own("kernel", (shape[-1], heads, size), part=part)
    if call.flag("use_bias", True):
        call.own("bias", (heads, size), part=part)


def _output(call: Call, sources: tuple[int, int], shape: Shape) -> None:
    """Enter the dense layer that makes one vector of the heads again."""
    part = part_of(call, "output")
    call.own("kernel", (*sources, *shape), part=part)
    if call.flag("use_bias", True):
        call.own("bias", shape, part=part)


def _scores(call: Call, heads: int, query: Shape, key: Shape, axes: tuple[int, ...]) -> Shape:
    """Return the shape of the attention scores."""
    free = tuple(size for axis, size in enumerate(query[:-1]) if axis not in axes)
    return (*free, heads, *(query[axis] for axis in axes), *(key[axis] for axis in axes if axis < len(key)))


@stock("MultiHeadAttention")
def multi_head(call: Call) -> Any:
    """Attends with several heads, each with projections of its own."""
    query, value, key = _sources(call)
    heads, key_size = call.size("num_heads"), call.size("key_dim")
    value_size = call.size("value_dim", key_size)
    _projection(call, "query", query, heads, key_size)
    _projection(call, "key", key, heads, key_size)
    if call.flag("use_gate"):
        _projection(call, "gate", query, heads, value_size)
    _projection(call, "value", value, heads, value_size)
    stated = call.config.get("output_shape")
    single = read_number(stated)
    last = (single,) if single is not None else read_shape(stated) or query[-1:]
    _output(call, (heads, value_size), last)
    output = (*query[:-1], *last)
    if call.kwargs.get("return_attention_scores") is not True:
        return output
    between = tuple(range(1, len(query) - 1))
    axes = call.axes("attention_axes", len(query), list(between)) if call.config.get("attention_axes") else between
    return [output, _scores(call, heads, query, key, axes)]


@stock("GroupedQueryAttention")
def grouped_query(call: Call) -> Any:
    """Attends with more heads for the query than for key and value."""
    query, value, key = _sources(call)
    size = call.size("head_dim")
    heads, shared = call.size("num_query_heads"), call.size("num_key_value_heads")
    _projection(call, "query", query, heads, size)
    _projection(call, "key", key, shared, size)
    if call.flag("use_gate"):
        _projection(call, "gate", query, heads, size)
    _projection(call, "value", value, shared, size)
    _output(call, (heads, size), query[-1:])
    if call.kwargs.get("return_attention_scores") is not True:
        return query
    return [query, (query[0], heads, query[1], key[1])]


@stock("Attention", "AdditiveAttention")
def attention(call: Call) -> Any:
    """Weights the values by how the keys fit the query."""
    query, value, key = _sources(call)
    if call.class_name == "AdditiveAttention":
        if call.flag("use_scale", True):
            call.own("scale", (query[-1],) if query else ())
    else:
        if call.flag("use_scale"):
            call.own("scale", ())
        if call.text("score_mode") == "concat":
            call.own("concat_score_weight", ())
    output = (*query[:-1], value[-1]) if query and value else query
    if call.kwargs.get("return_attention_scores") is not True:
        return output
    if len(query) < 2 or len(key) < 2:
        raise CannotInferError("it takes sequences and gets less than 2 dimensions")
    return [output, (*query[:-1], key[-2])]
