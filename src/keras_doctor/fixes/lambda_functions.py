"""Functions of TensorFlow and of Keras's backend that several operations, or a layer, compute together.

Sources: keras/backend.py (2.10) and keras/backend/tensorflow_backend.py (2.2.4) for `keras.backend.*`;
tensorflow/python/ops/{nn_impl,linalg_ops,array_ops,image_ops_impl,math_ops}.py (2.10) for the others.
"""

from __future__ import annotations

from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.fixes.lambda_graph import Graph

    Operands = dict[str, Any]
    Function = Callable[[Graph, Operands], Any]


def _tensor(operands: Operands, name: str = "x") -> Ref:
    found = operands.get(name)
    if not isinstance(found, Ref):
        raise CannotInferError("its function works on what is no tensor")
    return found


def _wants(right: bool) -> None:
    if not right:
        raise CannotInferError("its function is told what is not known")


def _sizes(graph: Graph, tensor: Ref, rank: int) -> list[int]:
    """Return the sizes of a tensor behind its first axis, each of them known."""
    sizes = [size for size in graph.shape(tensor)[1:] if isinstance(size, int)]
    _wants(len(sizes) == rank - 1 == len(graph.shape(tensor)) - 1)
    return sizes


def _l2_normalize(graph: Graph, operands: Operands) -> Ref:
    x = _tensor(operands)
    squares = graph.op("numpy.Sum", graph.op("numpy.Square", x), axis=operands.get("axis"), keepdims=True)
    least = graph.op("numpy.Maximum", squares, float(operands.get("epsilon", 1e-12)))
    return graph.op("numpy.Multiply", x, graph.op("math.Rsqrt", least))


def _norm(graph: Graph, operands: Operands) -> Ref:
    x, order, axis = _tensor(operands), operands.get("ord", "euclidean"), operands.get("axis")
    _wants(order == "euclidean" or (order in (1, 2) and isinstance(axis, int)))
    powers = graph.op("numpy.Absolute" if order == 1 else "numpy.Square", x)
    total = graph.op("numpy.Sum", powers, axis=axis, keepdims=bool(operands.get("keepdims")))
    return total if order == 1 else graph.op("numpy.Sqrt", total)


def _square_root(graph: Graph, operands: Operands) -> Ref:
    return graph.op("numpy.Sqrt", graph.op("numpy.Maximum", _tensor(operands), 0.0))


def _relu(graph: Graph, operands: Operands) -> Ref:
    config = {
        "max_value": operands.get("max_value"),
        "negative_slope": operands.get("alpha") or 0.0,
        "threshold": operands.get("threshold") or 0.0,
    }
    return graph.layer("ReLU", _tensor(operands), **config)


def _elu(graph: Graph, operands: Operands) -> Ref:
    return graph.layer("ELU", _tensor(operands), alpha=operands.get("alpha", 1.0))


def _hard_sigmoid(graph: Graph, operands: Operands) -> Ref:
    return graph.layer("ReLU", graph.layer("Rescaling", _tensor(operands), scale=0.2, offset=0.5), max_value=1.0)


def _swish(graph: Graph, operands: Operands) -> Ref:
    x = _tensor(operands)
    return graph.op("numpy.Multiply", x, graph.op("nn.Sigmoid", x))


def _squared_difference(graph: Graph, operands: Operands) -> Ref:
    return graph.op("numpy.Square", graph.op("numpy.Subtract", _tensor(operands), operands.get("y")))


def _sum_of_many(graph: Graph, operands: Operands) -> Ref:
    many: Any = operands.get("x")
    _wants(isinstance(many, list) and len(many) > 0 and all(isinstance(one, Ref) for one in many))
    total: Ref = many[0]
    for one in many[1:]:
        total = graph.op("numpy.Add", total, one)
    return total


