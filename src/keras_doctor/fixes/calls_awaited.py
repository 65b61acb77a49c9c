"""Calls that the list of layers brings too early are written as lists, which Keras 3.0 to 3.6 wait with.

A layer that is called twice, with another in between, stands once in the list of layers, and its second call before
what feeds it. Those releases put a call aside whose lists name a tensor that is not there yet, and give up one that is
written as arguments. Both mean the same call.
Source: `deserialize_node` of keras/src/models/functional.py (3.0): IndexError in one case, ValueError in the other.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.layers.functional import calls_of
from keras_doctor.layers.inbound import Ref, refs_in
from keras_doctor.layers.models import is_input, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.inbound import Node
    from keras_doctor.loaders.tracing import Step

FIX = Fix("calls-awaited", ("graph:order",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write the calls that have to wait as lists."""
    layers = [layer for layer in layers_of({"config": draft.at(step.where.path)}) if isinstance(layer, dict)]
    names = frozenset(name_of(layer) for layer in layers)
    made = {name_of(layer): int(is_input(layer)) for layer in layers}
    for layer in layers:
        name = name_of(layer)
        for number, call in enumerate(calls_of(layer, names)):
            if all(made.get(ref.layer, 0) > ref.node for ref in refs_in([call.args, call.kwargs])):
                made[name] += 1
                continue
            if _wait(layer, number, names):
                yield Change(FIX.slug, f"let a call of {name} wait for what feeds it", step.where)
            break


def _wait(layer: dict[str, Any], first: int, names: frozenset[str]) -> bool:
    """Write the calls of a layer from one on as lists; tell whether any was written anew."""
    changed = False
    for number, call in enumerate(calls_of(layer, names)):
        listed = _listed(call) if number >= first else None
        if listed is not None:
            layer["inbound_nodes"][number] = listed
            changed = True
    return changed


def _listed(call: Node) -> list[Any] | None:
    """Return a call as a list, None where that would be another call: lists have the tensors of one argument."""
    if not call.keras3 or len(call.args) != 1 or any(refs_in(call.kwargs)):
        return None
    given = call.args[0] if isinstance(call.args[0], list) else [call.args[0]]
    if not all(isinstance(ref, Ref) for ref in given) or (isinstance(call.args[0], list) and len(given) == 1):
        return None
    return [[ref.layer, ref.node, ref.tensor, dict(call.kwargs)] for ref in given]
