"""TensorFlow's functions as layers (TFOpLambda, SlicingOpLambda): what each does, and the names of its operands.

The names are those under which tf.keras 2.4 to 2.15 writes the functions: without the leading "tf.", and often by the
path under which they were first exported.
"""

from __future__ import annotations

from keras_doctor.layers.operations import arranging, elementwise, images, indexing, linear, reductions, signals
from keras_doctor.layers.operations.operands import Operands, bind, entries
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UNARY = """
    bitcast cast clip_by_norm clip_by_value compat.v1.check_numerics compat.v1.nn.dropout compat.v1.nn.log_softmax
    compat.v1.nn.relu_layer compat.v1.nn.softmax compat.v1.ones_like compat.v1.substr compat.v1.zeros_like
    debugging.check_numerics ensure_shape grad_pass_through identity image.adjust_brightness image.adjust_contrast
    image.adjust_gamma image.adjust_hue image.adjust_saturation image.convert_image_dtype image.flip_left_right
    image.flip_up_down image.hsv_to_rgb image.per_image_standardization image.random_brightness image.random_contrast
    image.random_flip_left_right image.random_flip_up_down image.random_hue image.random_jpeg_quality
    image.random_saturation image.rgb_to_hsv image.rgb_to_yiq image.rgb_to_yuv image.yiq_to_rgb image.yuv_to_rgb
    keras.activations.elu keras.activations.exponential keras.activations.gelu keras.activations.hard_sigmoid
    keras.activations.linear keras.activations.relu keras.activations.selu keras.activations.sigmoid
    keras.activations.softmax keras.activations.softplus keras.activations.softsign keras.activations.swish
    keras.activations.tanh keras.backend.clip keras.backend.dropout keras.backend.elu keras.backend.hard_sigmoid
    keras.backend.in_train_phase keras.backend.l2_normalize keras.backend.relu keras.backend.sigmoid
    keras.backend.softmax keras.backend.tanh linalg.band_part linalg.cholesky linalg.expm linalg.inv linalg.set_diag
    linalg.sqrtm math.abs math.acos math.acosh math.angle math.asin math.asinh math.atan math.atanh math.bessel_i0
    math.bessel_i0e math.bessel_i1 math.bessel_i1e math.ceil math.conj math.cos math.cosh math.cumprod math.cumsum
    math.cumulative_logsumexp math.digamma math.erf math.erfc math.erfinv math.exp math.expm1 math.floor math.imag
    math.invert_permutation math.is_finite math.is_inf math.is_nan math.l2_normalize math.lgamma math.log math.log1p
    math.log_sigmoid math.log_softmax math.logical_not math.ndtri math.negative math.real math.reciprocal
    math.reciprocal_no_nan math.rint math.round math.rsqrt math.sigmoid math.sign math.sin math.sinh math.softmax
    math.softplus math.softsign math.sqrt math.square math.tan math.tanh nn.batch_normalization nn.bias_add nn.crelu
    nn.dropout nn.elu nn.gelu nn.l2_normalize nn.leaky_relu nn.local_response_normalization nn.log_sigmoid
    nn.log_softmax nn.lrn nn.normalize_moments nn.relu nn.relu6 nn.selu nn.sigmoid nn.silu nn.softmax nn.softplus
    nn.softsign nn.swish nn.tanh no_op ones_like quantization.fake_quant_with_min_max_args
    quantization.fake_quant_with_min_max_vars random.shuffle raw_ops.Relu reverse roll signal.fft signal.fft2d
    signal.ifft signal.ifft2d sort stop_gradient strings.as_string strings.length strings.lower strings.regex_replace
    strings.strip strings.substr strings.to_hash_bucket strings.to_hash_bucket_fast strings.to_number strings.upper
    tensor_scatter_nd_add tensor_scatter_nd_update zeros_like
"""

