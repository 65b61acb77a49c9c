"""A layer that has its channels first, and that the target cannot compute on a CPU so, computes with them last between
two turns.

The layer becomes a Sequential of a Permute, the layer with `data_format` channels_last (BatchNormalization: with its
axis last) and a Permute back: the same sums, on every device. Kernels are stored in one way for both. What normalizes
along an axis inside the layer, such as a softmax, would take another one, and is left alone.
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.nesting import count_calls
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

FIX = Fix("channels-turned", ("call:unsupported", "call:square"))
_ALONG_AN_AXIS = ("softmax", "log_softmax", "sparsemax", "glu")


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the three layers in the place of one."""
    told: Uncallable = step.subject
    path = step.where.path.removesuffix(f".config.{told.keyword}")
    entry = draft.at(path)
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict) or not path.endswith("]"):
        return
    normalizes = entry["class_name"] == "BatchNormalization"
    activation = config.get("activation", "linear")
    if normalizes:
        if told.keyword != "axis":
            return
    elif config.get("data_format") != "channels_first" or (
        activation is not None and (not isinstance(activation, str) or activation in _ALONG_AN_AXIS)
    ):
        return
    shape = next((one for one in infer(draft.config, target.era) if one.path == path), None)
    if shape is None or len(shape.input_shapes) != 1 or shape.input_shapes[0] is None:
        return
    given, made = shape.input_shapes[0], shape.output_shape
    if made is None or len(made) != len(given):
        return
    rank, name = len(given), str(config.get("name") or entry.get("name") or "layer")
    common = {"trainable": True, "dtype": config.get("dtype", "float32")}
    inner = {"class_name": entry["class_name"], "config": config}
    config.update({"axis": rank - 1} if normalizes else {"data_format": "channels_last"})
    draft.move(entry, inner)
    first = {**common, "name": f"{name}_to_last", "dims": [*range(2, rank), 1]}
    last = {**common, "name": f"{name}_to_first", "dims": [rank - 1, *range(1, rank - 1)]}
    shape_keyword = "batch_shape" if target.api.line == "keras-3" else "batch_input_shape"
    if config.pop("batch_input_shape", None) is not None and target.api.line != "keras-3":
        first["batch_input_shape"] = list(given)  # where a Sequential looks for it that begins with this one
    layers = [
        {"class_name": "InputLayer", "config": {"name": f"{name}_first", shape_keyword: list(given)}},
        {"class_name": "Permute", "config": first},
        inner,
        {"class_name": "Permute", "config": last},
    ]
    config["name"] = f"{name}_turned"
    entry.update(class_name="Sequential", config={"name": name, "layers": layers})
    count_calls(draft.config, entry, target.api)
    for one in (*layers, entry):
        name_module(one, "layers", target.api)
    yield Change(
        FIX.slug, f"turn the channels of {name} to the end, and back: {told.why or 'as its bias wants'}", step.where
    )
