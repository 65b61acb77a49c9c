"""A BatchNormalization along several axes, which Keras 3 does not have, normalizes them as one.

A Permute puts the axes last, a Reshape makes one of them, and both turn back behind it: the same statistics of the same
values, in training too. One of the other dimensions may be open, and no masks may be on their way, for a Reshape hands
none on.
Source: `build` of keras/src/layers/normalization/batch_normalization.py (2.15), which keeps what it learns with a 1 for
each axis that it averages over.
"""

from __future__ import annotations

from math import prod

from keras_doctor.document.expressions import reshape
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import Owned, layers_with_parts
from keras_doctor.fixes.sequences import become_sequence
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("batch-axes", ("value:refused",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put a layer that normalizes one axis between what makes one of several, and what turns it back."""
    made: Built = step.subject
    path = made.reference.path
    if made.definition.class_name != "BatchNormalization" or "axis" not in [keyword for keyword, _, _ in made.values]:
        return
    entry = draft.at(path)
    config = entry["config"]
    shape = next((s for s in infer(draft.config, draft.era) if s.path == path), None)
    given = shape.input_shapes[0] if shape is not None and shape.input_shapes else None
    axes = _axes(config.get("axis"), len(given or ()))
    if given is None or axes is None or _masked(draft.config):
        return
    sizes = [given[axis] for axis in axes]
    others = [axis for axis in range(1, len(given)) if axis not in axes]
    known = [size for size in sizes if size is not None]
    sides = [-1 if given[axis] is None else given[axis] for axis in others]
    try:
        owned = Owned(draft, entry)
    except LookupError:
        return
    count = prod(known)
    if len(known) < len(sizes) or sides.count(-1) > 1 or any(t.size != count for t in owned.tensors.values()):
        return
    name = str(config.get("name", "batch_normalization"))
    layers: list[tuple[str, dict[str, Any], dict[str, TensorRef]]] = [
        ("Reshape", {"name": f"{name}_joined", "target_shape": [*sides, count]}, {}),
        (
            "BatchNormalization",
            {**config, "name": f"{name}_normalized", "axis": -1},
            {key: reshape(tensor, (count,)) for (_, key), tensor in owned.tensors.items()},
        ),
        ("Reshape", {"name": f"{name}_parted", "target_shape": [*sides, *known]}, {}),
    ]
    order = [*others, *axes]
    if order != sorted(order):
        back = [order.index(axis) + 1 for axis in range(1, len(given))]
        layers.insert(0, ("Permute", {"name": f"{name}_to_last", "dims": order}, {}))
        layers.append(("Permute", {"name": f"{name}_back", "dims": back}, {}))
    become_sequence(draft, owned, layers, given, target)
    yield Change(FIX.slug, f"let {name} normalize the axes {axes} as one", step.where)


def _axes(value: Any, rank: int) -> list[int] | None:
    """Return the axes in order, counted from the batch; None where they are none of a sample's."""
    if not isinstance(value, list) or not all(type(axis) is int and -rank <= axis < rank for axis in value):
        return None
    axes = sorted({axis % rank for axis in value})
    return axes if axes and axes[0] > 0 else None


def _masked(config: Any) -> bool:
    """Tell whether a layer of a model may make masks."""
    held = [(entry.get("class_name"), entry.get("config")) for _, _, entry in layers_with_parts(config)]
    return any(name == "Masking" or (isinstance(one, dict) and one.get("mask_zero")) for name, one in held)
