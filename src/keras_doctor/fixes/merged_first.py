"""A Sequential of Keras 1 that begins with a Merge of other models becomes a graph: no later Sequential has more than
one input.

Source: keras/models.py of 1.2.2, `Sequential.add`: the inputs of the Merge are those of its models, in their order.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

DEPTH = 64


def merge_first(entry: Any, depth: int = 0) -> Iterator[str]:
    """Make graphs of such Sequentials in a config whose layers stand in dicts, inner ones first; yield their names."""
    if depth > DEPTH or not isinstance(entry, dict):
        return
    for layer in layers_of(entry):
        yield from merge_first(layer, depth + 1)
    layers = layers_of(entry)
    first = layers[0] if layers and isinstance(layers[0], dict) else {}
    if entry.get("class_name") != "Sequential" or first.get("class_name") != "Merge" or not layers_of(first):
        return
    graph = _graph(layers)
    if graph is not None:
        name = entry["config"].get("name") or "sequential"
        entry["class_name"] = "Model"
        entry["config"] = {"name": name, **graph}
        yield str(name)


def _graph(layers: list[Any]) -> dict[str, Any] | None:
    """Return the graph that a Merge and the layers after it are; None where an input is not declared."""
    merge, *rest = layers
    name = str(merge["config"].get("name") or "merge")
    made: list[dict[str, Any]] = []
    inputs: list[str] = []
    joined: list[list[Any]] = []
    for number, branch in enumerate(layers_of(merge)):
        declared = _inputs(branch)
        if not declared:
            return None
        own = f"{name}_{number}"
        calls = []
        for place, (shape, dtype) in enumerate(declared):
            inputs.append(f"{own}_input_{place}")
            config = {"name": inputs[-1], "batch_input_shape": shape, "input_dtype": dtype, "sparse": False}
            made.append({"class_name": "InputLayer", "config": config, "name": inputs[-1], "inbound_nodes": []})
            calls.append([inputs[-1], 0, 0])
        branch["config"]["name"] = branch["name"] = own
        branch["inbound_nodes"] = [calls]
        made.append(branch)
        joined.append([own, 1, 0])  # the first call of a model is its own
    merge["config"] = {key: value for key, value in merge["config"].items() if key != "layers"}
    before = joined
    for layer in (merge, *rest):
        own = str(layer["config"].get("name") or name)
        layer["name"] = layer["config"]["name"] = own
        layer["inbound_nodes"] = [before]
        made.append(layer)
        before = [[own, int(bool(layers_of(layer))), 0]]
    return {"layers": made, "input_layers": [[one, 0, 0] for one in inputs], "output_layers": before}


def _inputs(branch: Any) -> list[tuple[list[Any], str]]:
    """Return the shapes and dtypes of a model's inputs; [] where they are not known."""
    layers = [layer for layer in layers_of(branch) if isinstance(layer, dict)]
    if not layers:
        return []
    if branch.get("class_name") != "Sequential":
        layers = [layer for layer in layers if layer.get("class_name") == "InputLayer"]
    else:
        if layers_of(layers[0]):
            return _inputs(layers[0])
        layers = layers[:1]
    found = []
    for layer in layers:
        config = layer.get("config") or {}
        shape = config.get("batch_input_shape")
        if not isinstance(shape, list):
            return []
        found.append((shape, str(config.get("input_dtype") or "float32")))
    return found
