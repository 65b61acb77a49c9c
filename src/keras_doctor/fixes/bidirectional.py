"""A Bidirectional says less, and masks otherwise, the older the release is that it belongs to.

Its backward layer stands in the config since TensorFlow 2.1: where that is the forward layer the other way round, an
older release makes the same of the forward layer alone. What it puts out at a masked step is zero since TensorFlow 1.15
(`zero_output_for_mask`), and what the step before it gave in standalone Keras 2; without masks, both are the same.
Sources: `Bidirectional` of keras/layers/wrappers.py (2.2.4), tensorflow/python/keras/layers/wrappers.py (1.13, 1.15,
2.1), keras/src/layers/rnn/bidirectional.py (3.15).
"""

from __future__ import annotations

from keras_doctor.fixes.draft import copied
from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.masking import may_mask
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("bidirectional", ("draft", "keyword:refused"))
_ZEROS = "zero_output_for_mask"
_DIFFERS = "at masked steps it puts out what the step before gave in one release and zeros in the other"


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Leave out what an older release takes for granted, and say where masks make a difference."""
    if "draft" in step.tags:
        yield from _told(draft, target)
        yield from _turned(draft, target)
        return
    made: Built = step.subject
    config = draft.config_at(made.reference.path)
    if config is None:
        return
    name = made.reference.name
    if "backward_layer" in made.refused and _mirrored(config.get("layer"), config.get("backward_layer")):
        config.pop("backward_layer")
        yield Change(FIX.slug, f"leave out the backward layer of {name}: it is the other the other way round")
    if _ZEROS in made.refused and _ZEROS in config:
        inside = made.reference.parent == "Bidirectional"  # what that means with masks is told already
        if inside or not may_mask(draft.config):
            config.pop(_ZEROS)
            why = "a Bidirectional says it" if inside else "nothing masks a step"
            yield Change(FIX.slug, f"leave out {_ZEROS} of {name}: {why}", step.where)


def _turned(draft: Draft, target: Target) -> Iterator[Change]:
    """Write down the backward layer of a Bidirectional whose layer goes backwards itself: Keras 3 lets the other one go
    backwards, too, where it is not told, and refuses that.
    """
    if target.api.line != "keras-3":
        return
    for _, _, entry in layers_with_parts(draft.config):
        config = entry.get("config")
        inner = config.get("layer") if isinstance(config, dict) else None
        held = inner.get("config") if isinstance(inner, dict) else None
        if entry.get("class_name") != "Bidirectional" or not isinstance(held, dict) or not held.get("go_backwards"):
            continue
        if isinstance(inner, dict) and not isinstance(entry["config"].get("backward_layer"), dict):
            name = entry["config"].get("name", "Bidirectional")
            other = {**held, "go_backwards": False, "name": f"backward_{held.get('name', 'layer')}"}
            entry["config"]["backward_layer"] = {**copied(inner), "config": copied(other)}
            yield Change(FIX.slug, f"write down the backward layer of {name}, which goes forwards")


def _told(draft: Draft, target: Target) -> Iterator[Change]:
    """Yield a change for each Bidirectional that puts out something else at a masked step."""
    before = semantics_of(draft.source.provenance, draft.source.provenance.era).get("bidirectional_mask")
    if before == target.semantics.get("bidirectional_mask") or not may_mask(draft.config):
        return
    for _, _, entry in layers_with_parts(draft.config):
        config = entry.get("config")
        inner = config.get("layer") if isinstance(config, dict) else None
        held = inner.get("config") if isinstance(inner, dict) else None
        if entry.get("class_name") != "Bidirectional" or not isinstance(held, dict):
            continue
        if held.get("return_sequences") and not (before == "as-stated" and held.get(_ZEROS)):
            name = entry["config"].get("name", "Bidirectional")
            yield Change(FIX.slug, f"leave {name} as it is, which masks otherwise", kind=APPROXIMATE, note=_DIFFERS)


def _mirrored(forward: Any, backward: Any) -> bool:
    """Tell whether a release makes the backward layer of the forward one: the same, from the last step on."""
    if not isinstance(forward, dict) or not isinstance(backward, dict):
        return False
    plain, ways = [], []
    for entry in (forward, backward):
        config = dict(entry.get("config") or {})
        config.pop("name", None)
        ways.append(bool(config.pop("go_backwards", False)))
        plain.append((entry.get("class_name"), config))
    return plain[0] == plain[1] and ways[0] != ways[1]
