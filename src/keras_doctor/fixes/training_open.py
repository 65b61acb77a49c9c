"""A functional model of Keras 3 states with some calls that they are those of training, which Keras 3 does not go by.

It writes down the default of an image layer that is random, `training=True`, and tells each layer anew whether the
model is trained whenever that runs. Every release before takes the word of the file: such a model would be random when
it predicts.
Sources: `operation_fn` of keras/src/models/functional.py (3.0.5, 3.15); `Functional._run_internal_graph` of
keras/src/engine/functional.py (2.15), which calls each layer with the arguments of its node.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.fix import Change, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("training-open", ("draft",))
DEPTH = 64


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Leave open in each call whether it is one of training."""
    if draft.era_read != "keras-3" or target.era == "keras-3":
        return
    names = sorted(set(_opened(draft.config, 0)))
    if names:
        told = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
        yield Change(FIX.slug, f"leave open in the calls of {told} whether they are those of training")


def _opened(model: Any, depth: int) -> Iterator[str]:
    """Yield the names of the layers whose calls said it."""
    for layer in layers_of(model) if depth < DEPTH else []:
        if not isinstance(layer, dict):
            continue
        config = layer.get("config")
        wrapped = config.get("layer") if isinstance(config, dict) else None
        yield from _opened(layer, depth + 1)
        yield from _opened(wrapped, depth + 1)
        if _open(layer.get("inbound_nodes"), 0):
            yield str(layer.get("name") or (config.get("name") if isinstance(config, dict) else ""))


def _open(nodes: Any, depth: int) -> bool:
    """Take the word out of calls; tell whether it was there."""
    if not isinstance(nodes, list) or depth > DEPTH:
        return False
    found = False
    for node in nodes:
        found |= _open(node, depth + 1)
    if len(nodes) > 3 and isinstance(nodes[0], str) and isinstance(nodes[3], dict):
        found |= nodes[3].pop("training", None) is not None
    return found
