"""Keras 3's operation classes (`keras.src.ops.*`): what each does, and the names of its operands.

The operands of `call` come first, in its order; the constructor's follow from the config.
"""

from __future__ import annotations

from keras_doctor.layers.operations import (
    arranging,
    creating,
    elementwise,
    images,
    indexing,
    linear,
    rearranging,
    reductions,
    signals,
)
from keras_doctor.layers.operations.operands import Operands, bind, entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.layers.call import Call

_UNARY = """
    Abs Absolute AffineTransform Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Array BitwiseInvert
    BitwiseNot Cast Cbrt Ceil Celu Cholesky CholeskyInverse Clip Conj Conjugate ConvertToTensor Copy Corrcoef Cos Cosh
    Cumprod Cumsum Deg2rad ElasticTransform Elu EmptyLike Erf Erfc Erfinv Exp Exp2 Expm1 Fabs Flip Fliplr
    Flipud Floor FullLike GaussianBlur Gelu HardShrink HardSigmoid HardSilu HardTanh HSVToRGB I0 Imag Inv Isfinite
    Isinf Isnan Isneginf Isposinf Isreal LayerNorm LeakyRelu Log Log10 Log1p Log2 LogicalNot LogSigmoid LogSoftmax
    Nancumprod Nancumsum NanToNum Negative Normalize OnesLike PerspectiveTransform Pinv Rad2deg Real Reciprocal Relu
    Relu6 RGBToHSV RMSNorm Roll Round Rsqrt SaturateCast ScatterUpdate Selu Sigmoid Sign Signbit Silu Sin Sinc Sinh
    SliceUpdate Softmax Softplus SoftShrink Softsign Sort Sparsemax SparsePlus SparseSigmoid Sqrt Square Squareplus
    StopGradient Tan Tanh TanhShrink Threshold Tril Triu Trunc ZerosLike
"""

_BINARY = """
    Add Arctan2 BitwiseAnd BitwiseLeftShift BitwiseOr BitwiseRightShift BitwiseXor Divide DivideNoNan Equal
    FloorDivide Fmax Fmin Fmod Gcd Greater GreaterEqual Heaviside Hypot Isclose Lcm Ldexp LeftShift Less LessEqual
    Logaddexp Logaddexp2 LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Multiply Nextafter NotEqual Polar Power
    RightShift Subtract TrueDivide
"""

_REDUCED = """
    All Amax Amin Any Average CountNonzero Logsumexp Max Mean Median Min Nanmax Nanmean Nanmedian Nanmin Nanprod
    Nanstd Nansum Nanvar Norm Prod Ptp Std Sum Var
"""

