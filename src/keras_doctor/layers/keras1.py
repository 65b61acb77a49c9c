"""Keras 1's argument names, translated once where a config comes in, so that no rule knows them.

Source: the conversions that Keras 2.2.4 itself ships (`keras/legacy/interfaces.py`), and Keras 1.2.2's own
constructors.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Names with one meaning in every layer that has them.
_RENAMED = {
    "bias": "use_bias", "border_mode": "padding", "dim_ordering": "data_format",
    "nb_filter": "filters", "filter_length": "kernel_size", "subsample": "strides", "subsample_length": "strides",
    "atrous_rate": "dilation_rate",
    "pool_length": "pool_size", "stride": "strides", "length": "size",
}  # fmt: skip

_VALUES = {"data_format": {"th": "channels_first", "tf": "channels_last", "default": None}}

# Keras 1 gave each side of a kernel by itself.
_SIDES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))

# What the dicts of ZeroPadding1D and 2D call the sides, in the order of Keras 2's pairs.
_PADS = (("left_pad", "right_pad"), ("top_pad", "bottom_pad", "left_pad", "right_pad"))

# `output_dim` became `units`, except where it means the length of vectors.
_KEEP_OUTPUT_DIM = ("Embedding",)


def translate(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return a Keras 1 config with Keras 2's argument names; other entries stay as they are."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        new = _RENAMED.get(key, key)
        if key == "output_dim" and class_name not in _KEEP_OUTPUT_DIM:
            new = "units"
        values = _VALUES.get(new)
        found[new] = values.get(value, value) if values and isinstance(value, str) else value
    for sides in _SIDES:
        if all(side in config for side in sides):
            found["kernel_size"] = [config[side] for side in sides]
    padding = found.get("padding")
    if isinstance(padding, dict):
        found["padding"] = _pairs(
            [padding.get(side, 0) for side in _PADS["top_pad" in padding or "bottom_pad" in padding]]
        )
    elif class_name == "ZeroPadding2D" and isinstance(padding, list) and len(padding) == 4:
        found["padding"] = _pairs(padding)
    return found


def _pairs(numbers: list[Any]) -> list[Any]:
    """Return four numbers as two pairs; two as they are."""
    return [numbers[:2], numbers[2:]] if len(numbers) == 4 else numbers
