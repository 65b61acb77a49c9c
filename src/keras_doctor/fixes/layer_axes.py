"""A LayerNormalization whose axes stand in another order than in its input has them in that order.

What it learned has their sizes in the order of the config, before Keras 3.14, and is read as it lies all the same:
along the axes in order. Later releases put the axes in order first.
Sources: `LayerNormalization.build` and `call` of keras/src/layers/normalization/layer_normalization.py (2.15, 3.13,
3.15).
"""

from __future__ import annotations

from keras_doctor.document.expressions import reshape
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import Owned
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("layer-axes", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the axes in order, and give what was learned the sizes of that order."""
    if target.era != "keras-3" or all(node.class_name != "LayerNormalization" for node in draft.source.layers):
        return
    for shape in infer(draft.config, draft.era):
        entry = draft.at(shape.path)
        config = entry.get("config") if isinstance(entry, dict) else None
        given = shape.input_shapes[0] if shape.input_shapes else None
        if given is None or not isinstance(config, dict) or entry.get("class_name") != "LayerNormalization":
            continue
        axes = config.get("axis")
        if not isinstance(axes, list) or not all(type(axis) is int and abs(axis) <= len(given) for axis in axes):
            continue
        ordered = sorted(axis % len(given) for axis in axes)
        sizes = [size for axis in ordered if (size := given[axis]) is not None]
        if axes == ordered or [axis % len(given) for axis in axes] == ordered or len(sizes) < len(axes):
            continue
        try:
            owned = Owned(draft, entry)
            owned.keep({key: reshape(tensor, sizes) for key, tensor in owned.tensors.items()})
        except (LookupError, ValueError):
            continue
        config["axis"] = ordered
        yield Change(FIX.slug, f"put the axes {axes} of {config.get('name')} in the order {ordered}")
