"""What convolutions and poolings have in common: the image with its channels last, and the padding of the config."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.values import CannotEvaluateError
from keras_doctor.rescue.evaluation.windows import same_padding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

    Sizes = tuple[int, ...]


def channels_last(call: Call, x: Array, rank: int) -> Array:
    """Return an image, or a batch of them, with its channels at the end."""
    return np.moveaxis(x, -rank - 1, -1) if call.channels_first else x


def restored(call: Call, x: Array, rank: int) -> Array:
    """Return an image with its channels where the layer has them."""
    return np.moveaxis(x, -1, -rank - 1) if call.channels_first else x


def batched(x: Array, rank: int) -> tuple[Array, Sizes]:
    """Return an image with one dimension before its sides, and what stood there before."""
    lead = x.shape[: x.ndim - rank - 1]
    return x.reshape(-1, *x.shape[x.ndim - rank - 1 :]), lead


def padding_of(
    call: Call, sides: Sizes, window: Sizes, strides: Sizes, dilation: Sizes, pooled: bool = False
) -> list[tuple[int, int]]:
    """Return what a layer's padding adds to each side, before and after. `pooled`: for a pooling."""
    mode = call.text("padding", "valid")
    if mode == "same":
        return same_padding_of(call, sides, window, strides, dilation, pooled)
    if mode == "valid":
        return [(0, 0)] * len(sides)
    reach = [(size - 1) * step for size, step in zip(window, dilation, strict=True)]
    if mode == "causal":
        return [(places, 0) for places in reach]
    if mode == "full":
        return [(places, places) for places in reach]
    raise CannotEvaluateError(f"its padding {mode[:40]!r} is none that Keras knows")


def same_padding_of(
    call: Call, sides: Sizes, window: Sizes, strides: Sizes, dilation: Sizes, pooled: bool = False
) -> list[tuple[int, int]]:
    """Return what the padding "same" adds to each side, before and after."""
    each = zip(sides, window, strides, dilation, strict=True)
    if call.semantics["same_padding"] == "halves":
        return [_from_the_middle(*one, pooled) for one in each]
    return [same_padding(*one) for one in each]


def _from_the_middle(size: int, window: int, stride: int, dilation: int, pooled: bool) -> tuple[int, int]:
    """Return what Theano's "half" adds: as much before as the window reaches from its middle, whatever the stride."""
    reach = (window - 1) * dilation + 1
    before = reach // 2
    if pooled:
        before = window - 2 if window > 2 and window % 2 else window - 1
    return before, max((-(-size // stride) - 1) * stride + reach - size - before, 0)
