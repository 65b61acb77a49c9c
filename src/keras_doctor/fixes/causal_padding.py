"""A SeparableConv1D that pads causally, which Keras 3 does not let it do, becomes one behind a padding.

As many zeros stand before the first step as the window, spread out, reaches back; then it slides without padding.
Source: `_compute_causal_padding` of keras/src/layers/convolutional/base_conv.py (2.15).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import Owned
from keras_doctor.fixes.sequences import become_sequence
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("causal-padding", ("value:refused",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put a padding and a convolution without one in the place of the layer."""
    made: Built = step.subject
    path = made.reference.path
    if made.definition.class_name != "SeparableConv1D" or ("padding", "causal") not in [v[:2] for v in made.values]:
        return
    entry = draft.at(path)
    config = entry["config"]
    size, rate = _number(config.get("kernel_size")), _number(config.get("dilation_rate", 1))
    shape = next((s for s in infer(draft.config, draft.era) if s.path == path), None)
    given = shape.input_shapes[0] if shape is not None and shape.input_shapes else None
    try:
        owned = Owned(draft, entry)
    except LookupError:
        return
    if size is None or rate is None or given is None:
        return
    name = str(config.get("name", "convolution"))
    padding: dict[str, Any] = {"name": f"{name}_padding", "padding": [rate * (size - 1), 0]}
    if config.get("data_format") == "channels_first":
        padding["data_format"] = "channels_first"
    inner = {**config, "name": f"{name}_valid", "padding": "valid"}
    tensors = {key: tensor for (_, key), tensor in owned.tensors.items()}
    become_sequence(draft, owned, [("ZeroPadding1D", padding, {}), ("SeparableConv1D", inner, tensors)], given, target)
    yield Change(FIX.slug, f"pad the steps of {name} before it slides over them", step.where)


def _number(value: Any) -> int | None:
    found = value[0] if isinstance(value, list) and len(value) == 1 else value
    return found if type(found) is int else None