_BINARY = """
    __operators__.eq __operators__.floormod __operators__.logical_and __operators__.logical_or
    __operators__.logical_xor __operators__.mod __operators__.ne __operators__.pow __operators__.truediv
    bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor bitwise.left_shift bitwise.right_shift compat.v1.div
    compat.v1.nn.sigmoid_cross_entropy_with_logits compat.v1.truediv complex dtypes.complex keras.backend.equal
    keras.backend.greater keras.backend.maximum keras.backend.minimum math.atan2 math.divide math.divide_no_nan
    math.equal math.floormod math.greater math.greater_equal math.igamma math.igammac math.less math.less_equal
    math.logical_and math.logical_or math.logical_xor math.maximum math.minimum math.mod math.multiply_no_nan
    math.nextafter math.not_equal math.polygamma math.pow math.squared_difference math.truediv math.xdivy math.xlog1py
    math.xlogy math.zeta nn.sigmoid_cross_entropy_with_logits truncatediv truncatemod
"""

_REDUCED = """
    compat.v1.count_nonzero compat.v1.math.count_nonzero compat.v1.norm compat.v1.reduce_all compat.v1.reduce_any
    compat.v1.reduce_logsumexp compat.v1.reduce_max compat.v1.reduce_mean compat.v1.reduce_min compat.v1.reduce_prod
    compat.v1.reduce_sum keras.backend.all keras.backend.any keras.backend.logsumexp keras.backend.max
    keras.backend.mean keras.backend.min keras.backend.prod keras.backend.std keras.backend.sum keras.backend.var
    linalg.norm math.count_nonzero math.reduce_all math.reduce_any math.reduce_euclidean_norm math.reduce_logsumexp
    math.reduce_max math.reduce_mean math.reduce_min math.reduce_prod math.reduce_std math.reduce_sum
    math.reduce_variance norm
"""

_POOLS = """
    compat.v1.nn.avg_pool compat.v1.nn.avg_pool2d compat.v1.nn.max_pool compat.v1.nn.max_pool2d nn.avg_pool
    nn.avg_pool1d nn.avg_pool2d nn.avg_pool3d nn.max_pool nn.max_pool1d nn.max_pool2d nn.max_pool3d
"""

