"""Convolutions of every kind but the locally connected ones."""

from __future__ import annotations

from keras_doctor.layers.families.convolution import rank_of
from keras_doctor.rescue.evaluation.functions import activation
from keras_doctor.rescue.evaluation.images import batched, channels_last, padding_of, restored
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.windows import convolve, padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call


@computes("Conv1D", "Conv2D", "Conv3D")
def convolution(call: Call) -> Any:
    """Kernels that slide over the image."""
    rank = rank_of(call)
    x, lead = batched(channels_last(call, call.x, rank), rank)
    kernel = call.variable("kernel")
    window = kernel.shape[:rank]
    strides, dilation = call.sizes("strides", rank, 1), call.sizes("dilation_rate", rank, 1)
    x = padded(x, padding_of(call, x.shape[1:-1], window, strides, dilation))
    y = convolve(x, kernel, strides, dilation)
    bias = call.maybe("bias")
    y = y if bias is None else y + bias
    return activation(call)(restored(call, y.reshape(*lead, *y.shape[1:]), rank))
