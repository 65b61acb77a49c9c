"""Locally connected layers: convolutions that share nothing."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.families.convolution import rank_of
from keras_doctor.rescue.evaluation.functions import activation
from keras_doctor.rescue.evaluation.images import channels_last, padding_of, restored
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import CannotEvaluateError
from keras_doctor.rescue.evaluation.windows import padded, slices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


@computes("LocallyConnected1D", "LocallyConnected2D")
def locally_connected(call: Call) -> Any:
    """A convolution with a kernel of its own for every place."""
    rank = rank_of(call)
    x = channels_last(call, call.x, rank)
    window, filters = call.sizes("kernel_size", rank), call.size("filters")
    strides, ones = call.sizes("strides", rank, 1), (1,) * rank
    x = padded(x, padding_of(call, x.shape[1:-1], window, strides, ones))
    pieces = np.stack([piece for _, piece in slices(x, window, strides, ones)], axis=-2)
    places = pieces.shape[1 : rank + 1]
    kernel = _kernel(call, places, window, x.shape[-1], filters)
    rows = pieces.reshape(len(x), kernel.shape[0], -1)  # a place's row: window, then channels
    y = np.einsum("bpi,pif->bpf", rows, kernel).reshape(len(x), *places, filters)
    y = restored(call, y, rank)
    bias = call.maybe("bias")
    if bias is not None:
        y = y + (restored(call, bias[None], rank) if bias.shape == (*places, filters) else bias)
    return activation(call)(y)


def _kernel(call: Call, places: tuple[int, ...], window: tuple[int, ...], channels: int, filters: int) -> Array:
    """Return a kernel as (places, window and channels, filters). Only the layout of implementation 1 is plain; with
    channels_first its rows have the channels before the window.
    """
    if call.size("implementation", 1) != 1:
        raise CannotEvaluateError("its kernel is kept in the layout of implementation 2 or 3")
    kernel = call.variable("kernel")
    if call.channels_first:
        kernel = kernel.reshape(len(kernel), channels, -1, filters).swapaxes(1, 2)
    return kernel.reshape(int(np.prod(places)), -1, filters)
