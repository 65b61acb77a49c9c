"""Names that decide what a reader of configs does: classes, operations, keywords and values as files have them."""

from __future__ import annotations

import json


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Classes of layers and models.
CLASSES = _words(
    """
    Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
    AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AddLoss AddMetric AdditiveAttention
    AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D
    BatchNormalization BatchNormalizationV1 Bidirectional CategoryCrossing CategoryEncoding CenterCrop ClassMethod
    Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D
    Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM2DCell ConvLSTM3D ConvLSTMCell ConvRNN ConvRNN2D Cropping1D
    Cropping2D Cropping3D CuDNNGRU CuDNNLSTM CustomScaleLayer CutMix Dense DenseFeatures DepthwiseConv1D
    DepthwiseConv2D DeviceWrapper Discretization Dot Dropout DropoutWrapper ELU EinsumDense Embedding Equalization
    Flatten FlaxLayer GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization
    GroupedQueryAttention HashedCrossing Hashing Highway Identity IndexLookup InputLayer InstanceMethod
    InstanceProperty IntegerLookup JaxLayer KerasLayer LSTM LSTMCell Lambda LayerNormalization LayerScale LeakyReLU
    LinearModel LocallyConnected1D LocallyConnected2D Masking MaxNumBoundingBoxes MaxPooling1D MaxPooling2D
    MaxPooling3D Maximum MaxoutDense MelSpectrogram Merge Minimum MixUp ModuleWrapper MultiHeadAttention Multiply
    Normalization PReLU ParametricSoftplus PeepholeLSTMCell Permute Pipeline RMSNormalization RNN RandAugment
    RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform
    RandomErasing RandomFlip RandomFourierFeatures RandomGaussianBlur RandomGrayscale RandomHeight RandomHue
    RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear
    RandomTranslation RandomWidth RandomZoom ReLU RepeatVector Rescaling Reshape ResidualWrapper Resizing
    ReversibleEmbedding SReLU STFTSpectrogram SeparableConv1D SeparableConv2D SequenceFeatures SimpleRNN
    SimpleRNNCell SlicingOpLambda Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D
    SpectralNormalization StackedRNNCells StochasticDepth StringLookup Subtract TFDIdentity TFOpLambda TFSMLayer
    TensorFlowOpLayer TextVectorization ThresholdedReLU TimeDistributed TimeDistributedDense TorchModuleWrapper
    UnitNormalization UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D
    Sequential Functional Model Network keras.layers.Dense Custom>Dense Unknown
"""
)

