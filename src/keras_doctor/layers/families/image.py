"""Preprocessing of images. None of it owns variables."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError, Shape
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock(
    "AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization", "MixUp",
    "RandAugment", "RandomBrightness",
    "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomElasticTransform", "RandomErasing",
    "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation",
    "RandomSaturation",
    "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "Rescaling", "Solarization",
)  # fmt: skip
def kept(call: Call) -> Any:
    """Puts out an image of the size that comes in."""
    return call.input


def sized(call: Call, height: int | None, width: int | None) -> Shape:
    """Return the shape of the image with another height and width."""
    shape = call.ranked(3, 4)
    if call.channels_first:
        return (*shape[:-2], height, width)
    return (*shape[:-3], height, width, shape[-1])


@stock("CenterCrop", "RandomCrop", "Resizing")
def cut(call: Call) -> Any:
    """Makes every image the same size."""
    return sized(call, call.size("height"), call.size("width"))


@stock("RandomHeight")
def random_height(call: Call) -> Any:
    """Leaves the height open."""
    return sized(call, None, call.ranked(3, 4)[-1 if call.channels_first else -2])


@stock("RandomWidth")
def random_width(call: Call) -> Any:
    """Leaves the width open."""
    return sized(call, call.ranked(3, 4)[-2 if call.channels_first else -3], None)


@stock("MaxNumBoundingBoxes")
def max_boxes(call: Call) -> Any:
    """Brings boxes to one number; given the boxes alone, Keras states the shape that came in."""
    shape = call.input
    if len(shape) < 2:
        raise CannotInferError("it takes boxes and gets less than 2 dimensions")
    return shape
