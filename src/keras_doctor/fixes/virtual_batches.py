"""A BatchNormalization with virtual batches counts its axis, once it is built, with a dimension that nobody else has.

tf.keras writes that axis down, and the release that wrote it cannot load it again: the axis is counted from the end,
which means the same with and without. What it learned has a 1 for each other axis, and one more; where the target knows
of no virtual batches it becomes what a layer without them keeps. They only matter in training.
Source: `build` of keras/src/layers/normalization/batch_normalization.py (2.15).
"""

from __future__ import annotations

from keras_doctor.document.expressions import reshape
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import Owned, layers_with_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("virtual-batches", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Count the axes from the end, and lay out what was learned as the target has it."""
    for _, _, entry in list(layers_with_parts(draft.config)):
        config = entry.get("config")
        if entry.get("class_name") != "BatchNormalization" or not isinstance(config, dict):
            continue
        axis = config.get("axis")
        axes: list[Any] = axis if isinstance(axis, list) else [axis]
        if config.get("virtual_batch_size") is None:
            continue
        try:
            owned = Owned(draft, entry)
        except LookupError:
            continue
        shapes = list({tensor.shape for tensor in owned.tensors.values()})
        if len(shapes) != 1 or not all(type(one) is int and 1 < one < len(shapes[0]) for one in axes):
            continue
        shape = shapes[0]
        config["axis"] = [one - len(shape) for one in axes]
        definition = target.api.find("BatchNormalization", "layers")
        if definition is not None and target.api.refused(definition, ("virtual_batch_size",)):
            del config["virtual_batch_size"]
            one = len(axes) == 1
            kept = (shape[axes[0]],) if one else (shape[0], *shape[2:])
            config["axis"] = config["axis"][0] if one else config["axis"]
            owned.keep({key: reshape(tensor, kept) for key, tensor in owned.tensors.items()})
        yield Change(FIX.slug, f"count the axes of {config.get('name')} from the end, for a virtual batch has one more")