# Classes of Keras 3 operations.
OPERATIONS = _words(
    """
    Abs Absolute AffineTransform Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Array BatchNorm BitwiseInvert
    BitwiseNot Cast Cbrt Ceil Celu Cholesky CholeskyInverse Clip Conj Conjugate ConvertToTensor Copy Corrcoef Cos
    Cosh Cumprod Cumsum Deg2rad Digitize ElasticTransform Elu EmptyLike Erf Erfc Erfinv Exp Exp2 Expm1 Fabs Flip
    Fliplr Flipud Floor FullLike GaussianBlur Gelu HardShrink HardSigmoid HardSilu HardTanh HSVToRGB I0 Imag Inv
    Isfinite Isinf Isnan Isneginf Isposinf Isreal LayerNorm LeakyRelu Log Log10 Log1p Log2 LogicalNot LogSigmoid
    LogSoftmax Nancumprod Nancumsum NanToNum Negative Normalize OnesLike PerspectiveTransform Pinv Rad2deg Real
    Reciprocal Relu Relu6 RGBToHSV RMSNorm Roll Round Rsqrt SaturateCast ScatterUpdate Selu Sigmoid Sign Signbit
    Silu Sin Sinc Sinh SliceUpdate Softmax Softplus SoftShrink Softsign Sort Sparsemax SparsePlus SparseSigmoid Sqrt
    Square Squareplus StopGradient Tan Tanh TanhShrink Threshold Tril Triu Trunc ZerosLike Add Arctan2 BitwiseAnd
    BitwiseLeftShift BitwiseOr BitwiseRightShift BitwiseXor Divide DivideNoNan Equal FloorDivide Fmax Fmin Fmod Gcd
    Greater GreaterEqual Heaviside Hypot Isclose Lcm Ldexp LeftShift Less LessEqual Logaddexp Logaddexp2 LogicalAnd
    LogicalOr LogicalXor Maximum Minimum Mod Multiply Nextafter NotEqual Polar Power RightShift Subtract TrueDivide
    Where AllClose InTopK MatrixRank Ndim PSNR SSIM Size Vdot Full Scatter Arange All Amax Amin Any Average
    CountNonzero Logsumexp Max Mean Median Min Nanmax Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Norm
    Prod Ptp Std Sum Var Argmax Argmin Nanargmax Nanargmin Argsort Argpartition Nanpercentile Nanquantile Percentile
    Quantile Moments Diff Trace Diagonal CategoricalCrossentropy SparseCategoricalCrossentropy BinaryCrossentropy
    Reshape Ravel Transpose Swapaxes Moveaxis ExpandDims Squeeze Tile Repeat BroadcastTo Pad Concatenate Append
    Vstack Hstack Dstack Stack Split Unstack Rot90 GetItem Take TakeAlongAxis OneHot MultiHot TopK Slice
    SearchSorted IsIn Matmul Dot Inner Outer Kron Cross Tensordot Det Logdet Slogdet Qr SVD Eig Eigh Solve
    SolveTriangular DotProductAttention AveragePool MaxPool AdaptiveAveragePool AdaptiveMaxPool Conv DepthwiseConv
    SeparableConv ConvTranspose Resize PadImages CropImages RGBToGrayscale ExtractPatches MapCoordinates SobelEdges
    SpaceToDepth DepthToSpace Hsplit Vsplit Dsplit ArraySplit Glu Eye Identity Tri Geomspace Linspace Logspace Diag
    Diagflat Vander SegmentMax SegmentMin SegmentProd SegmentSum Bincount Nonzero UnravelIndex Histogram Correlate
    Select Unfold Fold Rearrange Trapezoid CTCLoss CtcLoss CDist Lstsq LuFactor ISTFT ViewAsComplex ViewAsReal
    ScaleAndTranslate Empty Ones Zeros RFFT IRFFT FFT FFT2 IFFT2 ExtractSequences STFT Einsum Meshgrid
"""
)

