"""Functions that multiply tensors and sum: products, convolutions; and pooling, which goes over windows as they do."""

from __future__ import annotations

from keras_doctor.fixes.functions.operands import axis_in, known_sizes, table, tensor, wants, whole
from keras_doctor.fixes.operations import is_array
from keras_doctor.layers.inbound import Ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.composing import Composer
    from keras_doctor.fixes.functions.operands import Operands

_LAST = (None, "NHWC", "NWC", "NDHWC", "channels_last")


def _product(graph: Composer, operands: Operands) -> Ref:
    pair = []
    for name, turned in (("x", "transpose_a"), ("y", "transpose_b")):
        one = operands.get(name)
        wants(isinstance(one, Ref) or is_array(one))
        other = "adjoint_a" if name == "x" else "adjoint_b"  # of real numbers the same
        if (operands.get(turned) or operands.get(other)) and not isinstance(one, Ref):
            rows: list[Any] = list(one or [])
            wants(all(isinstance(row, list) and not isinstance(row[0], list) for row in rows))
            one = [list(column) for column in zip(*rows, strict=True)]
        elif operands.get(turned) or operands.get(other):
            one = tensor(operands, name)
            rank = len(graph.shape(one))
            one = graph.op("numpy.Transpose", one, axes=[*range(rank - 2), rank - 1, rank - 2])
        pair.append(one)
    return graph.op("numpy.Matmul", *pair)


def _einsum(graph: Composer, operands: Operands) -> Ref:
    words = operands.get("equation")
    given = [operands[name] for name in ("x", "y", "z") if name in operands]
    wants(isinstance(words, str) and graph.api.line == "keras-3" and all(isinstance(one, Ref) for one in given))
    return graph.op("numpy.Einsum", *given, subscripts=words)


def _batch_dot(graph: Composer, operands: Operands) -> Ref:
    pair, axes = [tensor(operands), tensor(operands, "y")], operands.get("axes")
    ranks = {len(graph.shape(one)) for one in pair}
    axes = [2, 1] if axes is None and ranks == {3} else axes
    wants(len(ranks) == 1 and ranks <= {2, 3} and isinstance(axes, (int, list)))
    return graph.layer("Dot", pair, axes=axes, normalize=False)


def _dot(graph: Composer, operands: Operands) -> Ref:
    """`K.dot` with a matrix that is known."""
    matrix = operands.get("y")
    wants(is_array(matrix) and isinstance(matrix[0], list) and not isinstance(matrix[0][0], list))  # type: ignore[index]
    return graph.op("numpy.Matmul", tensor(operands), matrix)


def _traced(graph: Composer, operands: Operands) -> Ref:
    return graph.op("numpy.Trace", tensor(operands), axis1=-2, axis2=-1)


def _diagonal(graph: Composer, operands: Operands) -> Ref:
    wants(operands.get("k", 0) == 0)
    return graph.op("numpy.Diagonal", tensor(operands), axis1=-2, axis2=-1)


def _on_diagonal(graph: Composer, operands: Operands) -> Ref:
    """A matrix of zeros for each vector, which stands on the diagonal."""
    x = tensor(operands)
    length = graph.shape(x)[-1]
    wants(operands.get("k", 0) == 0 and isinstance(length, int) and graph.dtype(x).startswith(("float", "int")))
    places = [[row == column for column in range(length or 0)] for row in range(length or 0)]
    zero = 0.0 if graph.dtype(x).startswith("float") else 0
    return graph.op("numpy.Where", places, graph.op("numpy.ExpandDims", x, axis=-1), zero)


def _with_diagonal(graph: Composer, operands: Operands) -> Ref:
    """Square matrices with another diagonal."""
    x = tensor(operands)
    length = graph.shape(x)[-1]
    wants(operands.get("k", 0) == 0 and isinstance(length, int) and graph.shape(x)[-2] == length)
    places = [[row == column for column in range(length or 0)] for row in range(length or 0)]
    diagonal: Any = operands.get("diagonal")
    wants(isinstance(diagonal, Ref))
    return graph.op("numpy.Where", places, graph.op("numpy.ExpandDims", diagonal, axis=-1), x)


def _band(graph: Composer, operands: Operands) -> Ref:
    lower, upper, found = operands.get("lower"), operands.get("upper"), tensor(operands)
    wants(whole(lower) and whole(upper))
    found = graph.op("numpy.Triu", found, k=-int(lower or 0)) if int(lower or 0) >= 0 else found
    return graph.op("numpy.Tril", found, k=int(upper or 0)) if int(upper or 0) >= 0 else found


def _strides(value: Any, rank: int) -> list[int]:
    """Return the steps along the axes of space."""
    if isinstance(value, list) and len(value) == rank + 2:
        wants(value[0] == value[-1] == 1)
        value = value[1:-1]
    found = [value] * rank if whole(value) else value * rank if isinstance(value, list) and len(value) == 1 else value
    wants(isinstance(found, list) and len(found) == rank and all(whole(one) for one in found))
    return list(found)


def _equal(steps: list[int]) -> int:
    """Return the one number that steps are: Keras 3's depthwise convolution takes no list."""
    wants(len(set(steps)) == 1)
    return steps[0]


