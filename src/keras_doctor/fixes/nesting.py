"""A layer that became a model once the calls of its graph were written: before Keras 3 the calls of a nested model
count from 1, for the first is the one that made it.

Source: `get_network_config`, `_should_skip_first_node` of keras/engine/functional.py (2.10): a loader that is asked for
a call that never comes waits for it without an end.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.layers.models import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.api import Api

DEPTH = 64


def count_calls(config: Any, entry: Any, api: Api) -> None:
    """Count the calls of an entry, which was a layer and is a model with declared inputs now, as a release does."""
    holder = _holder(config, entry, 0)
    graph = holder.get("config") if isinstance(holder, dict) else None
    if api.line == "keras-3" or not isinstance(graph, dict) or "output_layers" not in graph:
        return
    name = name_of(entry)
    for key in ("input_layers", "output_layers"):
        graph[key] = _counted(graph.get(key), name)
    for layer in layers_of(holder):
        if isinstance(layer, dict) and "inbound_nodes" in layer:
            layer["inbound_nodes"] = _counted(layer["inbound_nodes"], name)


def _holder(model: Any, entry: Any, depth: int) -> Any:
    """Return the model in whose list an entry stands."""
    layers = layers_of(model) if depth < DEPTH and isinstance(model, dict) else []
    if any(layer is entry for layer in layers):
        return model
    return next((found for layer in layers if (found := _holder(layer, entry, depth + 1)) is not None), None)


def _counted(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _counted(inner, name) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > 2 and value[0] == name and type(value[1]) is int and type(value[2]) is int:
        return [name, value[1] + 1, *(_counted(inner, name) for inner in value[2:])]
    return [_counted(inner, name) for inner in value]
