"""Where the channels stand in layers of Keras 1 that do not say so is written down.

Keras 1 left `dim_ordering` out of the configs of its paddings, croppings and enlargings: it took what the user's own
settings said, and a reader with other settings computed something else. The sizes of the stored arrays tell it, and the
inputs that nested models declare, or else what the model's other layers say; where neither does, what the release took
when nobody had set it.
Sources: `get_config` of keras/layers/convolutional.py (1.2.2); `_IMAGE_DIM_ORDERING` of keras/backend/common.py (1.0.8,
1.1.2).
"""

from __future__ import annotations

from keras_doctor.document.model import walk_layers
from keras_doctor.fixes.draft import GoneError, layers_of
from keras_doctor.fixes.entries import standing
from keras_doctor.fixes.fix import APPROXIMATE, EXACT, Change
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.graph import infer
from keras_doctor.layers.shapes import read_shape
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape

SLUG = "dim-ordering"
_SILENT = (
    "ZeroPadding2D", "ZeroPadding3D", "Cropping2D", "Cropping3D", "UpSampling2D", "UpSampling3D", "SpatialDropout2D",
    "SpatialDropout3D",
)  # fmt: skip
_IN_TRAINING = ("SpatialDropout2D", "SpatialDropout3D")


def state_dim_ordering(draft: Draft) -> Iterator[Change]:
    """Write down the dim_ordering of the layers that leave it open."""
    if draft.era != "keras-1":
        return
    silent = [
        entry
        for _, _, entry in layers_with_parts(draft.config)
        if entry.get("class_name") in _SILENT
        and isinstance(entry.get("config"), dict)
        and not {"dim_ordering", "data_format"} & set(entry["config"])
    ]
    if not silent:
        return
    nodes = tuple(walk_layers(draft.config))
    stated = {str(node.config["dim_ordering"]) for node in nodes if isinstance(node.config.get("dim_ordering"), str)}
    misfits = {ordering: _misfits(draft, silent, ordering) for ordering in ("tf", "th")}
    kind, note = EXACT, ""
    if misfits["tf"] != misfits["th"]:
        found, why = min(misfits, key=lambda one: misfits[one]), "as the stored arrays and the declared inputs want"
    elif len(stated) == 1:
        found, why = stated.pop(), "as the other layers say"
    elif _axis_1(draft):
        found, why = "th", "as the axis of its BatchNormalization says"
    else:
        found, why = _default(draft), "which the release took when nobody had set it: no other layer tells"
        if any(entry["class_name"] not in _IN_TRAINING for entry in silent):
            kind, note = APPROXIMATE, "a model that was made with the other dim_ordering computes something else"
    _state(silent, found)
    names = ", ".join(str(entry["config"].get("name", entry["class_name"])) for entry in silent[:4])
    more = f" and {len(silent) - 4} more" if len(silent) > 4 else ""
    yield Change(SLUG, f'write down dim_ordering="{found}" of {names}{more}, {why}', kind=kind, note=note)


def _state(silent: list[dict[str, Any]], ordering: str) -> None:
    for entry in silent:
        entry["config"]["dim_ordering"] = ordering


def _misfits(draft: Draft, silent: list[dict[str, Any]], ordering: str) -> int:
    """Return how many variables do not have the shape of the array that is stored for them, how many layers take
    nothing of the size that comes in, and how many models get something else than they declare.
    """
    _state(silent, ordering)
    found = 0
    for shape in infer(draft.config, draft.era):
        found += shape.impossible or _is_empty(shape.output_shape)
        try:
            entry = draft.at(shape.path)
        except GoneError:
            continue
        tensors = draft.tensors(entry) if shape.path.endswith("]") else {}
        found += _undeclared(entry, shape)
        for variable in shape.variables:
            stored = tensors.get((variable.part, variable.name))
            found += stored is not None and None not in variable.shape and stored.shape != variable.shape
    return found


def _undeclared(entry: Any, shape: LayerShape) -> bool:
    """Tell whether a Sequential, or one in a TimeDistributed, gets another shape than its first layer declares."""
    given = shape.input_shapes[0] if len(shape.input_shapes) == 1 else None
    while isinstance(entry, dict) and entry.get("class_name") == "TimeDistributed" and given is not None:
        given = (given[0], *given[2:])
        entry = entry.get("config", {}).get("layer")
    first = (*layers_of(entry), None)[0] if isinstance(entry, dict) else None
    config = first.get("config") if isinstance(first, dict) else None
    declared = read_shape(config.get("batch_input_shape")) if isinstance(config, dict) else None
    if given is None or declared is None:
        return False
    pairs = zip(given[1:], declared[1:], strict=False)
    return len(given) != len(declared) or any(None not in (one, other) and one != other for one, other in pairs)


def _is_empty(shape: Shape | tuple[Shape | None, ...] | None) -> bool:
    """Tell whether a cropping left less than nothing."""
    return shape is not None and any(isinstance(size, int) and size <= 0 for size in shape)


def _axis_1(draft: Draft) -> bool:
    """Tell whether a BatchNormalization normalizes images along the axis behind the batch."""
    for entry, shape in standing(draft, draft.era):
        given = shape.input_shapes[0] if len(shape.input_shapes) == 1 else None
        of_images = given is not None and len(given) > 3
        if of_images and entry.get("class_name") == "BatchNormalization" and entry["config"].get("axis") == 1:
            return True
    return False


def _default(draft: Draft) -> str:
    """Return what the release that wrote the file took when the user's settings said nothing."""
    stated = draft.source.provenance
    return "th" if has("channels-first-by-default", "keras", stated.keras_version or stated.latest) else "tf"
