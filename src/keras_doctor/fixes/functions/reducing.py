"""Functions that make one number of many."""

from __future__ import annotations

from keras_doctor.fixes.functions.operands import axis_in, known_sizes, table, tensor, wants, whole
from keras_doctor.fixes.sizes import product
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.composing import Composer
    from keras_doctor.fixes.functions.operands import Operands
    from keras_doctor.layers.inbound import Ref


def _told(operands: Operands) -> dict[str, Any]:
    return {"axis": operands.get("axis"), "keepdims": bool(operands.get("keepdims"))}


def _l2_normalize(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    squares = graph.op("numpy.Sum", graph.op("numpy.Square", x), axis=operands.get("axis"), keepdims=True)
    least = graph.op("numpy.Maximum", squares, float(operands.get("epsilon", 1e-12)))
    return graph.op("numpy.Multiply", x, graph.op("math.Rsqrt", least))


def _norm(graph: Composer, operands: Operands) -> Ref:
    x, order, axis = tensor(operands), operands.get("ord", "euclidean"), operands.get("axis")
    order = float("inf") if order == "Infinity" else order
    wants(order == "euclidean" or (isinstance(order, (int, float)) and order > 0 and whole(axis)))
    if order in ("euclidean", 2):
        return graph.op("numpy.Sqrt", graph.op("numpy.Sum", graph.op("numpy.Square", x), **_told(operands)))
    sizes = graph.op("numpy.Absolute", x)
    if order == float("inf"):
        return graph.op("numpy.Max", sizes, **_told(operands))
    if order == 1:
        return graph.op("numpy.Sum", sizes, **_told(operands))
    total = graph.op("numpy.Sum", graph.op("numpy.Power", sizes, order), **_told(operands))
    return graph.op("numpy.Power", total, 1.0 / order)


def _euclidean(graph: Composer, operands: Operands) -> Ref:
    return _norm(graph, {**operands, "ord": "euclidean"})


def _mean(graph: Composer, operands: Operands) -> Ref:
    """Of whole numbers TensorFlow's mean is a whole number: what is left over goes away, towards zero."""
    x = tensor(operands)
    dtype = graph.dtype(x)
    if dtype == "bool" and operands.get("of_backend"):
        return graph.op("numpy.Mean", graph.op("core.Cast", x, dtype="float32"), **_told(operands))
    if not dtype.startswith(("int", "uint")):
        wants(dtype.startswith(("float", "bfloat")))
        return graph.op("numpy.Mean", x, **_told(operands))
    axes = operands.get("axis")
    rank = len(graph.shape(x))
    listed = list(range(rank)) if axes is None else axes if isinstance(axes, list) else [axes]
    count = product([graph.sizes(x)[axis_in(graph, x, axis)] for axis in listed])
    total = graph.op("numpy.Sum", x, **_told(operands))
    parts = graph.op("numpy.FloorDivide", graph.op("numpy.Absolute", total), graph.amount(count, dtype))
    return graph.op("numpy.Multiply", graph.op("numpy.Sign", total), parts)


def _moments(graph: Composer, operands: Operands) -> list[Ref]:
    x = tensor(operands)
    return [graph.op("numpy.Mean", x, **_told(operands)), graph.op("numpy.Var", x, **_told(operands))]


def _zeros(graph: Composer, operands: Operands) -> Ref:
    """The part of the numbers that are zero."""
    return graph.op("numpy.Mean", graph.op("core.Cast", graph.op("numpy.Equal", tensor(operands), 0), dtype="float32"))


def _not_zero(graph: Composer, operands: Operands) -> Ref:
    dtype = str(operands.get("dtype", "int64")).rpartition(".")[2]
    counted = graph.op("core.Cast", graph.op("numpy.NotEqual", tensor(operands), 0), dtype=dtype)
    return graph.op("numpy.Sum", counted, **_told(operands))


def _half_of_squares(graph: Composer, operands: Operands) -> Ref:
    return graph.op("numpy.TrueDivide", graph.op("numpy.Sum", graph.op("numpy.Square", tensor(operands))), 2.0)


def _clipped_by_norm(graph: Composer, operands: Operands) -> Ref:
    x, most = tensor(operands), operands.get("most")
    wants(isinstance(most, (int, float)))
    total = graph.op("numpy.Sum", graph.op("numpy.Square", x), axis=operands.get("axis"), keepdims=True)
    length = graph.op("numpy.Maximum", graph.op("numpy.Sqrt", total), most)
    return graph.op("numpy.TrueDivide", graph.op("numpy.Multiply", x, most), length)


def _standardized(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    height, width, channels = known_sizes(graph, x, 4)
    told = {"axis": [-1, -2, -3], "keepdims": True}
    least = graph.op("numpy.Maximum", graph.op("numpy.Std", x, **told), (height * width * channels) ** -0.5)
    return graph.op("numpy.TrueDivide", graph.op("numpy.Subtract", x, graph.op("numpy.Mean", x, **told)), least)


def _cumulated(name: str) -> Any:
    neutral = "numpy.ZerosLike" if name == "numpy.Cumsum" else "numpy.OnesLike"

    def enter(graph: Composer, operands: Operands) -> Ref:
        x = tensor(operands)
        axis = axis_in(graph, x, operands.get("axis", 0))
        turned = operands.get("reverse")
        x = graph.op("numpy.Flip", x, axis=axis) if turned else x
        found = graph.op(name, x, axis=axis)
        if operands.get("exclusive"):
            before = [Slice()] * axis
            first = graph.op(neutral, graph.part(x, [*before, Slice(None, 1)]))
            found = graph.op("numpy.Concatenate", [first, graph.part(found, [*before, Slice(None, -1)])], axis=axis)
        return graph.op("numpy.Flip", found, axis=axis) if turned else found

    return enter


def _cross_entropy(graph: Composer, operands: Operands) -> Ref:
    """Of logits, along an axis."""
    labels, x, axis = tensor(operands, "labels"), tensor(operands), operands.get("axis", -1)
    logs = graph.op("nn.LogSoftmax", x, axis=axis)
    return graph.op("numpy.Negative", graph.op("numpy.Sum", graph.op("numpy.Multiply", labels, logs), axis=axis))


def _highest(graph: Composer, operands: Operands) -> list[Ref]:
    k = operands.get("k", 1)
    wants(whole(k))
    return graph.several("math.TopK", 2, tensor(operands), k=k, sorted=operands.get("sorted", True))


_NORMALIZE = "x|tensor axis|dim epsilon"
_REDUCE = "x|input_tensor axis|reduction_indices keepdims|keep_dims"

FUNCTIONS = table(
    (
        _l2_normalize,
        _NORMALIZE,
        "keras.backend.l2_normalize nn.l2_normalize math.l2_normalize linalg.l2_normalize",
    ),
    (_norm, "x|tensor ord axis keepdims|keep_dims", "norm linalg.norm compat.v1.norm"),
    (_euclidean, _REDUCE, "math.reduce_euclidean_norm"),
    (_mean, _REDUCE, "math.reduce_mean reduce_mean compat.v1.reduce_mean"),
    (
        lambda graph, operands: _mean(graph, {**operands, "of_backend": True}),
        "x axis keepdims",
        "keras.backend.mean",
    ),
    (_moments, "x axis|axes shift keepdims|keep_dims", "nn.moments compat.v1.nn.moments"),
    (_zeros, "x|value dtype", "nn.zero_fraction math.zero_fraction"),
    (_not_zero, "x|input axis keepdims dtype", "math.count_nonzero"),
    (_half_of_squares, "x|t", "nn.l2_loss"),
    (_clipped_by_norm, "x|t most|clip_norm axis|axes", "clip_by_norm"),
    (_standardized, "x|image", "image.per_image_standardization"),
    (_cumulated("numpy.Cumsum"), "x axis exclusive reverse", "math.cumsum cumsum keras.backend.cumsum"),
    (_cumulated("numpy.Cumprod"), "x axis exclusive reverse", "math.cumprod cumprod keras.backend.cumprod"),
    (
        _cross_entropy,
        "labels x|logits axis",
        (
            "nn.softmax_cross_entropy_with_logits compat.v1.nn.softmax_cross_entropy_with_logits"
            " compat.v1.nn.softmax_cross_entropy_with_logits_v2"
        ),
    ),
    (_highest, "x|input k sorted", "math.top_k nn.top_k"),
)
