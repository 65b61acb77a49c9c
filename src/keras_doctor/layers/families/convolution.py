"""Convolutions of every kind but the locally connected ones."""

from __future__ import annotations

from keras_doctor.layers.quantization import additions
from keras_doctor.layers.shapes import CannotInferError, MisfitError, Shape, product, read_shape
from keras_doctor.layers.stock import stock
from keras_doctor.layers.windows import slid, spread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


def rank_of(call: Call) -> int:
    """Return how many dimensions a class works on, which its name says: 2 of Conv2D."""
    return next(int(letter) for letter in call.class_name if letter in "123")


def divided(call: Call, rank: int, shape: Shape) -> tuple[Shape, Shape, int | None]:
    """Return what stands before the image (the batch; what TensorFlow traces may have several), the image's sides, and
    its channels.
    """
    if len(shape) < rank + 2 or (len(shape) > rank + 2 and not call.era.traced):
        raise MisfitError(f"it takes {rank + 2} dimensions and gets {len(shape)}")
    lead = len(shape) - rank - 1
    if call.channels_first:
        return shape[:lead], shape[lead + 1 :], shape[lead]
    return shape[:lead], shape[lead:-1], shape[-1]


def joined(call: Call, lead: Shape, sides: Shape, channels: int | None) -> Shape:
    """Put an image's shape together again."""
    return (*lead, channels, *sides) if call.channels_first else (*lead, *sides, channels)


def slid_sides(call: Call, sides: Shape, window: tuple[int, ...], key: str = "strides") -> Shape:
    """Return the sides after the layer's window has slid over them."""
    strides = call.sizes(key, len(sides), 1)
    dilation = call.sizes("dilation_rate", len(sides), 1)
    padding = call.text("padding", "valid")
    return tuple(slid(n, w, s, padding, d) for n, w, s, d in zip(sides, window, strides, dilation, strict=False))


def ordered(call: Call, window: tuple[int, ...], into: int | None, out: int | None) -> Shape:
    """Return a kernel's shape in the order of the era: outputs last, but first in Keras 1 with channels_first."""
    if call.era.outputs_lead and call.channels_first:
        return (out, into, *window)
    return (*window, into, out)


@stock("Conv1D", "Conv2D", "Conv3D")
def convolution(call: Call) -> Any:
    """Slides `filters` kernels over the image."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.input)
    window = call.sizes("kernel_size", rank)
    filters = call.size("filters")
    groups = call.size("groups", 1)
    if channels is not None:
        if groups < 1 or channels % groups:
            raise CannotInferError("its groups do not divide its channels")
        channels //= groups
    kernel = ordered(call, window, channels, filters)
    if (
        call.era.outputs_lead and rank == 1
    ):  # Keras 1 had no convolution over one dimension: it is one over rows of width 1
        kernel = (*window, 1, channels, filters)
    call.own("kernel", kernel)
    if call.flag("use_bias", True):
        call.own("bias", (filters,))
    additions(call, "kernel", kernel)
    return joined(call, lead, slid_sides(call, sides, window), filters)


@stock("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed(call: Call) -> Any:
    """A convolution backwards: the image grows by the strides."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.input)
    window = call.sizes("kernel_size", rank)
    filters = call.size("filters")
    call.own("kernel", _transposed_kernel(call, window, channels, filters))
    if call.flag("use_bias", True):
        call.own("bias", (filters,))
    stated = read_shape(call.value("output_shape", None))  # Keras 1 was told the shape
    if stated is not None and len(stated) == rank + 2:
        return (lead[0], *stated[1:])
    strides, dilation = call.sizes("strides", rank, 1), call.sizes("dilation_rate", rank, 1)
    extra = (None,) * rank if call.value("output_padding", None) is None else call.sizes("output_padding", rank)
    padding = call.text("padding", "valid")
    grown = tuple(
        spread(n, w, s, padding, e, d) for n, w, s, e, d in zip(sides, window, strides, extra, dilation, strict=False)
    )
    return joined(call, lead, grown, filters)


def _transposed_kernel(call: Call, window: tuple[int, ...], channels: int | None, filters: int) -> Shape:
    if call.era.outputs_lead:  # Keras 1's is the same array as that of its Convolution2D
        return ordered(call, window, channels, filters)
    return (*window, filters, channels)


@stock("SeparableConv1D", "SeparableConv2D")
def separable(call: Call) -> Any:
    """A convolution of each channel by itself, then one that mixes the channels."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.input)
    window = call.sizes("kernel_size", rank)
    filters, multiplier = call.size("filters"), call.size("depth_multiplier", 1)
    call.own("depthwise_kernel", ordered(call, window, channels, multiplier))
    call.own("pointwise_kernel", ordered(call, (1,) * rank, product((channels, multiplier)), filters))
    if call.flag("use_bias", True):
        call.own("bias", (filters,))
    return joined(call, lead, slid_sides(call, sides, window), filters)


@stock("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(call: Call) -> Any:
    """A convolution of each channel by itself."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.input)
    window = call.sizes("kernel_size", rank)
    multiplier = call.size("depth_multiplier", 1)
    filters = product((channels, multiplier))
    call.own(call.era.depthwise_kernel, (*window, channels, multiplier))
    if call.flag("use_bias", True):
        call.own("bias", (filters,))
    return joined(call, lead, slid_sides(call, sides, window), filters)
