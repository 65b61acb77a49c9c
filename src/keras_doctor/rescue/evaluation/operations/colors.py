"""Colors of images."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.operations.arguments import Arguments, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.evaluation.values import Array


@operates("rgbtograyscale")
def gray(op: Arguments) -> Array:
    """How bright each place is, by the weights of the three colors."""
    x = op.array()
    weights = np.array([0.2989, 0.587, 0.114], x.dtype)
    if op.text("data_format") == "channels_first":
        return (x * weights[:, None, None]).sum(axis=-3, keepdims=True)
    return (x * weights).sum(axis=-1, keepdims=True)


@operates("rgbtohsv")
def hue(op: Arguments) -> Array:
    """Hue, saturation and value of each place, all from 0 to 1."""
    x = op.array()
    axis = -3 if op.text("data_format") == "channels_first" else -1
    red, green, blue = np.moveaxis(x, axis, 0)
    value = np.maximum(np.maximum(red, green), blue)
    spread = value - np.minimum(np.minimum(red, green), blue)
    saturation = np.where(value > 0, spread / value, 0)
    turned = np.where(
        value == red,
        (green - blue) / spread,
        np.where(value == green, (blue - red) / spread + 2, (red - green) / spread + 4),
    )
    turned = np.where(spread > 0, turned / 6, 0)
    return np.stack([np.where(turned < 0, turned + 1, turned), saturation, value], axis=axis).astype(x.dtype)


@operates("hsvtorgb")
def from_hue(op: Arguments) -> Array:
    """Red, green and blue of each place."""
    x = op.array()
    axis = -3 if op.text("data_format") == "channels_first" else -1
    turned, saturation, value = np.moveaxis(x, axis, 0)
    share = np.stack(
        [np.abs(turned * 6 - 3) - 1, 2 - np.abs(turned * 6 - 2), 2 - np.abs(turned * 6 - 4)],
    ).clip(0, 1)
    return np.moveaxis(((1 - saturation) + saturation * share) * value, 0, axis).astype(x.dtype)