# Functions of TFOpLambda layers.
FUNCTIONS = _words(
    """
    bitcast cast clip_by_norm clip_by_value compat.v1.check_numerics compat.v1.nn.dropout compat.v1.nn.log_softmax
    compat.v1.nn.relu_layer compat.v1.nn.softmax compat.v1.ones_like compat.v1.substr compat.v1.zeros_like
    debugging.check_numerics ensure_shape grad_pass_through identity image.adjust_brightness image.adjust_contrast
    image.adjust_gamma image.adjust_hue image.adjust_saturation image.convert_image_dtype image.flip_left_right
    image.flip_up_down image.hsv_to_rgb image.per_image_standardization image.random_brightness
    image.random_contrast image.random_flip_left_right image.random_flip_up_down image.random_hue
    image.random_jpeg_quality image.random_saturation image.rgb_to_hsv image.rgb_to_yiq image.rgb_to_yuv
    image.yiq_to_rgb image.yuv_to_rgb keras.activations.elu keras.activations.exponential keras.activations.gelu
    keras.activations.hard_sigmoid keras.activations.linear keras.activations.relu keras.activations.selu
    keras.activations.sigmoid keras.activations.softmax keras.activations.softplus keras.activations.softsign
    keras.activations.swish keras.activations.tanh keras.backend.clip keras.backend.dropout keras.backend.elu
    keras.backend.hard_sigmoid keras.backend.in_train_phase keras.backend.l2_normalize keras.backend.relu
    keras.backend.sigmoid keras.backend.softmax keras.backend.tanh linalg.band_part linalg.cholesky linalg.expm
    linalg.inv linalg.set_diag linalg.sqrtm math.abs math.acos math.acosh math.angle math.asin math.asinh math.atan
    math.atanh math.bessel_i0 math.bessel_i0e math.bessel_i1 math.bessel_i1e math.ceil math.conj math.cos math.cosh
    math.cumprod math.cumsum math.cumulative_logsumexp math.digamma math.erf math.erfc math.erfinv math.exp
    math.expm1 math.floor math.imag math.invert_permutation math.is_finite math.is_inf math.is_nan math.l2_normalize
    math.lgamma math.log math.log1p math.log_sigmoid math.log_softmax math.logical_not math.ndtri math.negative
    math.real math.reciprocal math.reciprocal_no_nan math.rint math.round math.rsqrt math.sigmoid math.sign math.sin
    math.sinh math.softmax math.softplus math.softsign math.sqrt math.square math.tan math.tanh
    nn.batch_normalization nn.bias_add nn.crelu nn.dropout nn.elu nn.gelu nn.l2_normalize nn.leaky_relu
    nn.local_response_normalization nn.log_sigmoid nn.log_softmax nn.lrn nn.normalize_moments nn.relu nn.relu6
    nn.selu nn.sigmoid nn.silu nn.softmax nn.softplus nn.softsign nn.swish nn.tanh no_op ones_like
    quantization.fake_quant_with_min_max_args quantization.fake_quant_with_min_max_vars random.shuffle raw_ops.Relu
    reverse roll signal.fft signal.fft2d signal.ifft signal.ifft2d sort stop_gradient strings.as_string
    strings.length strings.lower strings.regex_replace strings.strip strings.substr strings.to_hash_bucket
    strings.to_hash_bucket_fast strings.to_number strings.upper tensor_scatter_nd_add tensor_scatter_nd_update
    zeros_like __operators__.eq __operators__.floormod __operators__.logical_and __operators__.logical_or
    __operators__.logical_xor __operators__.mod __operators__.ne __operators__.pow __operators__.truediv
    bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor bitwise.left_shift bitwise.right_shift compat.v1.div
    compat.v1.nn.sigmoid_cross_entropy_with_logits compat.v1.truediv complex dtypes.complex keras.backend.equal
    keras.backend.greater keras.backend.maximum keras.backend.minimum math.atan2 math.divide math.divide_no_nan
    math.equal math.floormod math.greater math.greater_equal math.igamma math.igammac math.less math.less_equal
    math.logical_and math.logical_or math.logical_xor math.maximum math.minimum math.mod math.multiply_no_nan
    math.nextafter math.not_equal math.polygamma math.pow math.squared_difference math.truediv math.xdivy
    math.xlog1py math.xlogy math.zeta nn.sigmoid_cross_entropy_with_logits truncatediv truncatemod __operators__.add
    math.add add __operators__.sub math.subtract subtract __operators__.mul math.multiply multiply
    __operators__.floordiv math.floordiv compat.v1.floor_div math.add_n math.accumulate_n where compat.v1.where
    compat.v1.where_v2 keras.backend.switch shape compat.v1.shape keras.backend.shape size compat.v1.size
    keras.backend.count_params rank compat.v1.rank keras.backend.ndim zeros ones fill random.normal random.uniform
    random.truncated_normal compat.v1.random_normal range compat.v1.count_nonzero compat.v1.math.count_nonzero
    compat.v1.norm compat.v1.reduce_all compat.v1.reduce_any compat.v1.reduce_logsumexp compat.v1.reduce_max
    compat.v1.reduce_mean compat.v1.reduce_min compat.v1.reduce_prod compat.v1.reduce_sum keras.backend.all
    keras.backend.any keras.backend.logsumexp keras.backend.max keras.backend.mean keras.backend.min
    keras.backend.prod keras.backend.std keras.backend.sum keras.backend.var linalg.norm math.count_nonzero
    math.reduce_all math.reduce_any math.reduce_euclidean_norm math.reduce_logsumexp math.reduce_max
    math.reduce_mean math.reduce_min math.reduce_prod math.reduce_std math.reduce_sum math.reduce_variance norm
    math.argmax math.argmin argmax argmin compat.v1.argmax compat.v1.argmin keras.backend.argmax
    keras.backend.argmin argsort nn.moments compat.v1.nn.moments linalg.trace reshape compat.v1.reshape
    keras.backend.reshape keras.backend.flatten keras.backend.batch_flatten transpose compat.v1.transpose
    keras.backend.permute_dimensions keras.backend.transpose expand_dims compat.v1.expand_dims
    keras.backend.expand_dims squeeze compat.v1.squeeze keras.backend.squeeze tile keras.backend.tile repeat
    keras.backend.repeat_elements broadcast_to pad compat.v1.pad concat compat.v1.concat keras.backend.concatenate
    stack keras.backend.stack split compat.v1.split unstack gather compat.v1.gather keras.backend.gather gather_nd
    compat.v1.gather_nd lookup.StaticHashTable.lookup one_hot keras.backend.one_hot nn.top_k math.top_k slice
    strided_slice linalg.matmul matmul keras.backend.dot keras.backend.batch_dot tensordot linalg.det linalg.logdet
    linalg.cross compat.v1.nn.avg_pool compat.v1.nn.avg_pool2d compat.v1.nn.max_pool compat.v1.nn.max_pool2d
    nn.avg_pool nn.avg_pool1d nn.avg_pool2d nn.avg_pool3d nn.max_pool nn.max_pool1d nn.max_pool2d nn.max_pool3d
    nn.conv1d nn.conv2d nn.conv3d nn.convolution compat.v1.nn.conv1d compat.v1.nn.conv2d compat.v1.nn.conv3d
    nn.depthwise_conv2d compat.v1.nn.depthwise_conv2d compat.v1.nn.depthwise_conv2d_native nn.conv1d_transpose
    nn.conv2d_transpose nn.conv3d_transpose image.resize compat.v1.image.resize image.resize_with_crop_or_pad
    compat.v1.image.resize_bilinear compat.v1.image.resize_nearest_neighbor compat.v1.image.resize_images
    keras.backend.resize_images image.crop_to_bounding_box image.pad_to_bounding_box image.rgb_to_grayscale
    image.sobel_edges nn.space_to_depth compat.v1.space_to_depth space_to_depth nn.depth_to_space
    compat.v1.depth_to_space depth_to_space signal.frame
"""
)

