"""Layers around a layer."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.stock import stock
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("TimeDistributed")
def time_distributed(call: Call) -> Any:
    """Applies its layer to each step."""
    shape = call.input
    if len(shape) < 2:
        raise CannotInferError("it takes a sequence and gets less than 2 dimensions")
    outcome = call.inner("layer", [Tensor((shape[0], *shape[2:]))])
    shapes = [tensor.shape for tensor in outcome.outputs]
    stepped = [(shape[0], shape[1], *one[1:]) if one is not None else None for one in shapes]
    return stepped[0] if len(stepped) == 1 and not outcome.several else stepped


@stock("SpectralNormalization")
def spectral_normalization(call: Call) -> Any:
    """Divides its layer's kernel by the largest singular value."""
    outcome = call.inner("layer", call.args)
    main = next((v for v in outcome.variables if v.name in ("kernel", "embeddings", "depthwise_kernel")), None)
    if main is None or not main.shape:
        raise CannotInferError("its layer has no kernel")
    call.own("vector_u", (1, main.shape[-1]), trainable=False)
    return [tensor.shape for tensor in outcome.outputs] if outcome.several else outcome.output_shape


@stock("Pipeline")
def pipeline(call: Call) -> Any:
    """Applies layers one after the other."""
    layers = call.value("layers")
    current: list[Any] = call.args
    for index in range(len(layers) if isinstance(layers, list) else 0):
        current = list(call.inner("layers", current, index=index).outputs)
    return current[0] if len(current) == 1 else current


@stock("Wrapper")
def wrapper(call: Call) -> Any:
    """Does nothing but hold a layer."""
    outcome = call.inner("layer", call.args)
    return list(outcome.outputs) if outcome.several else outcome.output_shape
