"""Inputs, dense layers, and what changes nothing when a model is used."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.casting import rounded
from keras_doctor.rescue.evaluation.functions import activation
from keras_doctor.rescue.evaluation.quantized import dense_product, einsum_product
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import Value, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call


@computes("InputLayer")
def input_layer(call: Call) -> Any:
    """What the model is given."""
    given = call.tensors[0]
    return given if isinstance(given, Value) else call.x


@computes(
    "ActivityRegularization", "AddLoss", "AddMetric", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise",
    "Identity", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StochasticDepth", "TFDIdentity",
)  # fmt: skip
def unchanged(call: Call) -> Any:
    """What acts in training alone."""
    return call.x


@computes("Activation")
def activated(call: Call) -> Any:
    """A function of each element."""
    return activation(call)(call.x)


@computes("Dense")
def dense(call: Call) -> Any:
    """The product with the kernel."""
    y = dense_product(call, call.x)
    bias = call.maybe("bias")
    return activation(call)(rounded(call, y if bias is None else y + bias))


@computes("EinsumDense")
def einsum_dense(call: Call) -> Any:
    """The product that an equation describes."""
    y = einsum_product(call, call.x, str(call.value("equation")).replace(" ", ""))
    bias = call.maybe("bias")
    return activation(call)(y if bias is None else y + bias)


@computes("Masking")
def masking(call: Call) -> Any:
    """Steps in which all features have one value count no longer."""
    x = call.x
    counts = (x != call.value("mask_value", 0.0)).any(axis=-1)
    return value(x * counts[..., None].astype(x.dtype), counts)


@computes("LayerScale")
def layer_scale(call: Call) -> Any:
    """A factor for each channel (`keras.applications.convnext`)."""
    return call.x * call.variable("gamma" if call.era.traced else "variable")


@computes("CustomScaleLayer")
def custom_scale(call: Call) -> Any:
    """A sum of two tensors, the second scaled (`keras.applications.inception_resnet_v2`)."""
    first, second = call.arrays
    return first + second * np.float32(call.value("scale"))


@computes("LinearModel")
def linear_model(call: Call) -> Any:
    """A weighted sum (`tf.keras.experimental.LinearModel`)."""
    y, bias = np.matmul(call.x, call.variable("kernel", "dense_layers[0]")), call.maybe("bias")
    return activation(call)(y if bias is None else y + bias)


@computes("RandomFourierFeatures")
def random_fourier_features(call: Call) -> Any:
    """A random projection (`tf.keras.layers.experimental`)."""
    kernel = call.variable("unscaled_kernel") / call.variable("kernel_scale")
    return np.cos(np.matmul(call.x, kernel) + call.variable("bias"))
