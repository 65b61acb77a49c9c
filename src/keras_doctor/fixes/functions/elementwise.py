"""Functions that work on each number by itself."""

from __future__ import annotations

from keras_doctor.fixes.functions.operands import table, tensor, wants
from keras_doctor.layers.inbound import Ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.composing import Composer
    from keras_doctor.fixes.functions.operands import Function, Operands


def _square_root(graph: Composer, operands: Operands) -> Ref:
    return graph.op("numpy.Sqrt", graph.op("numpy.Maximum", tensor(operands), 0.0))


def _relu(graph: Composer, operands: Operands) -> Ref:
    config = {
        "max_value": operands.get("max_value"),
        "negative_slope": operands.get("alpha") or 0.0,
        "threshold": operands.get("threshold") or 0.0,
    }
    return graph.layer("ReLU", tensor(operands), **config)


def _elu(graph: Composer, operands: Operands) -> Ref:
    return graph.layer("ELU", tensor(operands), alpha=operands.get("alpha", 1.0))


def _hard_sigmoid(graph: Composer, operands: Operands) -> Ref:
    return graph.layer("ReLU", graph.layer("Rescaling", tensor(operands), scale=0.2, offset=0.5), max_value=1.0)


def _swish(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    return graph.op("numpy.Multiply", x, graph.op("nn.Sigmoid", x))


def _crelu(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    pair = [graph.op("nn.Relu", x), graph.op("nn.Relu", graph.op("numpy.Negative", x))]
    return graph.op("numpy.Concatenate", pair, axis=operands.get("axis", -1))


def _squared_difference(graph: Composer, operands: Operands) -> Ref:
    return graph.op("numpy.Square", graph.op("numpy.Subtract", operands.get("x"), operands.get("y")))


def _scaled(graph: Composer, operands: Operands) -> Ref:
    return graph.op("numpy.Multiply", operands.get("x"), operands.get("y"))


def _bitwise(name: str) -> Function:
    """Of two tensors: Keras 3 asks a number for its dtype."""

    def enter(graph: Composer, operands: Operands) -> Ref:
        pair = [[one] if type(one) is int else one for one in (operands.get("x"), operands.get("y"))]
        return graph.op(name, *pair)

    return enter


def _biased(graph: Composer, operands: Operands) -> Ref:
    """A number for each channel, which come last."""
    wants(operands.get("data_format") in (None, "NHWC", "NWC", "NDHWC", "channels_last"))
    return graph.op("numpy.Add", tensor(operands), operands.get("bias"))


def _real(graph: Composer, operands: Operands) -> Ref:
    """Of numbers that are real already."""
    wants(graph.dtype(tensor(operands)).startswith("float"))
    return tensor(operands)


def _among_highest(graph: Composer, operands: Operands) -> Ref:
    k = operands.get("k")
    return graph.op("math.InTopK", tensor(operands, "targets"), tensor(operands), k=k)


def _sum_of_many(graph: Composer, operands: Operands) -> Ref:
    many: Any = operands.get("x")
    wants(isinstance(many, list) and len(many) > 0 and all(isinstance(one, Ref) for one in many))
    total: Ref = many[0]
    for one in many[1:]:
        total = graph.op("numpy.Add", total, one)
    return total


def _where_not_zero(number: str, of: str, made: str, before: str = "") -> Function:
    """Zero where an operand is zero, whatever the other is there."""

    def enter(graph: Composer, operands: Operands) -> Ref:
        pair = {"x": operands.get("x"), "y": operands.get("y")}
        chosen = graph.op("numpy.Equal", tensor(pair, of), 0.0)
        other = "y" if number == "x" else "x"
        value = graph.op(before, pair[other]) if before else pair[other]
        product = graph.op(made, pair["x"], value) if other == "y" else graph.op(made, value, pair["y"])
        return graph.op("numpy.Where", chosen, 0.0, product)

    return enter


def _clipped(graph: Composer, operands: Operands) -> Ref:
    least, most = operands.get("least"), operands.get("most")
    found = tensor(operands)
    found = found if most is None else graph.op("numpy.Minimum", found, most)
    return found if least is None else graph.op("numpy.Maximum", found, least)


def _cross_entropy_of_logits(graph: Composer, operands: Operands) -> Ref:
    labels, x = tensor(operands, "labels"), tensor(operands)
    line = graph.op("numpy.Subtract", graph.op("nn.Relu", x), graph.op("numpy.Multiply", x, labels))
    rest = graph.op("numpy.Log1p", graph.op("numpy.Exp", graph.op("numpy.Negative", graph.op("numpy.Absolute", x))))
    return graph.op("numpy.Add", line, rest)


def _chosen(graph: Composer, operands: Operands) -> Ref:
    """`tf.where` of three."""
    wants(operands.get("x") is not None and operands.get("y") is not None)
    return graph.op("numpy.Where", tensor(operands, "condition"), operands["x"], operands["y"])


def _same(graph: Composer, operands: Operands) -> Ref:
    return tensor(operands)


def _not_dropped(graph: Composer, operands: Operands) -> Ref:
    wants(operands.get("rate") in (0, 0.0))
    return _same(graph, operands)


def _cast_to(dtype: str) -> Function:
    return lambda graph, operands: graph.op("core.Cast", tensor(operands), dtype=dtype)


def _converted(graph: Composer, operands: Operands) -> Ref:
    dtype = operands.get("dtype")
    found = tensor(operands)
    kept = dtype is None or str(dtype).rpartition(".")[2] == graph.dtype(found)
    return _same(graph, operands) if kept else graph.op("core.Cast", found, dtype=dtype)


def _as_image(graph: Composer, operands: Operands) -> Ref:
    """Images of numbers from 0 to 1 stay as they are."""
    found = tensor(operands)
    wants(str(operands.get("dtype", "float32")).endswith("float32") and graph.dtype(found) == "float32")
    return _same(graph, operands)


FUNCTIONS = table(
    (_square_root, "x", "keras.backend.sqrt"),
    (_relu, "x alpha|negative_slope max_value threshold", "keras.backend.relu keras.activations.relu"),
    (_elu, "x alpha", "keras.backend.elu keras.activations.elu"),
    (_hard_sigmoid, "x", "keras.backend.hard_sigmoid keras.activations.hard_sigmoid"),
    (_swish, "x|features", "keras.backend.swish keras.backend.silu keras.activations.swish"),
    (_crelu, "x|features axis", "nn.crelu compat.v1.nn.crelu"),
    (_squared_difference, "x y", "math.squared_difference squared_difference"),
    (_scaled, "y|scalar x", "math.scalar_mul scalar_mul compat.v1.math.scalar_mul"),
    (_bitwise("numpy.BitwiseAnd"), "x y", "bitwise.bitwise_and"),
    (_bitwise("numpy.BitwiseOr"), "x y", "bitwise.bitwise_or"),
    (_bitwise("numpy.BitwiseXor"), "x y", "bitwise.bitwise_xor"),
    (_biased, "x|value bias data_format", "nn.bias_add compat.v1.nn.bias_add keras.backend.bias_add"),
    (_real, "x|input", "math.real math.conj"),
    (_among_highest, "targets x|predictions k", "math.in_top_k nn.in_top_k"),
    (_among_highest, "x|predictions targets k", "compat.v1.math.in_top_k compat.v1.nn.in_top_k"),
    (_sum_of_many, "x|inputs", "add_n math.add_n math.accumulate_n"),
    (_where_not_zero("x", "x", "numpy.Multiply", "numpy.Log"), "x y", "math.xlogy"),
    (_where_not_zero("x", "x", "numpy.Multiply", "numpy.Log1p"), "x y", "math.xlog1py"),
    (_where_not_zero("x", "x", "numpy.TrueDivide"), "x y", "math.xdivy"),
    (_where_not_zero("x", "y", "numpy.Multiply"), "x y", "math.multiply_no_nan"),
    (_clipped, "x|t least|clip_value_min most|clip_value_max", "clip_by_value"),
    (_clipped, "x least|min_value most|max_value", "keras.backend.clip"),
    (
        _cross_entropy_of_logits,
        "labels x|logits",
        "nn.sigmoid_cross_entropy_with_logits compat.v1.nn.sigmoid_cross_entropy_with_logits",
    ),
    (_chosen, "condition x y", "compat.v1.where_v2 keras.backend.where"),
    (_same, "x|input|image|tensor|value message", "identity keras.backend.identity keras.backend.linear"),
    (_same, "x|tensor shape|message", "ensure_shape debugging.check_numerics compat.v1.check_numerics"),
    (_not_dropped, "x rate seed noise_shape", "nn.dropout keras.backend.dropout"),
    (_converted, "x|value dtype dtype_hint", "convert_to_tensor"),
    (_as_image, "x|image dtype saturate", "image.convert_image_dtype"),
    (_cast_to("float32"), "x", "to_float keras.backend.cast_to_floatx"),
    (_cast_to("int32"), "x", "to_int32"),
)