FUNCTIONS = entries(
    (elementwise.same, "x", _UNARY),
    (elementwise.combined, "x y", _BINARY),
    (elementwise.added, "x y", "__operators__.add math.add add"),
    (elementwise.subtracted, "x y", "__operators__.sub math.subtract subtract"),
    (elementwise.multiplied, "x y", "__operators__.mul math.multiply multiply"),
    (elementwise.divided, "x y", "__operators__.floordiv math.floordiv compat.v1.floor_div"),
    (elementwise.summed, "x", "math.add_n math.accumulate_n"),
    (elementwise.combined, "z|condition x y", "where compat.v1.where compat.v1.where_v2 keras.backend.switch"),
    (elementwise.shape, "x", "shape compat.v1.shape keras.backend.shape"),
    (elementwise.counted, "x", "size compat.v1.size keras.backend.count_params"),
    (elementwise.scalar, "x", "rank compat.v1.rank keras.backend.ndim"),
    (
        elementwise.filled,
        "shape|dims x",
        "zeros ones fill random.normal random.uniform random.truncated_normal compat.v1.random_normal",
    ),
    (elementwise.ranged, "x|start y|limit z|delta", "range"),
    (reductions.reduced, "x axis|reduction_indices keepdims|keep_dims", _REDUCED),
    (
        reductions.place_of_extreme,
        "x axis|dimension",
        (
            "math.argmax math.argmin argmax argmin compat.v1.argmax compat.v1.argmin keras.backend.argmax"
            " keras.backend.argmin"
        ),
    ),
    (elementwise.same, "x", "argsort"),
    (reductions.moments, "x axis|axes shift keepdims|keep_dims", "nn.moments compat.v1.nn.moments"),
    (reductions.traced_diagonal, "x", "linalg.trace"),
    (arranging.reshape, "x shape", "reshape compat.v1.reshape keras.backend.reshape"),
    (arranging.flattened, "x", "keras.backend.flatten"),
    (arranging.flattened_samples, "x", "keras.backend.batch_flatten"),
    (
        arranging.transpose,
        "x axes|perm|pattern",
        "transpose compat.v1.transpose keras.backend.permute_dimensions keras.backend.transpose",
    ),
    (arranging.expand, "x axis|dim", "expand_dims compat.v1.expand_dims keras.backend.expand_dims"),
    (arranging.squeeze, "x axis|squeeze_dims", "squeeze compat.v1.squeeze keras.backend.squeeze"),
    (arranging.tile, "x repeats|multiples|n", "tile keras.backend.tile"),
    (arranging.repeat, "x repeats|rep axis", "repeat keras.backend.repeat_elements"),
    (arranging.broadcast_to, "x shape", "broadcast_to"),
    (arranging.pad, "x widths|paddings", "pad compat.v1.pad"),
    (arranging.concatenate, "x axis", "concat compat.v1.concat keras.backend.concatenate"),
    (arranging.stack, "x axis", "stack keras.backend.stack"),
    (arranging.split, "x sections|num_or_size_splits axis", "split compat.v1.split"),
    (arranging.unstack, "x num axis", "unstack"),
    (indexing.gather, "x indices", "gather compat.v1.gather keras.backend.gather"),
    (indexing.gather_nd, "x indices", "gather_nd compat.v1.gather_nd"),
    (elementwise.like, "x|ids", "lookup.StaticHashTable.lookup"),
    (indexing.one_hot, "x depth|num_classes", "one_hot keras.backend.one_hot"),
    (indexing.top, "x k", "nn.top_k math.top_k"),
    (indexing.window, "x begin size", "slice"),
    (indexing.strided, "x begin end strides", "strided_slice"),
    (linear.matmul, "x y|b", "linalg.matmul matmul"),
    (linear.dot, "x y", "keras.backend.dot"),
    (linear.batch_dot, "x y", "keras.backend.batch_dot"),
    (linear.tensordot, "x y|b axes", "tensordot"),
    (linear.determinant, "x", "linalg.det linalg.logdet"),
    (linear.cross, "x y|b", "linalg.cross"),
    (images.pool, "x size|ksize|pool_size strides|stride padding", _POOLS),
    (
        images.convolution,
        "x y|filters|filter strides|stride padding",
        "nn.conv1d nn.conv2d nn.conv3d nn.convolution compat.v1.nn.conv1d compat.v1.nn.conv2d compat.v1.nn.conv3d",
    ),
    (
        images.depthwise,
        "x y|filter strides padding",
        "nn.depthwise_conv2d compat.v1.nn.depthwise_conv2d compat.v1.nn.depthwise_conv2d_native",
    ),
    (
        images.transposed_convolution,
        "x y|filters output_shape",
        "nn.conv1d_transpose nn.conv2d_transpose nn.conv3d_transpose",
    ),
    (
        images.resize,
        "x size|images_size",
        (
            "image.resize compat.v1.image.resize image.resize_with_crop_or_pad compat.v1.image.resize_bilinear"
            " compat.v1.image.resize_nearest_neighbor compat.v1.image.resize_images"
        ),
    ),
    (images.resize_by, "x height_factor width_factor", "keras.backend.resize_images"),
    (
        images.to_size,
        "x offset_height offset_width height|target_height width|target_width",
        "image.crop_to_bounding_box image.pad_to_bounding_box",
    ),
    (images.gray, "x", "image.rgb_to_grayscale"),
    (images.edges, "x", "image.sobel_edges"),
    (images.to_depth, "x block|block_size", "nn.space_to_depth compat.v1.space_to_depth space_to_depth"),
    (images.from_depth, "x block|block_size", "nn.depth_to_space compat.v1.depth_to_space depth_to_space"),
    (signals.pieces, "x size|frame_length stride|frame_step", "signal.frame"),
)


def function(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what the TensorFlow function `name` puts out. Raises CannotInferError when it is not known."""
    entry = FUNCTIONS.get(name)
    if entry is None:
        raise CannotInferError(f"what tf.{name[:60]} makes of shapes is not known")
    operation, names = entry
    return operation(Operands(bind(names, args, kwargs), traced=True))


def getitem(args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what an indexing puts out, whose key stands as `slice_spec`."""
    key = kwargs.get("slice_spec", args[1] if len(args) > 1 else None)
    return indexing.index(Operands({"x": args[0] if args else None, "key": key_of(key)}, traced=True))


def key_of(value: Any) -> Any:
    """Return a key of the config: dicts of start, stop and step are slices."""
    if isinstance(value, list):
        return [key_of(one) for one in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__ellipsis__":
            return Ellipsis
        if "start" in value or "stop" in value:
            return Slice(value.get("start"), value.get("stop"), value.get("step"))
        return key_of(value.get("items"))
    return value
