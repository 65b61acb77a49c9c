"""RandomCrop does one of four things when it predicts, by release, and becomes the layers that do the same.

Keras 3.8 and later leaves images as they are. Before Keras 3.6, and in tf.keras since 2.8, the largest part of the
right shape is cut out and resized; tf.keras up to 2.7 resizes first and cuts the sides off; Keras 3.6 and 3.7 cut out a
part of the right size from where that largest part begins. Training no longer crops at random.
Sources: `RandomCrop.call` of tensorflow/python/keras/layers/preprocessing/image_preprocessing.py (2.4),
keras/src/layers/preprocessing/image_preprocessing.py (2.15) and
keras/src/layers/preprocessing/image_preprocessing/random_crop.py (3.15).
"""

from __future__ import annotations

import struct

from keras_doctor.fixes.fix import LOSSY, Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.nesting import count_calls
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.graph import infer
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.tracing import Step

FIX = Fix("random-crop", ("draft",))
_COMMON = ("name", "trainable", "dtype", "batch_input_shape", "batch_shape", "data_format")


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put other layers in the place of each RandomCrop."""
    before = semantics_of(draft.source.provenance, draft.source.provenance.era).get("random_crop")
    if before == target.semantics.get("random_crop"):
        return
    if all(entry.get("class_name") != "RandomCrop" for _, _, entry in layers_with_parts(draft.config)):
        return  # nothing is inferred for the models that have none
    for shape in infer(draft.config, target.era):
        entry = draft.at(shape.path)
        config = entry.get("config")
        if entry.get("class_name") != "RandomCrop" or not isinstance(config, dict):
            continue
        given = (*shape.input_shapes, None)[0]
        made = _layers(config, before, given, target)
        name = str(config.get("name", "random_crop"))
        if not made or (len(made) > 1 and not (shape.path.endswith("]") and given)):
            note = "it shows another part of its images when it predicts"
            yield Change(FIX.slug, f"leave {name} a RandomCrop", step.where, LOSSY, note)
            continue
        kept = {key: config[key] for key in _COMMON if key in config}
        if len(made) == 1:
            entry.update(class_name=made[0][0], config={**kept, **made[0][1]})
        elif given is not None:
            _nest(entry, name, kept, made, given, draft, target)
        name_module(entry, "layers", target.api)
        what = " and a ".join(class_name for class_name, _ in made)
        note = "images are no longer cropped at random in training"
        yield Change(FIX.slug, f"let {name} do what it did when it predicted: a {what}", step.where, LOSSY, note)


def _layers(config: dict[str, Any], before: str, given: Shape | None, target: Target) -> list[tuple[str, Any]]:
    """Return classes and keywords of the layers that do the same; [] where there are none."""
    height, width = config.get("height"), config.get("width")
    if before == "untouched":
        has = target.api.find("Identity", "layers") is not None
        return [("Identity", {}) if has else ("Activation", {"activation": "linear"})]
    resizing = target.api.find("Resizing", "layers")
    if resizing is None or not isinstance(height, int) or not isinstance(width, int):
        return []
    sizes = given[1:3] if given is not None and config.get("data_format") != "channels_first" else ()
    if len(sizes) == 2 and isinstance(sizes[0], int) and isinstance(sizes[1], int):
        return _WAYS[before](sizes[0], sizes[1], height, width)
    if before != "fitted" or not target.api.accepts(resizing).takes("crop_to_aspect_ratio"):
        return []
    return [("Resizing", {"height": height, "width": width, "interpolation": "bilinear", "crop_to_aspect_ratio": True})]


def _resized(rows: int, columns: int, height: int, width: int) -> list[tuple[str, Any]]:
    """Resize until the image covers what is wanted; then cut its sides off."""
    taller = rows / columns > height / width
    rows, columns = (int(width * rows / columns), width) if taller else (height, int(height * columns / rows))
    return [_resize(rows, columns), _cut(rows, columns, (rows - height) // 2, (columns - width) // 2, height, width)]


def _fitted(rows: int, columns: int, height: int, width: int) -> list[tuple[str, Any]]:
    """Cut out the largest part of the right shape; then resize that."""
    tall, wide = min(rows, _whole(columns * height, width)), min(columns, _whole(rows * width, height))
    return [_cut(rows, columns, (rows - tall) // 2, (columns - wide) // 2, tall, wide), _resize(height, width)]


def _placed(rows: int, columns: int, height: int, width: int) -> list[tuple[str, Any]]:
    """Cut out as much as is wanted, from where the largest part of the right shape begins; resize what is less."""
    tall = max(min(rows, int(float(columns * height) / width)), 1)
    wide = max(min(columns, int(float(rows * width) / height)), 1)
    top, left = (rows - tall) // 2, (columns - wide) // 2
    bottom, right = min(top + height, rows), min(left + width, columns)
    cut = _cut(rows, columns, top, left, bottom - top, right - left)
    return [cut] if (bottom - top, right - left) == (height, width) else [cut, _resize(height, width)]


_WAYS = {"resized": _resized, "fitted": _fitted, "placed": _placed}


def _resize(height: int, width: int) -> tuple[str, Any]:
    return "Resizing", {"height": height, "width": width, "interpolation": "bilinear"}


def _cut(rows: int, columns: int, top: int, left: int, tall: int, wide: int) -> tuple[str, Any]:
    margins = [[top, rows - tall - top], [left, columns - wide - left]]
    return "Cropping2D", {"cropping": margins}


def _whole(product: int, divisor: int) -> int:
    """Return a quotient cut off to a whole number, as float32 has it."""
    (quotient,) = struct.unpack("<f", struct.pack("<f", product / divisor))
    return int(quotient)


def _nest(
    entry: dict[str, Any],
    name: str,
    kept: dict[str, Any],
    made: list[tuple[str, Any]],
    given: Shape,
    draft: Draft,
    target: Target,
) -> None:
    """Make an entry a Sequential of several layers."""
    modern = target.api.line == "keras-3"
    common: dict[str, Any] = {key: kept[key] for key in ("trainable", "dtype") if key in kept}
    shape = {"batch_shape" if modern else "batch_input_shape": list(given)}
    inner: list[dict[str, Any]] = [{"class_name": "InputLayer", "config": {"name": f"{name}_in", **shape}}]
    for number, (class_name, told) in enumerate(made):
        first = {"batch_input_shape": list(given)} if not number and "batch_input_shape" in kept else {}
        inner.append({"class_name": class_name, "config": {**common, **first, "name": f"{name}_{number}", **told}})
    entry.update(class_name="Sequential", config={"name": name, "layers": inner})
    count_calls(draft.config, entry, target.api)
    for one in inner:
        name_module(one, "layers", target.api)