def _moments(graph: Graph, operands: Operands) -> list[Ref]:
    x, told = _tensor(operands), {"axis": operands.get("axis"), "keepdims": bool(operands.get("keepdims"))}
    return [graph.op("numpy.Mean", x, **told), graph.op("numpy.Var", x, **told)]


def _standardized(graph: Graph, operands: Operands) -> Ref:
    x = _tensor(operands)
    height, width, channels = _sizes(graph, x, 4)
    told = {"axis": [-1, -2, -3], "keepdims": True}
    least = graph.op("numpy.Maximum", graph.op("numpy.Std", x, **told), (height * width * channels) ** -0.5)
    return graph.op("numpy.TrueDivide", graph.op("numpy.Subtract", x, graph.op("numpy.Mean", x, **told)), least)


def _same(graph: Graph, operands: Operands) -> Ref:
    return _tensor(operands)


def _cast_to(dtype: str) -> Function:
    return lambda graph, operands: graph.op("core.Cast", _tensor(operands), dtype=dtype)


def _flipped(axis: int) -> Function:
    return lambda graph, operands: graph.op("numpy.Flip", _tensor(operands), axis=axis)


def _flattened(graph: Graph, operands: Operands) -> Ref:
    return graph.layer("Flatten", _tensor(operands))


def _repeated(graph: Graph, operands: Operands) -> Ref:
    return graph.layer("RepeatVector", _tensor(operands), n=operands.get("n"))


def _reshaped(graph: Graph, operands: Operands) -> Ref:
    """Reshape, where the size of the batch is taken from the tensor's own shape and stands there as open."""
    shape: Any = operands.get("shape")
    _wants(isinstance(shape, list) and shape.count(None) + shape.count(-1) <= 1)
    sizes = [-1 if size is None else size for size in shape]
    sizes = [int(size) if isinstance(size, float) and size.is_integer() else size for size in sizes]
    _wants(all(isinstance(size, int) for size in sizes))
    return graph.op("numpy.Reshape", _tensor(operands), newshape=sizes)


def _product(graph: Graph, operands: Operands) -> Ref:
    pair = []
    for name, turned in (("x", "transpose_a"), ("y", "transpose_b")):
        tensor = _tensor(operands, name)
        if operands.get(turned):
            rank = len(graph.shape(tensor))
            tensor = graph.op("numpy.Transpose", tensor, axes=[*range(rank - 2), rank - 1, rank - 2])
        pair.append(tensor)
    return graph.op("numpy.Matmul", *pair)


def _einsum(graph: Graph, operands: Operands) -> Ref:
    words = operands.get("equation")
    tensors = [operands[name] for name in ("x", "y", "z") if name in operands]
    _wants(isinstance(words, str) and graph.api.line == "keras-3" and all(isinstance(one, Ref) for one in tensors))
    return graph.op("numpy.Einsum", *tensors, subscripts=words)


def _batch_dot(graph: Graph, operands: Operands) -> Ref:
    pair, axes = [_tensor(operands), _tensor(operands, "y")], operands.get("axes")
    ranks = {len(graph.shape(one)) for one in pair}
    _wants(len(ranks) == 1 and ranks <= {2, 3} and isinstance(axes, (int, list)))
    return graph.layer("Dot", pair, axes=axes, normalize=False)


def _padded(graph: Graph, operands: Operands) -> Ref:
    widths, mode = operands.get("widths"), operands.get("mode", "CONSTANT")
    rows = widths if isinstance(widths, list) else []
    _wants(
        isinstance(mode, str)
        and bool(rows)
        and all(isinstance(row, list) and len(row) == 2 and all(isinstance(one, int) for one in row) for row in rows)
    )
    filled = [float(operands.get("constant_values") or 0.0)] if mode.lower() == "constant" else []
    return graph.op("numpy.Pad", _tensor(operands), *filled, pad_width=rows, mode=mode.lower())


