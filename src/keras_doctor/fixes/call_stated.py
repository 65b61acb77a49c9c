"""MultiHeadAttention before Keras 3 wants to be told the shapes of its query, value and key.

They follow from the graph: the shapes that come in. Source: `from_config` of
keras/layers/attention/multi_head_attention.py (2.6 to 2.15), which builds the layer's parts from them.
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("call-stated", ("keyword:missing",))
_SHAPES = {"query_shape": 0, "value_shape": 1, "key_shape": 2}


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write down the shapes that come in."""
    made: Built = step.subject
    wanted = [name for name in made.missing if name in _SHAPES]
    if not wanted or made.definition.class_name != "MultiHeadAttention":
        return
    entry = draft.at(made.reference.path)
    shapes = next((s.input_shapes for s in infer(draft.config, draft.era) if s.path == made.reference.path), ())
    if not shapes:
        return
    places = list(shapes)
    places += places[1:2] or places[:1]  # the key is the value where it is not given
    places += places[-1:]
    for name in wanted:
        shape = places[_SHAPES[name]]
        if shape is None:
            return
        entry["config"][name] = list(shape)
    yield Change(FIX.slug, f"write down the shapes that {made.reference.name} is called with", step.where)