# Operations of TensorFlowOpLayer layers.
NODES = _words(
    """
    Abs Acos Acosh AdjustContrastv2 AdjustHue AdjustSaturation Asin Asinh Atan Atanh BiasAdd Cast Ceil CheckNumerics
    ClipByValue Conj Cos Cosh Cumprod Cumsum Elu EnsureShape Erf Erfc Exp Expm1 FakeQuantWithMinMaxArgs
    FakeQuantWithMinMaxVars Floor HSVToRGB Identity Imag Inv Invert IsFinite IsInf IsNan L2Loss LeakyRelu Lgamma Log
    Log1p LogicalNot LogSoftmax LRN MatrixInverse Neg OnesLike PlaceholderWithDefault PreventGradient Real
    Reciprocal RegexReplace Relu Relu6 ReverseV2 RGBToHSV Rint Roll Round Rsqrt Selu Sigmoid Sign Sin Sinh Softmax
    Softplus Softsign Sqrt Square StaticRegexReplace StopGradient StringLower StringStrip StringToHashBucketFast
    StringToNumber StringUpper Tan Tanh ZerosLike Atan2 BitwiseAnd BitwiseOr BitwiseXor Complex Div DivNoNan Equal
    FloorMod Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mod NotEqual Pow RealDiv
    SquaredDifference TruncateDiv TruncateMod Xdivy Xlogy Add AddV2 Sub Mul FloorDiv Select SelectV2 Shape Size Rank
    Fill RandomStandardNormal RandomUniform TruncatedNormal Range All Any EuclideanNorm Max Mean Min Prod Sum ArgMax
    ArgMin Reshape Transpose ExpandDims Squeeze Tile BroadcastTo Pad PadV2 MirrorPad Unpack GatherV2 Gather GatherNd
    OneHot TopKV2 Slice StridedSlice BatchMatMul BatchMatMulV2 MatMul AvgPool AvgPool3D MaxPool MaxPool3D Conv2D
    Conv3D DepthwiseConv2dNative ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor SpaceToDepth
    DepthToSpace
"""
)

