"""A layer that has its channels first, and that the target cannot compute on a CPU so, computes with them last between
two turns.

The layer becomes a Sequential of a Permute, the layer with `data_format` channels_last (BatchNormalization: with its
axis last) and a Permute back: the same sums, on every device. Kernels are stored in one way for both. An activation
that goes along an axis, such as a softmax, stands behind them, where that axis is what it was.
"""

from __future__ import annotations

from keras_doctor.fixes.bias_axis import adds_along_last, lasts
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import Owned
from keras_doctor.fixes.sequences import become_sequence
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

FIX = Fix("channels-turned", ("call:unsupported", "call:square"))
_ALONG_AN_AXIS = ("softmax", "log_softmax", "sparsemax", "glu")


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the layers in the place of one."""
    told: Uncallable = step.subject
    if "call:square" in step.tags and (not lasts(target) or adds_along_last(draft.source.provenance) is not False):
        return  # the bias is added there as it was, or nobody knows otherwise
    path = step.where.path.removesuffix(f".config.{told.keyword}")
    entry = draft.at(path)
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict) or entry["class_name"].startswith("LocallyConnected"):
        return
    normalizes = entry["class_name"] == "BatchNormalization"
    wanted = told.keyword == "axis" if normalizes else config.get("data_format") == "channels_first"
    shape = next((one for one in infer(draft.config, target.era) if one.path == path), None)
    if not wanted or shape is None or len(shape.input_shapes) != 1 or shape.input_shapes[0] is None:
        return
    given, made = shape.input_shapes[0], shape.output_shape
    if made is None or len(made) != len(given):
        return
    try:
        owned = Owned(draft, entry)
    except LookupError:
        return
    rank, name = len(given), str(config.get("name") or entry.get("name") or "layer")
    inner = {key: value for key, value in config.items() if key != "batch_input_shape"}
    inner |= {"name": f"{name}_turned", **({"axis": rank - 1} if normalizes else {"data_format": "channels_last"})}
    activation = config.get("activation")
    behind = activation is not None and (not isinstance(activation, str) or activation in _ALONG_AN_AXIS)
    if behind:
        inner["activation"] = "linear"
    layers: list[tuple[str, dict[str, Any], dict[str, TensorRef]]] = [
        ("Permute", {"trainable": True, "name": f"{name}_to_last", "dims": [*range(2, rank), 1]}, {}),
        (entry["class_name"], inner, {key: tensor for (_, key), tensor in owned.tensors.items()}),
        ("Permute", {"trainable": True, "name": f"{name}_to_first", "dims": [rank - 1, *range(1, rank - 1)]}, {}),
    ]
    if behind:
        layers.append(("Activation", {"name": f"{name}_activation", "activation": activation}, {}))
    become_sequence(draft, owned, layers, given, target)
    yield Change(
        FIX.slug, f"turn the channels of {name} to the end, and back: {told.why or 'as its bias wants'}", step.where
    )
