"""Poolings: over windows, over everything, and to a given size."""

from __future__ import annotations

from keras_doctor.layers.families.convolution import divided, joined, rank_of
from keras_doctor.layers.stock import stock
from keras_doctor.layers.windows import slid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock(
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
)  # fmt: skip
def pooling(call: Call) -> Any:
    """Takes one value out of each window."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.ranked(rank + 2))
    window = call.sizes("pool_size", rank, 2)
    strides = call.sizes("strides", rank, window)
    padding = call.text("padding", "valid")
    return joined(
        call, lead, tuple(slid(n, w, s, padding) for n, w, s in zip(sides, window, strides, strict=False)), channels
    )


@stock(
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
)  # fmt: skip
def global_pooling(call: Call) -> Any:
    """Takes one value out of each channel."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.ranked(rank + 2))
    if call.flag("keepdims"):
        return joined(call, lead, (1,) * len(sides), channels)
    return (*lead, channels)


@stock(
    "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D",
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
)  # fmt: skip
def adaptive_pooling(call: Call) -> Any:
    """Pools to a given size."""
    rank = rank_of(call)
    lead, _, channels = divided(call, rank, call.ranked(rank + 2))
    return joined(call, lead, call.sizes("output_size", rank), channels)