def _padded_images(graph: Graph, operands: Operands) -> Ref:
    form = operands.get("data_format") or "channels_last"
    return graph.layer(
        "ZeroPadding2D", _tensor(operands), padding=operands.get("padding", [[1, 1], [1, 1]]), data_format=form
    )


def _padded_steps(graph: Graph, operands: Operands) -> Ref:
    return graph.layer("ZeroPadding1D", _tensor(operands), padding=operands.get("padding", [1, 1]))


def _pooled(graph: Graph, operands: Operands) -> Ref:
    mode = operands.get("pool_mode", "max")
    _wants(mode in ("max", "avg"))
    config = {
        "pool_size": operands.get("size"),
        "strides": operands.get("strides", [1, 1]),
        "padding": operands.get("padding", "valid"),
        "data_format": operands.get("data_format") or "channels_last",
    }
    return graph.layer("MaxPooling2D" if mode == "max" else "AveragePooling2D", _tensor(operands), **config)


def _enlarged(graph: Graph, operands: Operands) -> Ref:
    way = operands.get("interpolation", "nearest")
    _wants(way == "nearest" or (way == "bilinear" and graph.centered))
    size = [operands.get("height"), operands.get("width")]
    _wants(all(isinstance(one, int) for one in size))
    form = operands.get("data_format")
    return graph.layer("UpSampling2D", _tensor(operands), size=size, data_format=form, interpolation=way)


def _resized(graph: Graph, operands: Operands) -> Ref:
    """`tf.image.resize` of TensorFlow 2: by the centers of pixels."""
    way, size = operands.get("method", "bilinear"), operands["size"]
    way = way.lower() if isinstance(way, str) else way
    _wants(graph.centered and way in ("bilinear", "nearest") and not operands.get("antialias"))
    _wants(isinstance(size, list) and len(size) == 2 and all(isinstance(one, int) for one in size))
    _wants(not operands.get("preserve_aspect_ratio"))
    return graph.layer("Resizing", _tensor(operands), height=size[0], width=size[1], interpolation=way)


