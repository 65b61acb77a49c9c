"""An interpolation that the target does not have, or computes in its own way, becomes a multiplication.

Keras 3 knows neither `gaussian` nor `mitchellcubic`, JAX no `area`, PyTorch no `lanczos3` and `lanczos5`; both have a
cubic of their own, and cut whole numbers off where they resize them. An UpSampling2D or Resizing whose sizes are known
takes each new place from the old ones by fixed weights, for rows and columns apart: two EinsumDense that are not
trained. Enlarged by whole numbers, `area` is `nearest`.
Sources: `resize` of keras/src/backend/*/image.py (3.15), `resize_images_v2` of tensorflow/python/ops/image_ops_impl.py.
"""

from __future__ import annotations

from array import array
from sys import byteorder

from keras_doctor.document.expressions import constant
from keras_doctor.fixes.fix import APPROXIMATE, EXACT, Change, Fix
from keras_doctor.fixes.parts import Owned
from keras_doctor.fixes.resampling import weights
from keras_doctor.fixes.sequences import become_sequence
from keras_doctor.layers.dtypes import compute_dtype
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.tracing import Step

    Layers = list[tuple[str, dict[str, Any], dict[str, TensorRef]]]

FIX = Fix("resampled", ("draft", "value:refused"))
_CLASSES = {"UpSampling2D": "nearest", "Resizing": "bilinear"}
_DTYPES = ("float32", "")
MOST = 1 << 20  # weights of a side


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put multiplications in the place of the layers whose interpolation the target lacks."""
    if all(node.class_name not in _CLASSES for node in draft.source.layers):
        return
    refused = step.subject.reference.path if "value:refused" in step.tags else ""
    if refused and "interpolation" not in [keyword for keyword, _, _ in step.subject.values]:
        return
    for shape in infer(draft.config, draft.era):
        entry = draft.at(shape.path)
        config = entry.get("config") if isinstance(entry, dict) else None
        given = shape.input_shapes[0] if shape.input_shapes else None
        if not isinstance(config, dict) or entry.get("class_name") not in _CLASSES or given is None or len(given) != 4:
            continue
        if shape.path != refused if refused else not _differs(entry, draft, target):
            continue
        name = str(config.get("name"))
        try:
            layers = _layers(entry, name, given, draft)
            owned = Owned(draft, entry)
        except LookupError:
            continue
        if not layers or any(target.api.find(kind, "layers") is None for kind, _, _ in layers):
            continue
        become_sequence(draft, owned, layers, given, target)
        sure = draft.era_read != "keras-3" or draft.source.provenance.backend == "tensorflow"
        note = "" if sure else "it is written down as TensorFlow computes it"
        message = f"put what {name} resizes together from the layers {', '.join(kind for kind, _, _ in layers)}"
        yield Change(FIX.slug, message, step.where, EXACT if sure else APPROXIMATE, note)


def _method(entry: dict[str, Any]) -> str:
    return str(entry["config"].get("interpolation") or _CLASSES[entry["class_name"]]).lower()


def _differs(entry: dict[str, Any], draft: Draft, target: Target) -> bool:
    """Tell whether the target lacks the interpolation of a layer, or computes it otherwise than TensorFlow."""
    if target.era != "keras-3":
        return False
    method = _method(entry)
    if method not in target.semantics.get("interpolations").split():
        return True
    own = target.semantics.get("cubic") == "own" and draft.era_read != "keras-3"
    return own and (method == "bicubic" or (cut_off(entry, draft) and method != "nearest"))


def cut_off(entry: dict[str, Any], draft: Draft) -> bool:
    """Tell whether whole numbers may come into a Resizing."""
    return entry["class_name"] == "Resizing" and any(
        node.class_name == "InputLayer" and str(node.config.get("dtype")).startswith(("int", "uint"))
        for node in draft.source.layers
    )


def _layers(entry: dict[str, Any], name: str, given: Shape, draft: Draft) -> Layers:
    """Return the layers that do the same; none where sizes are open, or other options stand in the way."""
    config, method = entry["config"], _method(entry)
    first = config.get("data_format") == "channels_first"
    rows, columns = given[-2:] if first else given[1:3]
    size = config.get("size")
    if entry["class_name"] == "UpSampling2D" and method == "area":
        return [("UpSampling2D", {**_plain(config), "name": f"{name}_nearest", "interpolation": "nearest"}, {})]
    if method in ("bilinear", "nearest"):
        return [
            ("Rescaling", {"name": f"{name}_float", "scale": 1.0, "offset": 0.0}, {}),
            (entry["class_name"], {**_plain(config), "name": f"{name}_resized"}, {}),
        ]
    if entry["class_name"] == "UpSampling2D":
        times = size if isinstance(size, list) else [size, size]
        pairs = zip((rows, columns), times, strict=True)
        wanted = [old * one if type(old) is int and type(one) is int else None for old, one in pairs]
    else:
        wanted = [config.get("height"), config.get("width")]
    if (
        config.get("pad_to_aspect_ratio")
        or config.get("antialias")
        or compute_dtype(config.get("dtype")) not in _DTYPES
    ):
        return []
    if any(type(one) is not int or one < 1 for one in (rows, columns, *wanted)):
        return []
    return _multiplied(name, [given[1] if first else given[3], rows, columns], wanted, config, method)


def _multiplied(name: str, sizes: list[Any], wanted: list[Any], config: dict[str, Any], method: str) -> Layers:
    """Return a multiplication for rows and one for columns, behind what cuts the image in the wanted proportions.
    `sizes`: channels, rows and columns.
    """
    first = config.get("data_format") == "channels_first"
    channels, *sides = sizes
    layers: Layers = []
    if config.get("crop_to_aspect_ratio"):
        cut = [min(sides[0], sides[1] * wanted[0] // wanted[1]), min(sides[1], sides[0] * wanted[1] // wanted[0])]
        before = [(old - new) // 2 for old, new in zip(sides, cut, strict=True)]
        margins = [[lead, old - new - lead] for lead, old, new in zip(before, sides, cut, strict=True)]
        form = {"data_format": "channels_first"} if first else {}
        layers.append(("Cropping2D", {"name": f"{name}_cut", "cropping": margins, **form}, {}))
        sides = cut
    for number, what in enumerate(("rows", "columns")):
        old, new = sides[number], wanted[number]
        if old * new > MOST:
            return []
        sides[number] = new
        told = {"name": f"{name}_{what}", "trainable": False, "equation": _EQUATIONS[first][number]}
        told["output_shape"] = [channels, *sides] if first else [*sides, channels]
        layers.append(("EinsumDense", told, {"kernel": _kernel(old, new, method)}))
    return layers


# By whether channels come first: rows, columns.
_EQUATIONS = {
    False: ("bhwc,hr->brwc", "bhwc,wr->bhrc"),
    True: ("bchw,hr->bcrw", "bchw,wr->bchr"),
}


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != "batch_input_shape"}


def _kernel(old: int, new: int, method: str) -> TensorRef:
    """Return weights as a kernel of (old, new), float32. Raises KeyError for a method that is none."""
    found = weights(old, new, method)
    values = array("f", [found[row][place] for place in range(old) for row in range(new)])
    if byteorder == "big":
        values.byteswap()
    return constant("kernel", (old, new), "float32", values.tobytes())
