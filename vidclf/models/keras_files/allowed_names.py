"""The allow-list holds the names of all layers, functions and operations that a file may ask for.

They come with Keras and TensorFlow, and do nothing but compute. What is missing here is refused, so
a new part of Keras that reads files stays outside until someone has looked at it. The tests compare
the lists with the installed libraries.
"""

from __future__ import annotations

import re

_LAYERS = """
AbstractRNNCell Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AddLoss
AddMetric AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D
AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BaseRandomLayer BatchNormalization
BatchNormalizationBase BatchNormalizationV1 BatchNormalizationV2 Bidirectional CategoryEncoding
CenterCrop Concatenate ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D
Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D
Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose
Cropping1D Cropping2D Cropping3D CuDNNGRU CuDNNLSTM CutMix Dense DepthwiseConv1D DepthwiseConv2D
DeviceWrapper Discretization Dot Dropout DropoutWrapper ELU EinsumDense Embedding Equalization
Flatten Functional GRU GRUCell GRUCellV1 GRUCellV2 GRUV1 GRUV2 GaussianDropout GaussianNoise
GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D
GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D
GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention GroupedQueryAttention
HashedCrossing Hashing Identity Input InputLayer InputSpec IntegerLookup LSTM LSTMCell LSTMCellV1
LSTMCellV2 LSTMV1 LSTMV2 Layer LayerNormalization LeakyReLU LinearModel LocallyConnected1D
LocallyConnected2D Masking MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D
MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum MixUp Model MultiHeadAttention Multiply
Normalization PReLU Permute Pipeline PreprocessingLayer RMSNormalization RNN RandAugment
RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop
RandomElasticTransform RandomErasing RandomFlip RandomFourierFeatures RandomGaussianBlur
RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective RandomPosterization
RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomWidth RandomZoom
ReLU RepeatVector Rescaling Reshape ResidualWrapper Resizing ReversibleEmbedding STFTSpectrogram
SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D Sequential SimpleRNN
SimpleRNNCell SlicingOpLambda Softmax Solarization SpatialDropout1D SpatialDropout2D
SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract SyncBatchNormalization
TFOpLambda TensorFlowOpLayer TextVectorization ThresholdedReLU TimeDistributed UnitNormalization
UpSampling1D UpSampling2D UpSampling3D WideDeepModel Wrapper ZeroPadding1D ZeroPadding2D
ZeroPadding3D add average concatenate dot maximum minimum multiply subtract
"""
_PARTS = """
Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer Initializer
LecunNormal LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT
STFTInitializer TruncatedNormal VarianceScaling Zeros constant glorot_normal glorot_uniform
he_normal he_uniform identity lecun_normal lecun_uniform ones orthogonal random_normal
random_uniform stft truncated_normal variance_scaling zeros
L1 L1L2 L2 OrthogonalRegularizer l1 l1_l2 l2 orthogonal_regularizer
MaxNorm MinMaxNorm NonNeg RadialConstraint UnitNorm max_norm min_max_norm non_neg radial_constraint
unit_norm
AWQDTypePolicy DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy Int4DTypePolicy Policy
PolicyV1 QuantizedDTypePolicy QuantizedFloat8DTypePolicy
AWQConfig AbsMaxQuantizer Float8QuantizationConfig GPTQConfig Int4QuantizationConfig
Int8QuantizationConfig
SeedGenerator TensorShape
CustomScaleLayer LayerScale StochasticDepth
__bytes__ __ellipsis__ __keras_tensor__ __numpy__ __slice__ __tensor__ __tuple__
"""
_TRAINING = """
BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy
CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber
KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError
MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky
AUC Accuracy BinaryAccuracy BinaryIoU CategoricalAccuracy ConcordanceCorrelation F1Score FBetaScore
FalseNegatives FalsePositives IoU LogCoshError Mean MeanIoU MeanMetricWrapper MeanRelativeError
MeanTensor OneHotIoU OneHotMeanIoU PearsonCorrelation Precision PrecisionAtRecall R2Score Recall
RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy
SparseTopKCategoricalAccuracy SpecificityAtSensitivity Sum TopKCategoricalAccuracy TrueNegatives
TruePositives
Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer Muon Nadam RMSprop
SGD ScheduleFreeAdamW CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay
PiecewiseConstantDecay PolynomialDecay
"""
REGISTERED = frozenset({"Custom>CustomScaleLayer"})
"""What `tf_keras.applications` registers of its own; InceptionResNetV2 is made of it."""

CLASSES = frozenset(f"{_LAYERS} {_PARTS} {_TRAINING}".split()) | REGISTERED
"""What may stand as `class_name`, in a Keras module or in none."""

_FUNCTIONS = """
celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus
softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
KLD MAE MAPE MSE MSLE binary_accuracy binary_crossentropy binary_focal_crossentropy
categorical_accuracy categorical_crossentropy categorical_focal_crossentropy
categorical_generalized_cross_entropy categorical_hinge circle concordance_correlation
cosine_similarity ctc dice hinge huber kl_divergence kld kullback_leibler_divergence log_cosh
logcosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error
mean_squared_logarithmic_error mse msle pearson_correlation poisson sparse_categorical_accuracy
sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge
top_k_categorical_accuracy tversky
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""Activations, losses and metrics that are plain functions."""