def _laid(graph: Composer, operands: Operands, rank: int, steps: str = "strides") -> tuple[Ref, dict[str, Any]]:
    """Return images, with zeros around them where they are told how many, and where windows stand on them."""
    x, padding = tensor(operands), operands.get("padding", "VALID")
    wants(operands.get("data_format") in _LAST and len(graph.shape(x)) == rank + 2)
    explicit = operands.get("explicit")
    if padding == "EXPLICIT" and isinstance(explicit, list):
        padding = [list(pair) for pair in zip(explicit[::2], explicit[1::2], strict=True)]
    if isinstance(padding, list):
        wants(len(padding) == rank + 2)
        x, padding = graph.op("numpy.Pad", x, 0.0, pad_width=padding, mode="constant"), "VALID"
    wants(isinstance(padding, str) and padding.upper() in ("SAME", "VALID"))
    given = operands.get(steps)
    told = {"strides": _strides(1 if given is None else given, rank), "padding": str(padding).lower()}
    return x, {**told, "data_format": "channels_last"}


def _convolution(rank: int) -> Any:
    def enter(graph: Composer, operands: Operands) -> Ref:
        x, told = _laid(graph, operands, rank)
        dilation = operands.get("dilations")
        rate = _strides(1 if dilation is None else dilation, rank)
        wants(set(rate) == {1} or set(told["strides"]) == {1})
        kernel: Any = operands.get("kernel")
        if is_array(kernel):  # Keras 3's operation takes no groups
            inner = kernel
            for _ in range(rank):
                inner = inner[0]
            wants(isinstance(inner, list) and len(inner) == graph.shape(x)[-1])
        return graph.op("nn.Conv", x, kernel, **told, dilation_rate=rate)

    return enter


def _by_rank(graph: Composer, operands: Operands) -> Ref:
    """`tf.nn.convolution`: as many dimensions as the images have."""
    found: Ref = _convolution(len(graph.shape(tensor(operands))) - 2)(graph, operands)
    return found


def _depthwise(graph: Composer, operands: Operands) -> Ref:
    x, told = _laid(graph, operands, 2)
    dilation = operands.get("dilations")
    rate = _strides(1 if dilation is None else dilation, 2)
    wants(set(rate) == {1} or set(told["strides"]) == {1})
    told["strides"] = _equal(told["strides"])
    return graph.op("nn.DepthwiseConv", x, operands.get("kernel"), **told, dilation_rate=_equal(rate))


def _separable(graph: Composer, operands: Operands) -> Ref:
    x, told = _laid(graph, operands, 2)
    dilation = operands.get("dilations")
    wants(dilation is None or set(_strides(dilation, 2)) == {1})
    told["strides"] = _equal(told["strides"])
    deep = graph.op("nn.DepthwiseConv", x, operands.get("kernel"), **told, dilation_rate=1)
    plain = {"strides": [1, 1], "padding": "valid", "data_format": "channels_last", "dilation_rate": [1, 1]}
    return graph.op("nn.Conv", deep, operands.get("points"), **plain)


def _pooled(kind: str, rank: int) -> Any:
    def enter(graph: Composer, operands: Operands) -> Ref:
        x, told = _laid(graph, operands, rank)
        size = _strides(operands.get("size"), rank)
        if operands.get("strides") is None:
            told["strides"] = size
        return graph.op(kind, x, pool_size=size, **told)

    return enter


def _pooled_as_told(graph: Composer, operands: Operands) -> Ref:
    """`tf.nn.pool`."""
    kind = operands.get("kind")
    dilation = operands.get("dilations")
    wants(kind in ("MAX", "AVG") and (dilation is None or set(dilation) == {1}))
    rank = len(graph.shape(tensor(operands))) - 2
    given = {**operands, "strides": 1 if operands.get("strides") is None else operands["strides"]}
    found: Ref = _pooled("nn.MaxPool" if kind == "MAX" else "nn.AveragePool", rank)(graph, given)
    return found


def _pooled_by_backend(graph: Composer, operands: Operands) -> Ref:
    mode = operands.get("pool_mode", "max")
    wants(mode in ("max", "avg"))
    config = {
        "pool_size": operands.get("size"),
        "strides": operands.get("strides", [1, 1]),
        "padding": operands.get("padding", "valid"),
        "data_format": operands.get("data_format") or "channels_last",
    }
    return graph.layer("MaxPooling2D" if mode == "max" else "AveragePooling2D", tensor(operands), **config)


def _normalized_locally(graph: Composer, operands: Operands) -> Ref:
    """Each channel by the squares of those around it."""
    x, radius = tensor(operands), operands.get("radius", 5)
    channels = graph.shape(x)[-1]
    bias, alpha, beta = (operands.get(name, value) for name, value in (("bias", 1.0), ("alpha", 1.0), ("beta", 0.5)))
    wants(whole(radius) and 0 <= radius <= 16 and isinstance(channels, int) and channels <= 4096)
    wants(all(type(one) in (int, float) for one in (bias, alpha, beta)) and len(graph.shape(x)) == 4)
    near = [[float(abs(one - other) <= radius) for other in range(channels or 0)] for one in range(channels or 0)]
    total = graph.op("numpy.Matmul", graph.op("numpy.Square", x), near)
    scale = graph.op("numpy.Add", graph.op("numpy.Multiply", total, float(alpha)), float(bias))
    return graph.op("numpy.TrueDivide", x, graph.op("numpy.Power", scale, float(beta)))


