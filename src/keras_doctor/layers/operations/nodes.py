"""TensorFlow's graph nodes as layers (TensorFlowOpLayer, TensorFlow 1.14 to 2.3): what each does, and the names of its
inputs.
"""

from __future__ import annotations

from keras_doctor.layers.operations import arranging, elementwise, images, indexing, linear, reductions
from keras_doctor.layers.operations.operands import RANK, Operands, bind, entries
from keras_doctor.layers.shapes import CannotInferError, read_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.operations.operands import Entry, Operation

_UNARY = """
    Abs Acos Acosh AdjustContrastv2 AdjustHue AdjustSaturation Asin Asinh Atan Atanh Cast Ceil CheckNumerics
    Conj Cos Cosh Elu EnsureShape Erf Erfc Exp Expm1 FakeQuantWithMinMaxArgs
    FakeQuantWithMinMaxVars Floor HSVToRGB Identity Imag Inv Invert IsFinite IsInf IsNan L2Loss LeakyRelu Lgamma Log
    Log1p LogicalNot LogSoftmax LRN MatrixInverse Neg OnesLike PlaceholderWithDefault PreventGradient Real Reciprocal
    RegexReplace Relu Relu6 RGBToHSV Rint Round Rsqrt Selu Sigmoid Sign Sin Sinh Softmax Softplus
    Softsign Sqrt Square StaticRegexReplace StopGradient StringLower StringStrip StringToHashBucketFast StringToNumber
    StringUpper Tan Tanh ZerosLike
"""

_BINARY = """
    Atan2 BitwiseAnd BitwiseOr BitwiseXor Complex Div DivNoNan Equal FloorMod Greater GreaterEqual Less LessEqual
    LogicalAnd LogicalOr Maximum Minimum Mod NotEqual Pow RealDiv SquaredDifference TruncateDiv TruncateMod Xdivy
    Xlogy
"""

NODES = entries(
    (elementwise.same, "x", _UNARY),
    (elementwise.same, "x axis", "Cumprod Cumsum ReverseV2"),
    (elementwise.same, "x shift axis", "Roll"),
    (elementwise.same, "x bias", "BiasAdd"),
    (elementwise.same, "x clip_value_min clip_value_max", "ClipByValue"),
    (elementwise.combined, "x y", _BINARY),
    (elementwise.added, "x y", "Add AddV2"),
    (elementwise.subtracted, "x y", "Sub"),
    (elementwise.multiplied, "x y", "Mul"),
    (elementwise.divided, "x y", "FloorDiv"),
    (elementwise.combined, "z x y", "Select SelectV2"),
    (elementwise.shape, "x", "Shape"),
    (elementwise.counted, "x", "Size"),
    (elementwise.scalar, "x", "Rank"),
    (elementwise.filled, "shape value", "Fill"),
    (elementwise.filled, "shape", "RandomStandardNormal RandomUniform TruncatedNormal"),
    (elementwise.ranged, "x y z", "Range"),
    (reductions.reduced, "x axis keepdims|keep_dims", "All Any EuclideanNorm Max Mean Min Prod Sum"),
    (reductions.place_of_extreme, "x axis", "ArgMax ArgMin"),
    (arranging.reshape, "x shape", "Reshape"),
    (arranging.transpose, "x axes", "Transpose"),
    (arranging.expand, "x axis", "ExpandDims"),
    (arranging.squeeze, "x axis|squeeze_dims", "Squeeze"),
    (arranging.tile, "x repeats", "Tile"),
    (arranging.broadcast_to, "x shape", "BroadcastTo"),
    (arranging.pad, "x widths constant_values", "Pad PadV2 MirrorPad"),
    (arranging.unstack, "x axis num", "Unpack"),
    (indexing.gather, "x indices axis", "GatherV2 Gather"),
    (indexing.gather_nd, "x indices", "GatherNd"),
    (indexing.one_hot, "x depth", "OneHot"),
    (indexing.top, "x k", "TopKV2"),
    (indexing.window, "x begin size", "Slice"),
    (indexing.strided, "x begin end strides", "StridedSlice"),
    (linear.matmul, "x y transpose_a|adj_x transpose_b|adj_y", "BatchMatMul BatchMatMulV2 MatMul"),
    (images.pool, "x size|ksize strides", "AvgPool AvgPool3D MaxPool MaxPool3D"),
    (images.convolution, "x y", "Conv2D Conv3D"),
    (images.depthwise, "x y", "DepthwiseConv2dNative"),
    (images.resize, "x size", "ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor"),
    (images.to_depth, "x block|block_size", "SpaceToDepth"),
    (images.from_depth, "x block|block_size", "DepthToSpace"),
)