OPERATIONS = entries(
    (elementwise.same, "x", _UNARY),
    (elementwise.same, "x mean variance offset scale", "BatchNorm"),
    (elementwise.same, "x bins", "Digitize"),
    (elementwise.combined, "x y", _BINARY),
    (elementwise.combined, "z x y", "Where"),
    (elementwise.scalar, "", "AllClose InTopK MatrixRank Ndim PSNR SSIM Size Vdot"),
    (elementwise.filled, "x shape", "Full Scatter"),
    (elementwise.ranged, "x y z", "Arange"),
    (reductions.reduced, "x", _REDUCED),
    (reductions.place_of_extreme, "x", "Argmax Argmin Nanargmax Nanargmin"),
    (reductions.along, "x", "Argsort Argpartition"),
    (reductions.at_quantiles, "x y", "Nanpercentile Nanquantile Percentile Quantile"),
    (reductions.moments, "x axis|axes", "Moments"),
    (reductions.differences, "x", "Diff"),
    (reductions.traced_diagonal, "x", "Trace"),
    (reductions.diagonal, "x", "Diagonal"),
    (reductions.losses, "x y", "CategoricalCrossentropy SparseCategoricalCrossentropy"),
    (elementwise.combined, "x y", "BinaryCrossentropy"),
    (arranging.reshape, "x shape|newshape", "Reshape"),
    (arranging.flattened, "x", "Ravel"),
    (arranging.transpose, "x", "Transpose"),
    (arranging.swap, "x", "Swapaxes"),
    (arranging.move, "x", "Moveaxis"),
    (arranging.expand, "x", "ExpandDims"),
    (arranging.squeeze, "x", "Squeeze"),
    (arranging.tile, "x", "Tile"),
    (arranging.repeat, "x", "Repeat"),
    (arranging.broadcast_to, "x", "BroadcastTo"),
    (arranging.pad, "x constant widths|pad_width", "Pad"),
    (arranging.concatenate, "x", "Concatenate"),
    (arranging.append, "x y", "Append"),
    (arranging.stacked_along(0, 2), "x", "Vstack"),
    (arranging.stacked_along(1, 1), "x", "Hstack"),
    (arranging.stacked_along(2, 3), "x", "Dstack"),
    (arranging.stack, "x", "Stack"),
    (arranging.split, "x sections|indices_or_sections", "Split"),
    (arranging.unstack, "x", "Unstack"),
    (arranging.turned, "x", "Rot90"),
    (indexing.index, "x key", "GetItem"),
    (indexing.gather, "x indices", "Take"),
    (indexing.take_along, "x indices", "TakeAlongAxis"),
    (indexing.one_hot, "x depth|num_classes", "OneHot"),
    (indexing.multi_hot, "x depth|num_classes", "MultiHot"),
    (indexing.top, "x", "TopK"),
    (indexing.window, "x begin size|shape", "Slice"),
    (elementwise.like, "other x", "SearchSorted"),
    (elementwise.like, "x", "IsIn"),
    (linear.matmul, "x y", "Matmul"),
    (linear.dot, "x y", "Dot"),
    (linear.inner, "x y", "Inner"),
    (linear.outer, "x y", "Outer"),
    (linear.kron, "x y", "Kron"),
    (linear.cross, "x y", "Cross"),
    (linear.tensordot, "x y", "Tensordot"),
    (linear.determinant, "x", "Det Logdet"),
    (linear.sign_and_determinant, "x", "Slogdet"),
    (linear.qr, "x", "Qr"),
    (linear.svd, "x", "SVD"),
    (linear.eigen, "x", "Eig Eigh"),
    (linear.solve, "x y", "Solve SolveTriangular"),
    (linear.attention, "query key value", "DotProductAttention"),
    (images.pool, "x size|pool_size", "AveragePool MaxPool"),
    (images.adaptive_pool, "x size|output_size", "AdaptiveAveragePool AdaptiveMaxPool"),
    (images.convolution, "x y dilations|dilation_rate", "Conv"),
    (images.depthwise, "x y dilations|dilation_rate", "DepthwiseConv"),
    (images.separable, "x y z dilations|dilation_rate", "SeparableConv"),
    (images.transposed_convolution, "x y dilations|dilation_rate extra|output_padding", "ConvTranspose"),
    (images.resize, "x", "Resize"),
    (
        images.pad_image,
        (
            "x top|top_padding left|left_padding bottom|bottom_padding right|right_padding"
            " height|target_height width|target_width"
        ),
        "PadImages",
    ),
    (
        images.crop_image,
        (
            "x top|top_cropping left|left_cropping bottom|bottom_cropping right|right_cropping"
            " height|target_height width|target_width"
        ),
        "CropImages",
    ),
    (images.gray, "x", "RGBToGrayscale"),
    (images.patches, "x", "ExtractPatches"),
    (images.map_coordinates, "x y", "MapCoordinates"),
    (images.edges, "x", "SobelEdges"),
    (images.to_depth, "x block|block_size", "SpaceToDepth"),
    (images.from_depth, "x block|block_size", "DepthToSpace"),
    (arranging.split_along(1), "x sections|indices_or_sections", "Hsplit"),
    (arranging.split_along(0), "x sections|indices_or_sections", "Vsplit"),
    (arranging.split_along(2), "x sections|indices_or_sections", "Dsplit"),
    (arranging.nearly_split, "x sections|indices_or_sections", "ArraySplit"),
    (arranging.halve, "x", "Glu"),
    (creating.square_matrix, "rows|n|N columns|M", "Eye Identity Tri"),
    (creating.spaced, "x y", "Geomspace Linspace Logspace"),
    (creating.diagonal_matrix, "x", "Diag"),
    (creating.flat_diagonal, "x", "Diagflat"),
    (creating.powers, "x count|N", "Vander"),
    (creating.segments, "x", "SegmentMax SegmentMin SegmentProd SegmentSum"),
    (creating.counts, "x", "Bincount"),
    (creating.places, "x", "Nonzero"),
    (creating.unravelled, "x shape", "UnravelIndex"),
    (creating.histogram, "x", "Histogram"),
    (creating.correlated, "x y", "Correlate"),
    (creating.choice, "x y", "Select"),
    (creating.unfolded, "x", "Unfold"),
    (creating.folded, "x", "Fold"),
    (rearranging.rearrange, "x pattern", "Rearrange"),
    (reductions.integral, "x", "Trapezoid"),
    (reductions.per_sample, "x", "CTCLoss CtcLoss"),
    (linear.distances, "x y", "CDist"),
    (linear.least_squares, "x y", "Lstsq"),
    (linear.factors, "x", "LuFactor"),
    (signals.from_short_time, "x size|sequence_length stride|sequence_stride", "ISTFT"),
    (signals.joined_parts, "x", "ViewAsComplex"),
    (signals.parted, "x", "ViewAsReal"),
    (elementwise.filled, "x shape|output_shape", "ScaleAndTranslate"),
    (elementwise.filled, "shape", "Empty Ones Zeros"),
    (signals.frequencies, "x", "RFFT"),
    (signals.from_frequencies, "x", "IRFFT"),
    (signals.complex_parts, "x", "FFT FFT2 IFFT2"),
    (signals.pieces, "x size|sequence_length stride|sequence_stride", "ExtractSequences"),
    (signals.short_time, "x size|sequence_length stride|sequence_stride", "STFT"),
)


def operation_rule(call: Call) -> Any:
    """What an operation layer puts out."""
    config = {key: value for key, value in call.config.items() if key not in ("name", "dtype", "trainable")}
    operation, names = OPERATIONS[call.class_name]
    return operation(Operands(bind(names, call.args, {**config, **call.kwargs}), traced=False))


def einsum_rule(call: Call) -> Any:
    """What an Einsum operation puts out; its operands are all its positional arguments."""
    named = {"equation": call.config.get("subscripts"), "x": list(call.args)}
    return linear.einsum(Operands(named, traced=False))


def meshgrid_rule(call: Call) -> Any:
    """What a Meshgrid operation puts out; its rows are all its positional arguments."""
    return creating.grid(Operands({"x": list(call.args), **call.config}, traced=False))


# Operations whose operands are however many positional arguments there are.
_OF_ALL = {"Einsum": einsum_rule, "Meshgrid": meshgrid_rule}


def rule_of(class_name: str) -> Callable[[Call], Any] | None:
    """Return the rule of an operation class, None when it has none."""
    if class_name in _OF_ALL:
        return _OF_ALL[class_name]
    return operation_rule if class_name in OPERATIONS else None
