"""Convolutions of every kind but the locally connected ones."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.families.convolution import rank_of
from keras_doctor.layers.shapes import read_shape
from keras_doctor.layers.windows import spread
from keras_doctor.rescue.evaluation.functions import activation
from keras_doctor.rescue.evaluation.images import batched, channels_last, padding_of, restored
from keras_doctor.rescue.evaluation.kernels import convolution_kernel
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.windows import convolve, convolve_each, padded, spread_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

    Sizes = tuple[int, ...]


class _Frame:
    """The image of a call with one batch dimension and its channels last, and the way back."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.rank = rank_of(call)
        self.x, self.lead = batched(channels_last(call, call.x, self.rank), self.rank)
        self.strides = call.sizes("strides", self.rank, 1)
        self.dilation = call.sizes("dilation_rate", self.rank, 1)

    def padded(self, window: Sizes) -> Array:
        """Return the image with the places that its padding adds."""
        sides = self.x.shape[1:-1]
        return padded(self.x, padding_of(self.call, sides, window, self.strides, self.dilation))

    def finished(self, y: Array) -> Array:
        """Return what goes out of it: with the bias, activated, in the layout that came in."""
        bias = self.call.maybe("bias")
        y = y if bias is None else y + bias
        y = activation(self.call)(restored(self.call, y, self.rank))
        return y.reshape(*self.lead, *y.shape[1:])


@computes("Conv1D", "Conv2D", "Conv3D")
def convolution(call: Call) -> Any:
    """Kernels that slide over the image."""
    frame = _Frame(call)
    kernel = convolution_kernel(call, frame.rank)
    x = frame.padded(kernel.shape[: frame.rank])
    return frame.finished(convolve(x, kernel, frame.strides, frame.dilation))


@computes("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(call: Call) -> Any:
    """Kernels of its own for each channel."""
    frame = _Frame(call)
    kernel = convolution_kernel(call, frame.rank, call.era.depthwise_kernel)
    x = frame.padded(kernel.shape[: frame.rank])
    return frame.finished(convolve_each(x, kernel, frame.strides, frame.dilation))


@computes("SeparableConv1D", "SeparableConv2D")
def separable(call: Call) -> Any:
    """Kernels of its own for each channel, then a mixture of the channels."""
    frame = _Frame(call)
    kernel = convolution_kernel(call, frame.rank, "depthwise_kernel")
    mixture = convolution_kernel(call, frame.rank, "pointwise_kernel")
    x = frame.padded(kernel.shape[: frame.rank])
    y = convolve_each(x, kernel, frame.strides, frame.dilation)
    return frame.finished(np.matmul(y, mixture.reshape(mixture.shape[-2:])))


@computes("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed(call: Call) -> Any:
    """A convolution backwards: the image grows by the strides."""
    frame, rank = _Frame(call), rank_of(call)
    kernel = convolution_kernel(call, rank, transposed=True)
    window, sides = kernel.shape[:rank], frame.x.shape[1:-1]
    padding = call.text("padding", "valid")
    extra = (None,) * rank if call.value("output_padding", None) is None else call.sizes("output_padding", rank)
    grown = [
        spread(n, w, s, padding, e, d) or 0
        for n, w, s, e, d in zip(sides, window, frame.strides, extra, frame.dilation, strict=True)
    ]
    stated = read_shape(call.value("output_shape", None))  # Keras 1 was told the shape
    if stated is not None and len(stated) == rank + 2:
        grown = [size or 0 for size in (stated[2:] if call.channels_first else stated[1:-1])]
    starts = (
        [pair[0] for pair in padding_of(call, tuple(grown), window, frame.strides, frame.dilation)]
        if padding == "same"
        else [0] * rank
    )
    return frame.finished(spread_out(frame.x, kernel, frame.strides, frame.dilation, tuple(grown), tuple(starts)))
