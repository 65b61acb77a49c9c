"""A bilinear UpSampling2D of standalone Keras, which counts pixels from their corners, where the target counts from
their centers.

That is what comes of the nearest pixels by averaging as many as stand for one, each with those behind it, the last with
itself: an UpSampling2D and an AveragePooling2D. Twice as large, `same` does it, which leaves its padding out of the
average; else the pixels are padded with those before them. Where the target has no operation for that, the layer stays
as it is, and it is said. Called from `dialects.recast`, for the small graph is written in the target's dialect with the
rest. Sources: `resize_images` of keras/backend/tensorflow_backend.py (2.2.4), of tensorflow/python/keras/backend.py
(1.15).
"""

from __future__ import annotations

from keras_doctor.fixes import resampled
from keras_doctor.fixes.entries import Entries, become, layers_wanted
from keras_doctor.fixes.fix import APPROXIMATE, LOSSY, Change
from keras_doctor.fixes.operations import can_write
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.semantics import semantics_of
from keras_doctor.rules.writers import changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.graph import LayerShape

SLUG = "upsampling-moved"
_COMMON = ("data_format", "dtype", "trainable")


def move(draft: Draft, target: Target) -> Iterator[Change]:
    """Put graphs in the place of such layers, where their sizes allow it."""
    provenance = draft.source.provenance
    if changed("shifts-resized-axes", provenance, target.api.library, target.api.version):
        for layer, _ in layers_wanted(draft, _first):
            note = "one of the two releases takes the sizes from the axes behind them, and puts out other images"
            message = f"leave {layer['config'].get('name') or layer.get('name')} to resize images with channels first"
            yield Change(SLUG, message, kind=LOSSY, note=note)
    if draft.era_read == "keras-3" and target.era != "keras-3":
        for layer, _ in layers_wanted(
            draft, lambda one: _interpolated(one, "Resizing") and resampled.cut_off(one, draft)
        ):
            message = f"let {layer['config'].get('name') or layer.get('name')} put out floats"
            note = "Keras 3 does so in predict, and cuts whole numbers off where the model is called by itself"
            yield Change(resampled.FIX.slug, message, kind=APPROXIMATE, note=note)
    before, after = semantics_of(provenance, provenance.era).get("resize"), target.semantics.get("resize")
    if before == after:
        return
    for layer, shape in layers_wanted(draft, _bilinear):
        name = str(layer["config"].get("name") or layer.get("name"))
        if before == "cornered" and _moved(layer, name, shape, target):
            yield Change(SLUG, f"let {name} average the nearest pixels, which it counted from their corners")
        else:
            note = "what it puts out is shifted by a part of a pixel, most at the borders"
            yield Change(
                SLUG, f"leave {name} bilinear, which counts pixels otherwise there", kind=APPROXIMATE, note=note
            )


def _bilinear(layer: dict[str, Any]) -> bool:
    return layer.get("class_name") == "UpSampling2D" and layer["config"].get("interpolation") == "bilinear"


def _first(layer: dict[str, Any]) -> bool:
    return _interpolated(layer, "UpSampling2D") and layer["config"].get("data_format") == "channels_first"


def _interpolated(layer: dict[str, Any], class_name: str) -> bool:
    return layer.get("class_name") == class_name and layer["config"].get("interpolation") not in (None, "nearest")


def _moved(layer: dict[str, Any], name: str, shape: LayerShape, target: Target) -> bool:
    config = layer["config"]
    size, given = config.get("size"), (*shape.input_shapes, None)[0]
    if not isinstance(size, list) or any(type(one) is not int or one < 1 for one in size) or given is None:
        return False
    start = Ref(f"{name}_in", 0, 0)
    graph = Entries({start: given}, name, target.api)
    common = {key: config[key] for key in _COMMON if key in config}
    pixels = graph.layer("UpSampling2D", start, **common, size=size, interpolation="nearest")
    padding = "same"
    if any(one > 2 for one in size):
        behind = [[0, one - 1] for one in size]
        first = config.get("data_format") == "channels_first"
        widths = [[0, 0], [0, 0], *behind] if first else [[0, 0], *behind, [0, 0]]
        pixels, padding = graph.op("numpy.Pad", pixels, pad_width=widths, mode="symmetric"), "valid"
    output = graph.layer("AveragePooling2D", pixels, **common, pool_size=size, strides=[1, 1], padding=padding)
    made = graph.needed([output])
    if not all(can_write(one, target.api) for one in made):
        return False
    become(layer, name, {start: given}, made, [output])
    return True
