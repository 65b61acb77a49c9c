"""Locally connected layers: convolutions that share nothing."""

from __future__ import annotations

from keras_doctor.layers.families.convolution import divided, joined, rank_of, slid_sides
from keras_doctor.layers.shapes import CannotInferError, Shape, product
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call

MOST_PLACES = 100_000  # along one side, for counting the connections of implementation 3


@stock("LocallyConnected1D", "LocallyConnected2D")
def locally_connected(call: Call) -> Any:
    """A convolution with a kernel of its own for every place."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.input)
    window = call.sizes("kernel_size", rank)
    filters = call.size("filters")
    places = slid_sides(call, sides, window)
    call.own("kernel", _kernel(call, sides, places, window, channels, filters))
    if call.flag("use_bias", True):
        call.own("bias", (*places, filters))
    return joined(call, lead, places, filters)


def _kernel(
    call: Call, sides: Shape, places: Shape, window: tuple[int, ...], channels: int | None, filters: int
) -> Shape:
    """Return the kernel's shape, which `implementation` decides (Keras 2.3 and tf.keras 1.14 on)."""
    implementation = call.size("implementation", 1)
    if implementation == 1:
        return (product(places), product((*window, channels)), filters)
    if implementation == 2:
        if call.channels_first:
            return (channels, *sides, filters, *places)
        return (*sides, channels, *places, filters)
    return (product((_connections(call, sides, places, window), channels, filters)),)


def _connections(call: Call, sides: Shape, places: Shape, window: tuple[int, ...]) -> int:
    """Return how many pairs of an input place and an output place are connected (`conv_utils.conv_kernel_idxs`)."""
    strides = call.sizes("strides", len(sides), 1)
    same = call.text("padding", "valid") == "same"
    total = 1
    for side, place, reach, stride in zip(sides, places, window, strides, strict=False):
        if side is None or place is None or place > MOST_PLACES:
            raise CannotInferError("the size of its kernel depends on a dimension that is not known")
        if same:
            starts = [number * stride - reach // 2 for number in range(place)]
        else:
            starts = [number * stride for number in range(place)]
        total *= sum(max(min(start + reach, side) - max(start, 0), 0) for start in starts)
    return total
