"""Functions on images."""

from __future__ import annotations

from struct import pack, unpack

from keras_doctor.fixes.functions.operands import known_sizes, table, tensor, wants, whole
from keras_doctor.fixes.sizes import Size, quotient
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.composing import Composer
    from keras_doctor.fixes.functions.operands import Operands


def _padded_images(graph: Composer, operands: Operands) -> Ref:
    form = operands.get("data_format") or "channels_last"
    return graph.layer(
        "ZeroPadding2D", tensor(operands), padding=operands.get("padding", [[1, 1], [1, 1]]), data_format=form
    )


def _enlarged(graph: Composer, operands: Operands) -> Ref:
    way = operands.get("interpolation", "nearest")
    wants(way == "nearest" or (way == "bilinear" and graph.centered))
    size = [operands.get("height"), operands.get("width")]
    wants(all(whole(one) for one in size))
    form = operands.get("data_format")
    return graph.layer("UpSampling2D", tensor(operands), size=size, data_format=form, interpolation=way)


def _resized(graph: Composer, operands: Operands) -> Ref:
    """`tf.image.resize` of TensorFlow 2: by the centers of pixels."""
    way, size = operands.get("method", "bilinear"), operands.get("size")
    way = way.lower() if isinstance(way, str) else way
    wants(isinstance(size, list) and len(size) == 2 and not operands.get("preserve_aspect_ratio"))
    pair = list(size or [])
    if way == "nearest" and (times := _times(graph, tensor(operands), pair)):
        return graph.layer("UpSampling2D", tensor(operands), size=times, interpolation="nearest")
    wants(graph.centered and not operands.get("antialias"))
    if any(isinstance(one, Size) for one in pair):
        times = _times(graph, tensor(operands), pair)
        wants(way == "bilinear" and bool(times))
        return graph.layer("UpSampling2D", tensor(operands), size=times, interpolation=way)
    wants(way in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5") and all(whole(one) for one in pair))
    if graph.api.find("Resizing", "layers") is None or graph.api.line == "keras-3":
        return graph.op("image.Resize", tensor(operands), size=pair, interpolation=way, antialias=False)
    wants(way in ("bilinear", "nearest"))
    return graph.layer("Resizing", tensor(operands), height=pair[0], width=pair[1], interpolation=way)


def _times(graph: Composer, x: Ref, size: list[Any]) -> list[int]:
    """Return how many times as high and wide an image gets; [] where it is no whole number of times."""
    shape = graph.sizes(x)
    if len(shape) != 4:
        return []
    try:
        found = [quotient(whole_size, own) for whole_size, own in zip(size, shape[1:3], strict=True)]
    except CannotInferError:
        return []
    return found if all(whole(one) for one in found) else []


def _resized_nearest(graph: Composer, operands: Operands) -> Ref:
    """The old way to resize: each pixel is the one at its place, counted from corners."""
    x, size = tensor(operands), operands.get("size")
    wants(isinstance(size, list) and not operands.get("half_pixel_centers"))
    aligned = bool(operands.get("align_corners"))
    times = [] if aligned else _times(graph, x, list(size or []))
    if times:
        return graph.layer("UpSampling2D", x, size=times, interpolation="nearest")
    for axis, own, made in _lengths(graph, x, size):
        places = [_place(number, own, made, aligned) for number in range(made)]
        # As TensorFlow rounds them: halves away from zero.
        rows = [min(int(place + 0.5) if aligned else int(place), own - 1) for place in places]
        x = graph.op("numpy.Take", x, rows, axis=axis)
    return x


def _resized_bilinear(graph: Composer, operands: Operands) -> Ref:
    """The old way to resize: along each axis, what lies between two pixels.

    Source: core/kernels/image/resize_bilinear_op.cc of TensorFlow.
    """
    x, size = tensor(operands), operands.get("size")
    wants(isinstance(size, list) and not operands.get("half_pixel_centers"))
    aligned = bool(operands.get("align_corners"))
    for axis, own, made in _lengths(graph, x, size):
        matrix = [[0.0] * made for _ in range(own)]
        for number in range(made):
            place = _place(number, own, made, aligned)
            before = int(place)
            matrix[before][number] += 1.0 - (place - before)
            matrix[min(before + 1, own - 1)][number] += place - before
        x = graph.op("numpy.Tensordot", x, matrix, axes=[[axis], [0]])
        turned = [0, 3, 1, 2] if axis == 1 else [0, 1, 3, 2]
        x = graph.op("numpy.Transpose", x, axes=turned)
    return x


def _resized_by_node(method: str) -> Any:
    """A node says itself from where pixels are counted."""

    def enter(graph: Composer, operands: Operands) -> Ref:
        told = {key: value for key, value in operands.items() if key in ("x", "size")}
        if not operands.get("half_pixel_centers"):
            wants(method != "bicubic")
            return (_resized_bilinear if method == "bilinear" else _resized_nearest)(graph, operands)
        wants(not operands.get("align_corners"))
        before, graph.centered = graph.centered, True
        try:
            return _resized(graph, {**told, "method": method})
        finally:
            graph.centered = before

    return enter


def _resized_old(graph: Composer, operands: Operands) -> Ref:
    """`tf.compat.v1.image.resize`."""
    way = operands.get("method", 0)
    way = way.lower().rpartition(".")[2] if isinstance(way, str) else way
    wants(way in (0, 1, "bilinear", "nearest", "nearest_neighbor") and not operands.get("preserve_aspect_ratio"))
    return (_resized_bilinear if way in (0, "bilinear") else _resized_nearest)(graph, operands)


def _lengths(graph: Composer, x: Ref, size: Any) -> list[tuple[int, int, int]]:
    """Return the axes of height and width with how long they are, and become."""
    height, width, _ = known_sizes(graph, x, 4)
    wants(graph.dtype(x) == "float32" and len(size) == 2 and all(whole(one) and 0 < one <= 4096 for one in size))
    return [(1, height, int(size[0])), (2, width, int(size[1]))]


def _place(number: int, own: int, made: int, aligned: bool) -> float:
    """Return which place of `own` a place of `made` is, in TensorFlow's single precision."""
    scale = (own - 1) / (made - 1) if aligned and made > 1 else own / made
    return _single(number * _single(scale))


def _single(value: float) -> float:
    found: float = unpack("<f", pack("<f", value))[0]
    return found


def _to_depth(graph: Composer, operands: Operands) -> Ref:
    """Lay out each square of pixels as the channels of one."""
    x, block = tensor(operands), operands.get("block")
    wants(whole(block) and operands.get("data_format", "NHWC") == "NHWC")
    side = int(block or 1)
    height, width, channels = known_sizes(graph, x, 4)
    squares = graph.op("numpy.Reshape", x, newshape=[-1, height // side, side, width // side, side, channels])
    turned = graph.op("numpy.Transpose", squares, axes=[0, 1, 3, 2, 4, 5])
    return graph.op("numpy.Reshape", turned, newshape=[-1, height // side, width // side, side * side * channels])


def _from_depth(graph: Composer, operands: Operands) -> Ref:
    """Lay out the channels of each pixel as a square of pixels."""
    x, block = tensor(operands), operands.get("block")
    wants(whole(block) and operands.get("data_format", "NHWC") == "NHWC")
    side = int(block or 1)
    if graph.api.definition("keras.src.ops.nn", "DepthToSpace") is not None:
        return graph.op("nn.DepthToSpace", x, block_size=side)
    height, width, channels = known_sizes(graph, x, 4)
    left = channels // (side * side)
    squares = graph.op("numpy.Reshape", x, newshape=[-1, height, width, side, side, left])
    turned = graph.op("numpy.Transpose", squares, axes=[0, 1, 3, 2, 4, 5])
    return graph.op("numpy.Reshape", turned, newshape=[-1, height * side, width * side, left])


def _box(operands: Operands) -> list[int]:
    found = [operands.get(name) for name in ("top", "left", "height", "width")]
    wants(all(type(one) is int and one >= 0 for one in found))
    return [int(one or 0) for one in found]


def _cut(graph: Composer, operands: Operands) -> Ref:
    top, left, height, width = _box(operands)
    wants(len(graph.shape(tensor(operands))) == 4)
    return graph.part(tensor(operands), [Slice(), Slice(top, top + height), Slice(left, left + width)])


def _framed(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    top, left, height, width = _box(operands)
    own = known_sizes(graph, x, 4)
    rows, columns = [top, height - own[0] - top], [left, width - own[1] - left]
    wants(min(*rows, *columns) >= 0)
    return graph.op("numpy.Pad", x, 0.0, pad_width=[[0, 0], rows, columns, [0, 0]], mode="constant")


def _cut_or_framed(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    height, width = operands.get("height"), operands.get("width")
    own = known_sizes(graph, x, 4)
    wants(whole(height) and whole(width))
    keys, widths = [Slice()], [[0, 0]]
    for size, wanted in zip(own[:2], (int(height or 0), int(width or 0)), strict=True):
        first = max((size - wanted) // 2, 0)
        before = max((wanted - size) // 2, 0)
        keys.append(Slice(first, first + min(size, wanted)))
        widths.append([before, max(wanted - size, 0) - before])
    found = graph.part(x, keys) if own[0] > int(height or 0) or own[1] > int(width or 0) else x
    if any(any(row) for row in widths):
        found = graph.op("numpy.Pad", found, 0.0, pad_width=[*widths, [0, 0]], mode="constant")
    return found


def _center(graph: Composer, operands: Operands) -> Ref:
    fraction = operands.get("fraction")
    own = known_sizes(graph, tensor(operands), 4)
    wants(isinstance(fraction, float) and 0 < fraction <= 1)
    keys = [Slice()]
    for size in own[:2]:
        first = int((size - size * float(fraction or 1)) / 2)
        keys.append(Slice(first, size - first))
    return graph.part(tensor(operands), keys)


def _turned(graph: Composer, operands: Operands) -> Ref:
    times = operands.get("k", 1)
    x = tensor(operands)
    wants(whole(times) and len(graph.shape(x)) == 4)
    times = int(times) % 4
    if times == 2:
        return graph.op("numpy.Flip", graph.op("numpy.Flip", x, axis=1), axis=2)
    if times == 0:
        return x
    if times == 1:
        return graph.op("numpy.Transpose", graph.op("numpy.Flip", x, axis=2), axes=[0, 2, 1, 3])
    return graph.op("numpy.Flip", graph.op("numpy.Transpose", x, axes=[0, 2, 1, 3]), axis=2)


def _mirrored(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    wants(len(graph.shape(x)) == 4)
    return graph.op("numpy.Transpose", x, axes=[0, 2, 1, 3])


def _gray(graph: Composer, operands: Operands) -> Ref:
    """Source: `rgb_to_grayscale`, which multiplies by its weights and sums."""
    x = tensor(operands)
    wants(graph.dtype(x).startswith("float") and graph.shape(x)[-1] == 3)
    return graph.op("numpy.Tensordot", x, [[0.2989], [0.587], [0.114]], axes=[[-1], [0]])


def _colored(graph: Composer, operands: Operands) -> Ref:
    x = tensor(operands)
    wants(graph.shape(x)[-1] == 1)
    return graph.op("numpy.Concatenate", [x, x, x], axis=-1)


def _mixed(matrix: list[list[float]]) -> Any:
    def enter(graph: Composer, operands: Operands) -> Ref:
        wants(graph.shape(tensor(operands))[-1] == 3)
        return graph.op("numpy.Tensordot", tensor(operands), matrix, axes=[[-1], [0]])

    return enter


def _brighter(graph: Composer, operands: Operands) -> Ref:
    x, delta = tensor(operands), operands.get("delta")
    wants(graph.dtype(x) == "float32" and isinstance(delta, (int, float)))
    return graph.op("numpy.Add", x, float(delta or 0))


def _contrasted(graph: Composer, operands: Operands) -> Ref:
    x, factor = tensor(operands), operands.get("factor")
    wants(graph.dtype(x) == "float32" and isinstance(factor, (int, float)))
    mean = graph.op("numpy.Mean", x, axis=[-3, -2], keepdims=True)
    return graph.op("numpy.Add", graph.op("numpy.Multiply", graph.op("numpy.Subtract", x, mean), factor), mean)


def _gamma(graph: Composer, operands: Operands) -> Ref:
    x, gamma, gain = tensor(operands), operands.get("gamma", 1), operands.get("gain", 1)
    wants(graph.dtype(x) == "float32" and all(isinstance(one, (int, float)) for one in (gamma, gain)))
    found = graph.op("numpy.Power", x, float(gamma))
    return found if gain == 1 else graph.op("numpy.Multiply", found, float(gain))


def _patches(graph: Composer, operands: Operands) -> Ref:
    parts = [operands.get(name) for name in ("sizes", "strides", "rates")]
    wants(all(isinstance(part, list) and len(part) == 4 and part[0] == part[3] == 1 for part in parts))
    size, strides, rates = ([*part[1:3]] for part in parts if isinstance(part, list))
    told = {"size": size, "strides": strides, "dilation_rate": rates[0], "data_format": "channels_last"}
    wants(rates[0] == rates[1] and (rates[0] == 1 or set(strides) == {1}))
    return graph.op("image.ExtractPatches", tensor(operands), **told, padding=str(operands.get("padding")).lower())


def _colors(name: str) -> Any:
    return lambda graph, operands: graph.op(f"image.{name}", tensor(operands), data_format="channels_last")


_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]

FUNCTIONS = table(
    (_padded_images, "x padding data_format", "keras.backend.spatial_2d_padding"),
    (
        _enlarged,
        "x height|height_factor width|width_factor data_format interpolation",
        "keras.backend.resize_images",
    ),
    (_resized, "x|images size method preserve_aspect_ratio antialias", "image.resize"),
    (
        _resized_nearest,
        "x|images size align_corners half_pixel_centers",
        "compat.v1.image.resize_nearest_neighbor image.resize_nearest_neighbor",
    ),
    (
        _resized_bilinear,
        "x|images size align_corners half_pixel_centers",
        "compat.v1.image.resize_bilinear image.resize_bilinear",
    ),
    *(
        (
            _resized_by_node(method),
            "x|images size align_corners half_pixel_centers",
            f"raw_ops.{name}",
        )
        for method, name in (
            ("bilinear", "ResizeBilinear"),
            ("nearest", "ResizeNearestNeighbor"),
            ("bicubic", "ResizeBicubic"),
        )
    ),
    (
        _resized_old,
        "x|images size method align_corners preserve_aspect_ratio",
        "compat.v1.image.resize compat.v1.image.resize_images image.resize_images",
    ),
    (
        _to_depth,
        "x|input block|block_size data_format",
        "space_to_depth nn.space_to_depth compat.v1.space_to_depth compat.v1.nn.space_to_depth",
    ),
    (
        _from_depth,
        "x|input block|block_size data_format",
        "depth_to_space nn.depth_to_space compat.v1.depth_to_space compat.v1.nn.depth_to_space",
    ),
    (
        _cut,
        "x|image top|offset_height left|offset_width height|target_height width|target_width",
        "image.crop_to_bounding_box",
    ),
    (
        _framed,
        "x|image top|offset_height left|offset_width height|target_height width|target_width",
        "image.pad_to_bounding_box",
    ),
    (_cut_or_framed, "x|image height|target_height width|target_width", "image.resize_with_crop_or_pad"),
    (_center, "x|image fraction|central_fraction", "image.central_crop"),
    (_turned, "x|image k", "image.rot90"),
    (_mirrored, "x|image", "image.transpose"),
    (_gray, "x|images", "image.rgb_to_grayscale"),
    (_colored, "x|images", "image.grayscale_to_rgb"),
    (_mixed(_YUV), "x|images", "image.rgb_to_yuv"),
    (_mixed(_YIQ), "x|images", "image.rgb_to_yiq"),
    (_colors("RGBToHSV"), "x|images", "image.rgb_to_hsv"),
    (_colors("HSVToRGB"), "x|images", "image.hsv_to_rgb"),
    (_brighter, "x|image delta", "image.adjust_brightness"),
    (_contrasted, "x|images factor|contrast_factor", "image.adjust_contrast"),
    (_gamma, "x|image gamma gain", "image.adjust_gamma"),
    (_patches, "x|images sizes strides rates padding", "image.extract_patches"),
)
