"""Locally connected layers: convolutions that share nothing."""

from __future__ import annotations

from math import prod

import numpy as np

from keras_doctor.layers.families.convolution import rank_of
from keras_doctor.rescue.evaluation.functions import activation
from keras_doctor.rescue.evaluation.images import channels_last, restored
from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.windows import slices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

    Sizes = tuple[int, ...]


@computes("LocallyConnected1D", "LocallyConnected2D")
def locally_connected(call: Call) -> Any:
    """A convolution with a kernel of its own for every place."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    window, filters = call.sizes("kernel_size", rank), call.size("filters")
    strides = call.sizes("strides", rank, 1)
    if call.size("implementation", 1) == 1:
        y = _by_places(call, x, window, strides, filters)
    else:
        y = _by_matrix(call, x, window, strides, filters)
    bias = call.maybe("bias")
    y = restored(call, y, rank)
    if bias is not None:  # with channels_first it is read as it lies, though it is kept with its filters last
        y = y + (bias.reshape(filters, *bias.shape[:-1]) if call.channels_first else bias)
    return activation(call)(y)


def _by_places(call: Call, x: Array, window: Sizes, strides: Sizes, filters: int) -> Array:
    """Implementation 1: for each place a kernel of (window and channels, filters); with channels_first its rows have
    the channels before the window.
    """
    ones = (1,) * len(window)
    pieces = np.stack([piece for _, piece in slices(x, window, strides, ones)], axis=-2)
    places = pieces.shape[1:-2]
    kernel = call.variable("kernel")
    if call.channels_first:
        kernel = kernel.reshape(len(kernel), x.shape[-1], -1, filters).swapaxes(1, 2)
    kernel = kernel.reshape(prod(places), -1, filters)
    rows = pieces.reshape(len(x), len(kernel), -1)
    return np.einsum("bpi,pif->bpf", rows, kernel).reshape(len(x), *places, filters)


def _by_matrix(call: Call, x: Array, window: Sizes, strides: Sizes, filters: int) -> Array:
    """Implementations 2 and 3: one matrix from all inputs to all outputs. The second keeps it whole, the third only
    what is connected, output by output (`conv_utils.conv_kernel_mask` and `conv_kernel_idxs`).
    """
    sides, channels = x.shape[1:-1], x.shape[-1]
    joints = [_joints(call, *each) for each in zip(sides, window, strides, strict=True)]
    places = tuple(joint.shape[1] for joint in joints)
    allow((prod(sides), channels, prod(places), filters))
    connected = np.ones((), bool)
    for joint in joints:
        connected = np.multiply.outer(connected, joint)
    rank = len(sides)
    connected = connected.transpose(*range(0, 2 * rank, 2), *range(1, 2 * rank, 2))
    if call.channels_first:
        full = (channels, *sides, filters, *places)
        mask = np.broadcast_to(connected.reshape(1, *sides, 1, *places), full)
    else:
        mask = np.broadcast_to(connected.reshape(*sides, 1, *places, 1), (*sides, channels, *places, filters))
    kernel = call.variable("kernel")
    if kernel.ndim == 1:
        by_outputs = np.zeros((prod(places) * filters, prod(sides) * channels), kernel.dtype)
        by_outputs[mask.reshape(by_outputs.shape[::-1]).T] = kernel
        matrix = by_outputs.T
    else:
        matrix = kernel * mask
    flat = restored(call, x, rank).reshape(len(x), -1)
    y = flat @ matrix.reshape(flat.shape[1], -1)
    if call.channels_first:
        return np.moveaxis(y.reshape(len(x), filters, *places), 1, -1)
    return y.reshape(len(x), *places, filters)


def _joints(call: Call, side: int, window: int, stride: int) -> Array:
    """Return which places of an input's side which places of the output see."""
    same = call.text("padding", "valid") == "same"
    count = -(-side // stride) if same else (side - window) // stride + 1
    starts = np.arange(count) * stride - (window // 2 if same else 0)
    distance = np.arange(side)[:, None] - starts[None, :]
    return (distance >= 0) & (distance < window)