def _to_depth(graph: Graph, operands: Operands) -> Ref:
    """Lay out each square of pixels as the channels of one."""
    x, block = _tensor(operands), operands["block"]
    _wants(isinstance(block, int) and operands.get("data_format", "NHWC") == "NHWC")
    height, width, channels = _sizes(graph, x, 4)
    squares = graph.op("numpy.Reshape", x, newshape=[-1, height // block, block, width // block, block, channels])
    turned = graph.op("numpy.Transpose", squares, axes=[0, 1, 3, 2, 4, 5])
    return graph.op("numpy.Reshape", turned, newshape=[-1, height // block, width // block, block * block * channels])


def _from_depth(graph: Graph, operands: Operands) -> Ref:
    """Lay out the channels of each pixel as a square of pixels."""
    x, block = _tensor(operands), operands["block"]
    _wants(isinstance(block, int) and operands.get("data_format", "NHWC") == "NHWC")
    height, width, channels = _sizes(graph, x, 4)
    left = channels // (block * block)
    squares = graph.op("numpy.Reshape", x, newshape=[-1, height, width, block, block, left])
    turned = graph.op("numpy.Transpose", squares, axes=[0, 1, 3, 2, 4, 5])
    return graph.op("numpy.Reshape", turned, newshape=[-1, height * block, width * block, left])


def _split(graph: Graph, operands: Operands) -> list[Ref]:
    x, count, axis = _tensor(operands), operands.get("count"), operands.get("axis", 0)
    shape = graph.shape(x)
    _wants(isinstance(axis, int) and -len(shape) <= axis < len(shape) and axis % len(shape) > 0)
    axis %= len(shape)
    length = shape[axis] or 0
    sizes = count if isinstance(count, list) else [length // count] * count if isinstance(count, int) and count else []
    _wants(all(isinstance(size, int) and size > 0 for size in sizes) and sum(sizes) == length and len(sizes) <= 64)
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [graph.part(x, [Slice()] * axis + [Slice(end - size, end)]) for end, size in zip(ends, sizes, strict=True)]


def _unstacked(graph: Graph, operands: Operands) -> list[Ref]:
    x, axis = _tensor(operands), operands.get("axis", 0)
    shape = graph.shape(x)
    _wants(isinstance(axis, int) and -len(shape) <= axis < len(shape) and axis % len(shape) > 0)
    length = shape[axis]
    _wants(isinstance(length, int) and length <= 64)
    return [graph.part(x, [Slice()] * (axis % len(shape)) + [number]) for number in range(length or 0)]


def _entries(*rows: tuple[Function, str, str]) -> dict[str, tuple[str, Function]]:
    """Return a table by name. A row: what a function does, its parameters in order, the names that it has."""
    return {name: (words, function) for function, words, names in rows for name in names.split()}


# Parameters as `layers.operations.operands.bind` reads them: "x axis|dim" is an x, then an axis that some call dim.
FUNCTIONS = _entries(
    (_l2_normalize, "x|tensor axis|dim epsilon", "keras.backend.l2_normalize"),
    (_l2_normalize, "x axis|dim epsilon", "nn.l2_normalize math.l2_normalize linalg.l2_normalize"),
    (_norm, "x|tensor ord axis keepdims|keep_dims", "norm linalg.norm compat.v1.norm"),
    (_square_root, "x", "keras.backend.sqrt"),
    (_relu, "x alpha|negative_slope max_value threshold", "keras.backend.relu"),
    (_elu, "x alpha", "keras.backend.elu"),
    (_hard_sigmoid, "x", "keras.backend.hard_sigmoid"),
    (_swish, "x|features", "keras.backend.swish keras.backend.silu"),
    (_squared_difference, "x y", "math.squared_difference squared_difference"),
    (_sum_of_many, "x|inputs", "add_n math.add_n"),
    (_moments, "x axis|axes shift keepdims|keep_dims", "nn.moments"),
    (_standardized, "x|image", "image.per_image_standardization"),
    (_same, "x|input|image", "identity keras.backend.identity"),
    (_cast_to("float32"), "x", "to_float"),
    (_cast_to("int32"), "x", "to_int32"),
    (_flipped(-2), "x|image", "image.flip_left_right"),
    (_flipped(-3), "x|image", "image.flip_up_down"),
    (_flattened, "x", "keras.backend.batch_flatten"),
    (_repeated, "x n", "keras.backend.repeat"),
    (_reshaped, "x|tensor shape", "reshape compat.v1.reshape keras.backend.reshape"),
    (_product, "x|a y|b transpose_a transpose_b", "linalg.matmul matmul"),
    (_einsum, "equation x y z", "einsum linalg.einsum"),
    (_batch_dot, "x y axes", "keras.backend.batch_dot"),
    (_padded, "x|tensor widths|paddings mode constant_values", "pad compat.v1.pad"),
    (_padded_images, "x padding data_format", "keras.backend.spatial_2d_padding"),
    (_padded_steps, "x padding", "keras.backend.temporal_padding"),
    (_pooled, "x size|pool_size strides padding data_format pool_mode", "keras.backend.pool2d"),
    (
        _enlarged,
        "x height|height_factor width|width_factor data_format interpolation",
        "keras.backend.resize_images",
    ),
    (_resized, "x|images size method preserve_aspect_ratio antialias", "image.resize"),
    (
        _to_depth,
        "x|input block|block_size data_format",
        "space_to_depth nn.space_to_depth compat.v1.space_to_depth",
    ),
    (
        _from_depth,
        "x|input block|block_size data_format",
        "depth_to_space nn.depth_to_space compat.v1.depth_to_space",
    ),
    (_split, "x|value count|num_or_size_splits axis", "split compat.v1.split"),
    (_unstacked, "x|value num axis", "unstack compat.v1.unstack"),
)
