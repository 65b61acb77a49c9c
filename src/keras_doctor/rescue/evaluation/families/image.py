"""Preprocessing of images as it is when a model is used: what is random stays away."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.images import batched, channels_last, restored
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.resizing import resized

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


@computes(
    "AugMix", "CutMix", "Equalization", "MixUp", "RandAugment", "RandomBrightness",
    "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomElasticTransform", "RandomErasing",
    "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHeight", "RandomHue", "RandomInvert",
    "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear",
    "RandomTranslation", "RandomWidth", "RandomZoom", "Solarization",
)  # fmt: skip
def unchanged(call: Call) -> Any:
    """What acts in training alone."""
    return call.x


@computes("Rescaling")
def rescaling(call: Call) -> Any:
    """A factor and an offset, one for all or one for each channel."""
    scale, offset = (_numbers(call.value(key, default)) for key, default in (("scale", 1.0), ("offset", 0.0)))
    x = call.x if call.x.dtype.kind == "f" else call.x.astype(np.float32)
    if call.is_keras3 and scale.ndim and call.channels_first:
        scale = scale.reshape(scale.shape + (1,) * (x.ndim - 2))
    return x * scale.astype(x.dtype) + offset.astype(x.dtype)


def _numbers(stated: Any) -> Array:
    if isinstance(stated, dict):
        config = stated.get("config")
        stated = stated.get("items", config.get("value") if isinstance(config, dict) else config)
    return np.asarray(stated, np.float64)


def _on_image(call: Call, change: Callable[[Array], Array]) -> Array:
    """Return an image, or a batch of them, changed as (batch, rows, columns, channels)."""
    x, lead = batched(channels_last(call, call.x, 2), 2)
    y = restored(call, change(x), 2)
    return y.reshape(*lead, *y.shape[1:])


def _float(x: Array) -> Array:
    return x if x.dtype.kind == "f" else x.astype(np.float32)


def _cut(x: Array, height: int, width: int) -> Array:
    """Return the largest middle part of an image that has the proportions of a target."""
    rows, columns = x.shape[1:3]
    tall = max(min(rows, int(np.float32(columns * height) / np.float32(width))), 1)
    wide = max(min(columns, int(np.float32(rows * width) / np.float32(height))), 1)
    top, left = (rows - tall) // 2, (columns - wide) // 2
    return x[:, top : top + tall, left : left + wide]


def _padded(x: Array, height: int, width: int, fill: float) -> Array:
    """Return an image with edges that give it the proportions of a target."""
    rows, columns = x.shape[1:3]
    tall = max(rows, int(np.float32(columns * height) / np.float32(width)))
    wide = max(columns, int(np.float32(rows * width) / np.float32(height)))
    top, left = (tall - rows) // 2, (wide - columns) // 2
    return np.pad(x, [(0, 0), (top, top), (left, left), (0, 0)], constant_values=fill)


@computes("Resizing")
def resizing(call: Call) -> Any:
    """Another size, with or without keeping the proportions."""
    height, width = call.size("height"), call.size("width")
    method = call.text("interpolation", "bilinear")

    def change(x: Array) -> Array:
        if call.flag("crop_to_aspect_ratio"):
            x = _cut(x, height, width)
        elif call.flag("pad_to_aspect_ratio"):
            x = _padded(x, height, width, call.value("fill_value", 0.0))
        tabled = call.semantics.backend not in ("jax", "torch")
        return resized(_float(x), (height, width), method, antialias=call.flag("antialias"), tabled=tabled)

    if method not in ("bilinear", "nearest") and call.semantics.backend in ("jax", "torch"):
        call.approximate(f"{call.semantics.backend} computes the interpolation {method!r} in its own way")
    return _on_image(call, change)


@computes("CenterCrop")
def center_crop(call: Call) -> Any:
    """The middle of the image; a smaller image grows to the size."""
    height, width = call.size("height"), call.size("width")

    def change(x: Array) -> Array:
        rows, columns = x.shape[1:3]
        if rows >= height and columns >= width:
            top, left = (rows - height) // 2, (columns - width) // 2
            return x[:, top : top + height, left : left + width]
        return resized(_float(_cut(x, height, width)), (height, width), "bilinear")

    return _on_image(call, change)


def _resized_first(x: Array, height: int, width: int) -> Array:
    """Return the middle of an image that was brought to the size of its shorter side."""
    rows, columns = x.shape[1:3]
    tall, wide = height, int(height * columns / rows)
    if rows / columns > height / width:
        tall, wide = int(width * rows / columns), width
    x = resized(_float(x), (tall, wide), "bilinear")
    top, left = (tall - height) // 2, (wide - width) // 2
    return x[:, top : top + height, left : left + width]


def _placed(x: Array, height: int, width: int) -> Array:
    """Return what is there of a part of the wanted size that begins where `_cut` would, brought to that size."""
    rows, columns = x.shape[1:3]
    tall = max(min(rows, int(columns * height / width)), 1)
    wide = max(min(columns, int(rows * width / height)), 1)
    top, left = (rows - tall) // 2, (columns - wide) // 2
    part = x[:, top : top + height, left : left + width]
    return part if part.shape[1:3] == (height, width) else resized(_float(part), (height, width), "bilinear")


@computes("RandomCrop")
def random_crop(call: Call) -> Any:
    """The largest middle part that has the proportions of the target, brought to its size."""
    if call.semantics["random_crop"] == "untouched":
        return call.x
    height, width = call.size("height"), call.size("width")
    if call.semantics["random_crop"] == "resized":
        return _on_image(call, lambda x: _resized_first(x, height, width))
    if call.semantics["random_crop"] == "placed":
        return _on_image(call, lambda x: _placed(x, height, width))
    return _on_image(call, lambda x: resized(_float(_cut(x, height, width)), (height, width), "bilinear"))


@computes("AutoContrast")
def auto_contrast(call: Call) -> Any:
    """Each channel of each image stretched over the whole range, in use too."""
    stated: Any = call.value("value_range", [0, 255])
    stated = stated.get("items") if isinstance(stated, dict) else stated
    low, high = float(stated[0]), float(stated[1])
    x = _float(call.x)
    axes = (-3, -2)  # whatever the layout is
    least, most = x.min(axis=axes, keepdims=True), x.max(axis=axes, keepdims=True)
    spread = np.where(most > least, most - least, np.ones((), x.dtype))
    return np.where(most > least, (x - least) / spread * np.float32(high - low) + np.float32(low), x)
