"""Attention that looks back alone says so in its calls: Keras 3 has `use_causal_mask` there, and no `causal`.

Source: `call` of keras/src/layers/attention/attention.py (3.15); `BaseDenseAttention` of
tensorflow/python/keras/layers/dense_attention.py (2.4).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("causal-stated", ("keyword:refused",))
_CLASSES = ("Attention", "AdditiveAttention")


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write the keyword into each call of the layer."""
    made: Built = step.subject
    entry = draft.at(made.reference.path)
    if made.definition.class_name not in _CLASSES or "causal" not in made.refused or target.api.line != "keras-3":
        return
    nodes = entry.get("inbound_nodes")
    if entry["config"].get("causal") is not True or not isinstance(nodes, list) or not nodes:
        return
    for node in nodes:
        node["kwargs"]["use_causal_mask"] = True
    entry["config"].pop("causal")
    name = entry["config"].get("name", made.definition.class_name)
    yield Change(FIX.slug, f"let {name} look back alone by a keyword of its calls", step.where)