# Nodes of many inputs.
_OF_MANY: dict[str, Operation] = {
    "ConcatV2": arranging.concatenate,
    "Concat": arranging.concatenate,
    "Pack": arranging.stack,
    "AddN": elementwise.summed,
    "Einsum": linear.einsum,
    "Split": arranging.split,
    "SplitV": arranging.split,
}


def node(op: str, inputs: list[Any], attributes: dict[str, Any]) -> Any:
    """Return what a graph node puts out. `inputs` include the constants. Raises CannotInferError for other nodes."""
    if op == "Const":
        return _constant(attributes.get("value"))
    operation = _OF_MANY[op] if op in _OF_MANY else _entry(op)[0]
    return operation(Operands(bound(op, inputs, attributes), traced=True))


def bound(op: str, inputs: list[Any], attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the operands of a graph node by name. Raises CannotInferError for nodes that are not known."""
    if op == "ConcatV2":
        return {"x": inputs[:-1], "axis": inputs[-1] if inputs else None}
    if op == "Concat":
        return {"x": inputs[1:], "axis": inputs[0] if inputs else None}
    if op in ("Split", "SplitV"):
        names = "axis x" if op == "Split" else "x sections axis"
        return bind(names, inputs, {"sections": attributes.get("num_split")})
    if op in _OF_MANY:
        return {**attributes, "x": inputs}
    return bind(_entry(op)[1], inputs, attributes)


def _entry(op: str) -> Entry:
    entry = NODES.get(op)
    if entry is None:
        raise CannotInferError(f"what TensorFlow's {op[:60]} makes of shapes is not known")
    return entry


def _constant(value: Any) -> Any:
    """Return the shape of a constant, from TensorShapeProto as JSON: sizes are text."""
    tensor = value.get("tensor") if isinstance(value, dict) else None
    shape = tensor.get("tensorShape", tensor.get("tensor_shape")) if isinstance(tensor, dict) else None
    if not isinstance(shape, dict):
        raise CannotInferError("the shape of its constant is not known")
    dims = shape.get("dim", [])
    return (
        tuple(_integer(dim.get("size")) for dim in dims[:RANK] if isinstance(dim, dict))
        if isinstance(dims, list)
        else ()
    )


def attributes_of(node_def: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of a node as plain values: {"keep_dims": {"b": true}} gives {"keep_dims": True}."""
    listed = node_def.get("attr")
    if isinstance(listed, list):
        listed = {one.get("key"): one.get("value") for one in listed if isinstance(one, dict)}
    found: dict[str, Any] = {}
    for key, value in listed.items() if isinstance(listed, dict) else ():
        if isinstance(value, dict):
            found[str(key)] = _attribute(value)
    return found


def _attribute(value: dict[str, Any]) -> Any:
    if "tensor" in value:
        return value
    if "i" in value:
        return _integer(value["i"])
    if "b" in value:
        return value["b"] is True
    if isinstance(value.get("s"), str):
        return _text(value["s"])
    if isinstance(value.get("f"), (int, float)):
        return value["f"]
    if isinstance(value.get("type"), str):
        return value["type"]
    listed = value.get("list")
    if isinstance(listed, dict) and isinstance(listed.get("i"), list):
        return [_integer(one) for one in listed["i"]]
    return None


def _integer(value: Any) -> int | None:
    """Return a whole number, which JSON of protocol buffers writes as text."""
    if isinstance(value, str) and value.lstrip("-").isdigit() and len(value) < 20:
        return int(value)
    return read_number(value)


def _text(value: str) -> str:
    """Return bytes that JSON of protocol buffers writes in base 64."""
    from base64 import b64decode
    from binascii import Error

    try:
        return b64decode(value, validate=True).decode("ascii")
    except (Error, ValueError):
        return value