def _crossed(graph: Composer, operands: Operands) -> Ref:
    return graph.op("numpy.Cross", tensor(operands), operands.get("y"))


def _along(graph: Composer, operands: Operands) -> Ref:
    """A tensor with a matrix that is known: along the axes that are told."""
    x, y, axes = operands.get("x"), operands.get("y"), operands.get("axes")
    wants(isinstance(x, Ref) or isinstance(y, Ref))
    if isinstance(axes, list):
        axes = [[one] if whole(one) else one for one in axes]
        for one, own in zip((x, y), axes, strict=True):
            wants(isinstance(own, list))
            if isinstance(one, Ref):
                for axis in own:
                    axis_in(graph, one, axis)
    return graph.op("numpy.Tensordot", x, y, axes=axes)


def _by_point(graph: Composer, operands: Operands) -> Ref:
    known_sizes(graph, tensor(operands), 3)
    return graph.op("linalg.Solve", tensor(operands), operands.get("y"))


_CONVOLUTION = (
    "x|input|value kernel|filters|filter strides|stride padding data_format dilations use_cudnn_on_gpu explicit"
)
_POOL = "x|input|value size|ksize strides|stride padding data_format"

FUNCTIONS = table(
    (_product, "x|a y|b transpose_a transpose_b adjoint_a adjoint_b", "linalg.matmul matmul"),
    (_einsum, "equation x y z", "einsum linalg.einsum"),
    (_batch_dot, "x y axes", "keras.backend.batch_dot"),
    (_dot, "x y", "keras.backend.dot"),
    (_along, "x|a y|b axes", "tensordot"),
    (_crossed, "x|a y|b", "linalg.cross"),
    (_by_point, "x|matrix y|rhs adjoint", "linalg.solve"),
    (_traced, "x", "linalg.trace"),
    (_diagonal, "x|input k padding_value align", "linalg.diag_part"),
    (_on_diagonal, "x|diagonal k num_rows num_cols padding_value align", "linalg.diag"),
    (_with_diagonal, "x|input diagonal k align", "linalg.set_diag"),
    (_band, "x|input lower|num_lower upper|num_upper", "linalg.band_part"),
    (_convolution(1), _CONVOLUTION, "nn.conv1d compat.v1.nn.conv1d"),
    (
        _convolution(2),
        "x|input kernel|filter|filters strides padding use_cudnn_on_gpu data_format dilations",
        "compat.v1.nn.conv2d",
    ),
    (_convolution(2), _CONVOLUTION, "nn.conv2d"),
    (_convolution(3), _CONVOLUTION, "nn.conv3d"),
    (_by_rank, "x|input kernel|filters|filter strides padding data_format dilations", "nn.convolution"),
    (
        _by_rank,
        "x|input kernel|filter|filters padding strides dilations|dilation_rate data_format",
        "compat.v1.nn.convolution",
    ),
    (
        _depthwise,
        "x|input kernel|filter strides padding data_format dilations|rate",
        "nn.depthwise_conv2d nn.depthwise_conv2d_native",
    ),
    (
        _depthwise,
        "x|input kernel|filter strides padding dilations|rate data_format",
        "compat.v1.nn.depthwise_conv2d",
    ),
    (
        _separable,
        ("x|input kernel|depthwise_filter points|pointwise_filter strides padding data_format dilations|rate"),
        "nn.separable_conv2d",
    ),
    (
        _separable,
        ("x|input kernel|depthwise_filter points|pointwise_filter strides padding dilations|rate data_format"),
        "compat.v1.nn.separable_conv2d",
    ),
    *(
        (_pooled(kind, rank), _POOL, f"nn.{word}_pool{rank}d compat.v1.nn.{word}_pool{rank}d")
        for kind, word in (("nn.MaxPool", "max"), ("nn.AveragePool", "avg"))
        for rank in (1, 2, 3)
    ),
    (_pooled("nn.MaxPool", 2), _POOL, "nn.max_pool compat.v1.nn.max_pool"),
    (_pooled("nn.AveragePool", 2), _POOL, "nn.avg_pool compat.v1.nn.avg_pool"),
    (
        _pooled_as_told,
        "x|input size|window_shape kind|pooling_type padding dilations|dilation_rate strides data_format",
        "compat.v1.nn.pool",
    ),
    (
        _pooled_as_told,
        "x|input size|window_shape kind|pooling_type strides padding data_format dilations",
        "nn.pool",
    ),
    (_pooled_by_backend, "x size|pool_size strides padding data_format pool_mode", "keras.backend.pool2d"),
    (
        _normalized_locally,
        "x|input radius|depth_radius bias alpha beta",
        "nn.local_response_normalization nn.lrn",
    ),
)