# Names of keywords, then values that they can have (JSON): what layers and operations make shapes of.
_KEYWORDS = r"""
units filters nb_filter n k depth groups depth_multiplier input_dim output_dim num_heads key_dim value_dim
num_query_heads num_key_value_heads head_dim num_tokens max_tokens num_bins bins rank rows columns height width length
input_length output_sequence_length repeats num num_split num_segments fft_length sequence_length sequence_stride
frame_length frame_step num_mel_bins lora_rank block block_size stride num_oov_indices nb_row nb_col nb_feature
filter_length pool_length subsample_length top_pad left_pad target_height intermediate_dim height_factor width_factor
virtual_batch_size dim batch_dims count offset vocabulary_size projection_dim start stop step x y z i minval limit
num_classes sections begin_mask end_mask ellipsis_mask
= 1, 2, 3, 8, 0, -1, null, 1099511627776
kernel_size strides pool_size size output_size dilation_rate rate atrous_rate subsample cropping output_padding ksize
kernel_dim1 kernel_dim2 kernel_dim3 paddings pad_width widths multiples patch_size sizes block_shape crops repeats
num_or_size_splits window_shape s
= 2, [2], [2, 2], [1, 2, 2, 1], [2, 3, 2], [0, 0], [[1, 1], [2, 2]], [[0, 0], [1, 1], [1, 1], [0, 0]], null
axis axes axis1 axis2 attention_axes bias_axes concat_axis dot_axes shared_axes perm dims source destination
= -1, 0, 1, 2, [1], [1, 2], [-1, -2], [[1], [1]], 9, null, []
shape input_shape output_shape target_shape batch_shape batch_input_shape build_input_shape tensor_shape newshape
indices begin end
= [null, 4], [-1], [2, -1], [4, 4], [null, 8, 8, 3], [null, null, 3], [], [2, -1, -1], [[null, 4], [null, 5]], null
use_bias return_sequences return_state go_backwards stateful unroll time_major center scale keepdims keep_dims renorm
use_scale use_gate reset_after return_attention_scores trainable pad_to_max_tokens sparse transpose_a transpose_b
full_matrices compute_uv expand_dims rms_scaling tie_weights reverse exclusive return_index shrink_axis_mask
new_axis_mask reverse_state_order reverse_embeddings
= true, false, 1, null
padding = "same", "valid", "causal", "full", [1, 1], [[1, 1], [2, 2]], 3
border_mode = "same", "valid", "full"
data_format = "channels_first", "channels_last", "NHWC", "NCHW", null
dim_ordering = "th", "tf", "default"
merge_mode = "concat", "sum", "mul", "ave", null, 3
mode = "concat", "dot", "sum", "cos", "reflect", 1, 2, null
implementation = 1, 2, 3
score_mode = "dot", "concat"
output_mode = "int", "multi_hot", "count", "one_hot", "tf_idf"
equation subscripts = "ab,bc->ac", "...x,xy->...y", "a->", "abc,cde->abde", "", "->", "a,b"
equation subscripts = "é,é->é", "ii->i", "...ij->...ji"
indexing = "xy", "ij"
pattern = "b h w -> b (h w)", "(a b) c -> a b c", ""
vocabulary = ["a", "b"], null, "file.txt"
bin_boundaries = [0.0, 1.0], null
mean variance = 0.5, [1, 2], null
function = "relu", ["4wEA", null, null], {"class_name": "__lambda__"}
activation = "relu", "softmax", {"class_name": "Activation"}, null
dtype = "float32", "mixed_float16", "int8", {"class_name": "DTypePolicy", "config": {"name": "mixed_bfloat16"}}
dtype = {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}}
quantization_mode = "int8", "float8", "int4", null
normalization = null, "l2"
name = "a", "l1", "", null
slice_spec = {"start": null, "stop": 2, "step": null}, null, []
slice_spec = [{"start": 0, "stop": null, "step": 2}, 0], ["l0", 0, 0]
cell = {"class_name": "LSTMCell", "config": {"units": 3}}, null
cell = {"class_name": "StackedRNNCells", "config": {"cells": [{"class_name": "GRUCell", "config": {"units": 2}}]}}
cells = [{"class_name": "LSTMCell", "config": {"units": 3}}, {"class_name": "GRUCell", "config": {"units": 2}}], []
layer = {"class_name": "LSTM", "config": {"units": 3}}, {"class_name": "Dense", "config": {"units": 3}}, null
layer = {"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": [3, 3]}}
backward_layer = {"class_name": "GRU", "config": {"units": 3, "go_backwards": true}}, null
layers = [{"class_name": "Dense", "config": {"units": 3}}], []
tensor key query bias value = ["l0", 0, 0], 2.0, null
value = {"class_name": "__tensor__", "config": {"value": [1], "dtype": "int32"}}
amax_history_length = 1024
consume_less = "gpu", "cpu"
parts pair = 1, 2
training = null, true
"""


def _keywords() -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    names = ""
    for line in _KEYWORDS.strip().split("\n"):
        more, equals, values = line.partition("= ")
        names += f" {more}"
        if equals:
            for name in names.split():
                found.setdefault(name, []).extend(json.dumps(value) for value in json.loads(f"[{values}]"))
            names = ""
    return tuple((name, tuple(values)) for name, values in found.items())


# name -> JSON texts of its values.
KEYWORDS = _keywords()
