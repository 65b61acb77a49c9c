"""A layer becomes a Sequential of layers that together compute what it did, wherever it stands: in a model, called once
or several times, or in a wrapper.
"""

from __future__ import annotations

from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.nesting import count_calls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.fixes.parts import Owned
    from keras_doctor.layers.shapes import Shape


def become_sequence(
    draft: Draft,
    owned: Owned,
    layers: list[tuple[str, dict[str, Any], dict[str, TensorRef]]],
    given: Shape,
    target: Target,
) -> None:
    """Put layers (class, config, tensors by name) in the place of the one that `owned` is about. `given`: the shape
    that it is called on. The config of each wants a name; dtype and `trainable` are the layer's own where not said.
    """
    entry = owned.entry
    config = entry["config"]
    name = str(config.get("name") or entry.get("name") or "layer")
    common = {key: config[key] for key in ("trainable", "dtype") if key in config}
    modern = target.api.line == "keras-3"
    declared = {"name": f"{name}_first", "batch_shape" if modern else "batch_input_shape": list(given)}
    entries: list[dict[str, Any]] = [{"class_name": "InputLayer", "config": declared}]
    entries += [{"class_name": kind, "config": {**common, **held}} for kind, held, _ in layers]
    if not modern and "batch_input_shape" in config:
        entries[1]["config"]["batch_input_shape"] = list(given)  # where a Sequential looks that begins with this one
    owned.hand_on(entries, {number: tensors for number, (_, _, tensors) in enumerate(layers, 1) if tensors})
    entry.update(class_name="Sequential", config={"name": name, "layers": entries})
    count_calls(draft.config, entry, target.api)
    for one in (*entries, entry):
        name_module(one, "layers", target.api)
