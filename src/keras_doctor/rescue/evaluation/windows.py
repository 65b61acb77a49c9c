"""Windows that slide over images: padding, and the pieces of an image under each place of a kernel.

An image is (batch, *sides, channels) here.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from keras_doctor.rescue.evaluation.limits import PLACES, allow
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.rescue.evaluation.values import Array

    Sizes = tuple[int, ...]


def same_padding(size: int, window: int, stride: int, dilation: int) -> tuple[int, int]:
    """Return what TensorFlow's SAME adds before and after a side: the smaller half before."""
    reach = (window - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2


def padded(x: Array, pairs: list[tuple[int, int]], fill: float = 0.0) -> Array:
    """Return an image with places added around its sides."""
    if not any(before or after for before, after in pairs):
        return x
    allow((x.size, *(1 + (sum(pair) // max(side, 1)) for pair, side in zip(pairs, x.shape[1:-1], strict=True))))
    lead = [(0, 0)]
    return np.pad(x, [*lead, *pairs, *lead], constant_values=fill)


def slices(x: Array, window: Sizes, strides: Sizes, dilation: Sizes) -> Iterator[tuple[Sizes, Array]]:
    """Yield, for each place in the window, what of the (padded) image comes to lie under it: views (batch, *outputs,
    channels).
    """
    sides, whole = x.shape[1:-1], (slice(None),)
    allow(window, PLACES)
    if min((*strides, *dilation, *window), default=1) < 1:
        raise CannotEvaluateError("its window makes no sense")
    outputs = [
        (side - (size - 1) * step - 1) // stride + 1
        for side, size, stride, step in zip(sides, window, strides, dilation, strict=True)
    ]
    if min(outputs, default=1) < 1:
        raise CannotEvaluateError("its window is larger than the image")
    for place in product(*(range(size) for size in window)):
        cut = tuple(
            _steps_from(index * step, count, stride)
            for index, step, count, stride in zip(place, dilation, outputs, strides, strict=True)
        )
        yield place, x[whole + cut]


def _steps_from(start: int, count: int, stride: int) -> slice:
    """Return `count` steps from `start`. One has no stride: what multiplies matrices may not bear one beyond memory."""
    return slice(start, start + (count - 1) * stride + 1, stride if count > 1 else 1)


def convolve(x: Array, kernel: Array, strides: Sizes, dilation: Sizes) -> Array:
    """Return the correlation of a padded image with a kernel (*window, channels, filters). Fewer channels in the kernel
    than in the image are groups.
    """
    rank = kernel.ndim - 2
    groups = x.shape[-1] // kernel.shape[-2]
    if groups > 1:
        width = kernel.shape[-2]
        parts = np.split(kernel, groups, axis=-1)
        pieces = [
            convolve(x[..., n * width : (n + 1) * width], part, strides, dilation) for n, part in enumerate(parts)
        ]
        return np.concatenate(pieces, axis=-1)
    total: Array = None
    for place, piece in slices(x, kernel.shape[:rank], strides, dilation):
        product_here = piece @ kernel[place]
        total = product_here if total is None else total + product_here
    return total


def convolve_each(x: Array, kernel: Array, strides: Sizes, dilation: Sizes) -> Array:
    """Return the correlation of each channel of a padded image with kernels of its own (*window, channels, multiplier);
    the results of one channel stand together.
    """
    rank = kernel.ndim - 2
    total: Array = None
    for place, piece in slices(x, kernel.shape[:rank], strides, dilation):
        product_here = piece[..., None] * kernel[place]
        total = product_here if total is None else total + product_here
    return total.reshape(*total.shape[:-2], -1)


def spread_out(x: Array, kernel: Array, strides: Sizes, dilation: Sizes, sides: Sizes, starts: Sizes) -> Array:
    """Return the transposed correlation of an image with a kernel (*window, filters, channels): the image of `sides`
    that a correlation takes to one like it, once `starts` places are added before each side.
    """
    rank, whole = kernel.ndim - 2, (slice(None),)
    window = kernel.shape[:rank]
    full = [
        (count - 1) * stride + (size - 1) * step + 1
        for count, stride, size, step in zip(x.shape[1:-1], strides, window, dilation, strict=True)
    ]
    if min((*strides, *dilation, *window), default=1) < 1:
        raise CannotEvaluateError("its window makes no sense")
    room = [max(reach, start + side) for reach, start, side in zip(full, starts, sides, strict=True)]
    allow((len(x), *room, kernel.shape[rank]))
    total = np.zeros((len(x), *room, kernel.shape[rank]), x.dtype)
    for place in product(*(range(size) for size in window)):
        cut = tuple(
            _steps_from(index * step, count, stride)
            for index, step, count, stride in zip(place, dilation, x.shape[1:-1], strides, strict=True)
        )
        total[whole + cut] += x @ kernel[place].T
    kept = tuple(slice(start, start + side) for start, side in zip(starts, sides, strict=True))
    return total[whole + kept]
