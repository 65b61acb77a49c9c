"""A layer that the target does not have is replaced by one that computes the same: `replaced.tsv`.

ThresholdedReLU, which Keras 3 dropped, is a ReLU with a threshold. RandomHeight and RandomWidth, which it dropped as
well, do nothing once a model is trained: an Identity stands for them, and in training the images keep their size.
Sources: keras/src/layers/activation of tf.keras 2.15, keras/src/layers/activations/relu.py of Keras 3.0.
"""

from __future__ import annotations

import json

from keras_doctor.fixes.fix import EXACT, LOSSY, Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.tables import rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

FIX = Fix("layer-replaced", ("object:unresolved",), rank=1)  # a new name for the same layer comes first
_COMMON = ("name", "trainable", "dtype", "batch_input_shape", "batch_shape")


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the other layer in the place of one that the target does not know."""
    found: Resolution = step.subject
    reference = found.reference
    if reference.kind != "layers":
        return
    for name, new, keywords, more, lost in rows("replaced.tsv"):
        if name != reference.name or target.api.find(new, "layers") is None:
            continue
        entry = draft.at(reference.path)
        config = entry.get("config")
        old = config if isinstance(config, dict) else {}
        kept = {key: old[key] for key in _COMMON if key in old}
        pairs = (pair.split("=") for pair in keywords.split(",") if pair)
        told = {one: old[key] for key, one in pairs if key in old}
        entry.update(class_name=new, config={**kept, **told, **json.loads(more)})
        name_module(entry, "layers", target.api)
        kind, note = (LOSSY, lost) if lost else (EXACT, "")
        yield Change(
            FIX.slug, f"make {old.get('name', name)} of the class {name} a layer {new}", step.where, kind, note
        )
        return
