"""Inputs, dense layers, regularization, and what changes nothing."""

from __future__ import annotations

from keras_doctor.layers.einsum import parse, solve
from keras_doctor.layers.quantization import additions, main_array
from keras_doctor.layers.shapes import CannotInferError, read_number, read_shape
from keras_doctor.layers.stock import stock
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call
    from keras_doctor.layers.shapes import Shape


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


@stock("EinsumDense")
def einsum_dense(call: Call) -> Any:
    """A dense layer whose dimensions an equation names."""
    shape = call.input
    stated = call.value("output_shape")
    single = read_number(stated)
    sizes = (single,) if single is not None else read_shape(stated)
    equation = call.value("equation")
    if sizes is None or not isinstance(equation, str):
        raise CannotInferError("its config states no equation and output shape")
    operands, output = parse(equation, 2)
    kernel, full, named = solve(operands, output, shape, sizes, call.era.traced)
    reduced = tuple(place for place, axis in enumerate(operands[1]) if axis not in output)
    ones = (1,) * (len(full) - len(output.replace("...", "")))
    scale = tuple(named[axis] if axis in operands[1] else 1 for axis in output.replace("...", ""))
    main_array(call, "kernel", kernel, (*scale, *ones) if output.endswith("...") else (*ones, *scale), reduced)
    bias_axes = call.value("bias_axes", None)
    if isinstance(bias_axes, str) and bias_axes:
        call.own("bias", _bias(bias_axes, output, named, len(shape) - len(operands[0].replace("...", ""))))
    additions(call, "kernel", kernel)
    return full


def _bias(axes: str, output: str, named: dict[str, int | None], hidden: int) -> Shape:
    """Return the bias's shape: the named axes, and 1 for each other axis that stands after the first of them, under an
    ellipsis too.
    """
    if any(axis not in named for axis in axes):
        raise CannotInferError("its bias axes are not axes of its output")
    after = output.replace("...", "")
    start = min(after.index(axis) for axis in axes)
    ones = (1,) * hidden if "..." in output and not output.startswith("...") else ()
    return (*(named[axis] if axis in axes else 1 for axis in after[start:]), *ones)


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
