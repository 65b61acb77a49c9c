"""Inputs, dense layers, regularization, and what changes nothing."""

from __future__ import annotations

from keras_doctor.layers.quantization import additions, main_array
from keras_doctor.layers.shapes import CannotInferError, read_shape
from keras_doctor.layers.stock import stock
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("InputLayer")
def input_layer(call: Call) -> Any:
    """Puts out what the model is given, else the shape that its config states."""
    if call.tensors:
        return call.tensors[0]
    for key in ("batch_shape", "batch_input_shape"):
        shape = read_shape(call.value(key, None))
        if shape is not None:
            return shape
    raise CannotInferError("its config states no shape")


@stock(
    "Activation", "ActivityRegularization", "AddLoss", "AddMetric", "AlphaDropout", "Dropout", "GaussianDropout",
    "GaussianNoise", "Identity",
    "Masking", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StochasticDepth", "TFDIdentity",
)  # fmt: skip
def unchanged(call: Call) -> Any:
    """Puts out a tensor of the shape that comes in."""
    return call.input


@stock("Dense")
def dense(call: Call) -> Any:
    """Multiplies the last dimension away for `units`."""
    *lead, last = call.vectors
    units = call.size("units")
    main_array(call, "kernel", (last, units), (units,), (0,))
    if call.flag("use_bias", True):
        call.own("bias", (units,))
    additions(call, "kernel", (last, units))
    return (*lead, units)


@stock("Lambda")
def lambda_layer(call: Call) -> Any:
    """The user's own function: what goes out is what the config states, without the batch, else what the function's
    code says, where that is a plain expression.
    """
    stated = call.value("output_shape", None)
    tensors = call.tensors
    batch = tensors[0].shape[0] if tensors and tensors[0].shape else None
    shape = read_shape(stated)
    if shape is not None:
        return (batch, *shape)
    if isinstance(stated, dict):
        stated = stated.get("items")
    shapes = [read_shape(one) for one in stated] if isinstance(stated, list) else []
    known = [one for one in shapes if one is not None]
    if known and len(known) == len(shapes):
        return [(batch, *one) for one in known]
    from keras_doctor.layers import lambda_body

    return lambda_body.output(call)


@stock("LinearModel")
def linear_model(call: Call) -> Any:
    """A weighted sum (`tf.keras.experimental.LinearModel`)."""
    *lead, last = call.vectors
    units = call.size("units", 1)
    call.own("kernel", (last, units), part="dense_layers[0]")
    if call.flag("use_bias", True):
        call.own("bias", (units,))
    return (*lead, units)


@stock("RandomFourierFeatures")
def random_fourier_features(call: Call) -> Any:
    """A random projection (`tf.keras.layers.experimental`)."""
    batch, last = call.ranked(2)
    size = call.size("output_dim")
    call.own("kernel_scale", (1,))
    call.own("unscaled_kernel", (last, size), trainable=False)
    call.own("bias", (size,), trainable=False)
    return (batch, size)


@stock("LayerScale")
def layer_scale(call: Call) -> Any:
    """A factor for each channel (`keras.applications.convnext`)."""
    call.own("gamma" if call.era.traced else "variable", (call.size("projection_dim"),))
    return call.input


@stock("CustomScaleLayer")
def custom_scale(call: Call) -> Any:
    """A sum of two tensors, the second scaled (`keras.applications.inception_resnet_v2`)."""
    return call.input


@stock(
    "TFSMLayer",
    "KerasLayer",
    "TorchModuleWrapper",
    "JaxLayer",
    "FlaxLayer",
    "ModuleWrapper",
    "DenseFeatures",
    "SequenceFeatures",
)
def foreign(call: Call) -> Tensor:
    """Something from elsewhere, that the config does not describe."""
    raise CannotInferError(f"{call.class_name} runs something that the config does not describe")