_TF = """
abs acos acosh add add_n argmax argmin argsort asin asinh atan atan2 atanh batch_to_space bitcast
boolean_mask broadcast_to cast ceil clip_by_norm clip_by_value complex concat constant
convert_to_tensor cos cosh cumprod cumsum depth_to_space div div_no_nan divide einsum ensure_shape
equal erf exp expand_dims expm1 extract_image_patches eye fill floor floor_div floordiv floormod
gather gather_nd greater greater_equal identity is_finite is_inf is_nan less less_equal linspace log
log1p log_sigmoid logical_and logical_not logical_or logical_xor matmul matrix_transpose maximum
meshgrid minimum mod multiply negative norm not_equal one_hot ones ones_like pad pow range rank real
realdiv reciprocal reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min
reduce_prod reduce_sum repeat reshape reverse reverse_v2 rint roll round rsqrt saturate_cast
scalar_mul scatter_nd sequence_mask shape shape_n sigmoid sign sin sinh size slice sort
space_to_batch space_to_batch_nd space_to_depth split sqrt square squared_difference squeeze stack
stop_gradient strided_slice subtract tan tanh tensor_scatter_nd_update tensordot tile to_float
to_int32 transpose truediv truncatediv unstack where where_v2 zeros zeros_like
"""
_NN = """
atrous_conv2d avg_pool avg_pool1d avg_pool2d avg_pool3d avg_pool_v2 batch_normalization bias_add
conv1d conv1d_transpose conv2d conv2d_transpose conv3d conv3d_transpose conv_transpose convolution
crelu depth_to_space depthwise_conv2d depthwise_conv2d_native dilation2d dropout elu erosion2d
fused_batch_norm gelu l2_loss l2_normalize leaky_relu local_response_normalization log_softmax lrn
max_pool max_pool1d max_pool2d max_pool3d max_pool_v2 moments normalize_moments pool relu relu6
relu_layer selu separable_conv2d sigmoid silu softmax softplus softsign space_to_batch
space_to_depth swish tanh top_k weighted_moments xw_plus_b zero_fraction
"""
_IMAGE = """
adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation central_crop
convert_image_dtype crop_and_resize crop_to_bounding_box extract_glimpse extract_image_patches
extract_patches flip_left_right flip_up_down grayscale_to_rgb hsv_to_rgb image_gradients
pad_to_bounding_box per_image_standardization random_brightness random_contrast random_crop
random_flip_left_right random_flip_up_down random_hue random_saturation resize resize_area
resize_bicubic resize_bilinear resize_image_with_crop_or_pad resize_image_with_pad resize_images
resize_nearest_neighbor resize_with_crop_or_pad resize_with_pad rgb_to_grayscale rgb_to_hsv
rgb_to_yiq rgb_to_yuv rot90 sobel_edges total_variation transpose transpose_image yiq_to_rgb
yuv_to_rgb
"""
_BACKEND = """
abs all any argmax argmin batch_dot batch_flatten batch_normalization bias_add cast
cast_to_floatx clip concatenate constant conv1d conv2d conv3d cos depthwise_conv2d dot dropout elu
equal exp expand_dims flatten gather greater greater_equal hard_sigmoid l2_normalize less less_equal
log max maximum mean min minimum not_equal one_hot ones_like permute_dimensions pool2d pool3d pow
prod relu repeat repeat_elements reshape resize_images resize_volumes reverse round shape sigmoid
sign sin softmax softplus softsign spatial_2d_padding spatial_3d_padding sqrt square squeeze stack
std stop_gradient sum tanh temporal_padding tile transpose var zeros_like
"""
_BY_NAMESPACE = {
    "": frozenset(_TF.split()),
    "nn": frozenset(_NN.split()),
    "image": frozenset(_IMAGE.split()),
    "keras.backend": frozenset(_BACKEND.split()),
    "keras.activations": FUNCTIONS,
    "dtypes": frozenset({"cast", "complex", "saturate_cast"}),
    "__operators__": frozenset({"add", "eq", "getitem", "ne", "ragged_getitem"}),
}
_WHOLE_NAMESPACES = frozenset({"math", "linalg", "signal", "bitwise"})

_GRAPH_OPS = """
Abs Add AddN AddV2 All Any ArgMax ArgMin AvgPool AvgPool3D BatchMatMul BatchMatMulV2
BatchMatMulV3 BatchToSpaceND BiasAdd BroadcastTo Cast Ceil ClipByValue ConcatV2 Const Conv2D
Conv3D Cos CropAndResize Cumsum DepthToSpace DepthwiseConv2dNative Div DivNoNan Einsum Elu Equal
Erf Exp ExpandDims Expm1 Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2
FusedBatchNormV3 Gather GatherNd GatherV2 Greater GreaterEqual HSVToRGB Identity L2Loss LRN
LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul Max MaxPool
MaxPool3D Maximum Mean Min Minimum MirrorPad Mul Neg NotEqual OneHot OnesLike Pack Pad PadV2 Pow
Prod RGBToHSV Range Rank RealDiv Reciprocal Relu Relu6 Reshape ResizeArea ResizeBicubic
ResizeBilinear ResizeNearestNeighbor ReverseV2 Rint Round Rsqrt Select SelectV2 Selu Shape
Sigmoid Sign Sin Size Slice Softmax Softplus Softsign SpaceToBatchND SpaceToDepth Split SplitV
Sqrt Square SquaredDifference Squeeze StopGradient StridedSlice Sub Sum Tan Tanh Tile TopKV2
Transpose Unpack ZerosLike
"""
GRAPH_OPS = frozenset(_GRAPH_OPS.split())
"""Operations of a graph that `TensorFlowOpLayer` may hold."""


def is_plain_tf_function(name: str) -> bool:
    """Return whether a name such as `math.truediv` or `compat.v1.squeeze` only computes."""
    namespace, _, function = name.removeprefix("compat.v1.").rpartition(".")
    if namespace in _WHOLE_NAMESPACES:
        return re.fullmatch(r"[a-z0-9_]+", function) is not None
    return function in _BY_NAMESPACE.get(namespace, ())
