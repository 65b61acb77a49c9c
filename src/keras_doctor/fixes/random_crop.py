"""A RandomCrop that is done training makes images fit in ways that differ between releases; the same is written down.

Until TensorFlow 2.7 it brings the shorter side of an image to the size and cuts out the middle; then it cuts out the
middle first, in the proportions that are wanted; Keras 3.8 leaves the image as it is. Other layers do that at all
times. Where the target leaves images as they are, a Resizing behind the layer does what older releases did and nothing
to images that were cropped, so that the random crops stay.
Sources: `RandomCrop.call` of tensorflow/python/keras/layers/preprocessing/image_preprocessing.py (2.4),
keras/layers/preprocessing/image_preprocessing.py (2.10), `transform_images` of
keras/src/layers/preprocessing/image_preprocessing/random_crop.py (3.15).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import APPROXIMATE, EXACT, LOSSY, Change, Fix
from keras_doctor.fixes.parts import Owned
from keras_doctor.fixes.sequences import become_sequence
from keras_doctor.layers.graph import infer
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

    Layers = list[tuple[str, dict[str, Any], dict[str, TensorRef]]]
    Sides = tuple[int, int]

FIX = Fix("random-crop", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put layers in the place of each whose images would be made to fit otherwise."""
    provenance = draft.source.provenance
    before = semantics_of(provenance, provenance.era).get("random_crop")
    after = target.semantics.get("random_crop")
    if before == after or all(node.class_name != "RandomCrop" for node in draft.source.layers):
        return
    for shape in infer(draft.config, draft.era):
        entry = draft.at(shape.path)
        if not isinstance(entry, dict) or entry.get("class_name") != "RandomCrop":
            continue
        config = entry["config"]
        given = shape.input_shapes[0] if shape.input_shapes else None
        first = config.get("data_format") == "channels_first"
        sides = given and (given[-2:] if first else given[-3:-1])
        name, wanted = str(config.get("name")), (config.get("height"), config.get("width"))
        if given is None or not sides or any(type(one) is not int or one < 1 for one in wanted):
            continue
        if sides == wanted:
            continue
        layers, note = _layers(name, config, before, after, sides, wanted)
        if not layers:
            note = "images that it makes fit are cut and resized in another order there"
            yield Change(FIX.slug, f"leave {name} as it is", kind=APPROXIMATE, note=note)
            continue
        try:
            become_sequence(draft, Owned(draft, entry), layers, given, target)
        except LookupError:
            continue
        yield Change(FIX.slug, f"write down how {name} makes images fit", kind=LOSSY if note else EXACT, note=note)


def _layers(
    name: str, config: dict[str, Any], before: str, after: str, sides: tuple[Any, ...], wanted: Sides
) -> tuple[Layers, str]:
    """Return the layers, and what is lost; none where that depends on sizes that are open."""
    known = all(type(side) is int and side > 0 for side in sides)
    lost = "training goes on without random crops"
    size = {"height": wanted[0], "width": wanted[1]}
    if before == "untouched":
        return [("Activation", {"name": f"{name}_untouched", "activation": "linear"}, {})], lost
    if after == "untouched" and (before == "fitted" or not known):
        fitting = {"name": f"{name}_fitted", **size, "interpolation": "bilinear", "crop_to_aspect_ratio": True}
        if not known:
            more = "" if before == "fitted" else ", and images are cut before they are resized, not after"
            return [("Resizing", fitting, {})], lost + more
        return [("RandomCrop", {**config, "name": f"{name}_random"}, {}), ("Resizing", fitting, {})], ""
    if not known:
        return [], ""
    if before == "fitted":
        cut = _cut(sides[0], sides[1], *wanted)
        return [
            ("CenterCrop", {"name": f"{name}_cut", "height": cut[0], "width": cut[1]}, {}),
            ("Resizing", {"name": f"{name}_fitted", **size, "interpolation": "bilinear"}, {}),
        ], lost
    grown = _grown(sides[0], sides[1], *wanted)
    return [
        (
            "Resizing",
            {"name": f"{name}_fitted", "height": grown[0], "width": grown[1], "interpolation": "bilinear"},
            {},
        ),
        ("CenterCrop", {"name": f"{name}_cut", **size}, {}),
    ], lost


def _cut(rows: int, columns: int, height: int, width: int) -> Sides:
    """Return the size of the largest part of an image that has the proportions of a target."""
    return max(min(rows, columns * height // width), 1), max(min(columns, rows * width // height), 1)


def _grown(rows: int, columns: int, height: int, width: int) -> Sides:
    """Return the size that brings the shorter side of an image to that of a target."""
    if rows * width > height * columns:
        return width * rows // columns, width
    return height, height * columns // rows
