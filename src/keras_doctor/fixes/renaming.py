"""A layer of another name: its config, the calls that refer to it, and what training says of it as an output."""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.layers.models import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.draft import Draft

_CALLS = ("inbound_nodes", "node_data", "input_layers", "output_layers")
_BY_OUTPUT = ("loss", "metrics", "weighted_metrics", "loss_weights", "sample_weight_mode")  # dicts by output's name


def rename(draft: Draft, model: Any, old: str, new: str) -> None:
    """Rename a layer of a model, an entry of the draft's config. Its tensors go with it: they belong to the entry.

    Raises ValueError as `rename_layer` does.
    """
    rename_layer(model, old, new)
    if model is draft.config and isinstance(draft.training, dict):
        rename_output(draft.training, old, new)


def rename_layer(model: Any, old: str, new: str) -> None:
    """Rename a layer in a model's entry, and every reference to it there.

    Raises ValueError when the model has no such layer, or one of the new name.
    """
    entry = layer_called(model, old)
    layers = [layer for layer in layers_of(model) if isinstance(layer, dict)]
    if new in map(name_of, layers):
        raise ValueError(f"there is a layer {new} already")
    for holder in (entry, entry.get("config")):
        if isinstance(holder, dict) and ("name" in holder or holder is not entry):
            holder["name"] = new
    for holder in (model.get("config"), *layers):
        for key in _CALLS:
            if isinstance(holder, dict) and key in holder:
                holder[key] = _referring(holder[key], old, new)


def layer_called(model: Any, name: str) -> dict[str, Any]:
    """Return the layer of a model that has a name. Raises ValueError when there is none."""
    layers = [layer for layer in layers_of(model) if isinstance(layer, dict)]
    for layer in layers:
        if name_of(layer) == name:
            found: dict[str, Any] = layer
            return found
    raise ValueError(f"there is no layer {name}; there are: {', '.join(map(name_of, layers[:12]))}")


def rename_output(training: dict[str, Any], old: str, new: str) -> None:
    """Rename an output in what a model was compiled with."""
    for key in _BY_OUTPUT:
        told = training.get(key)
        if isinstance(told, dict) and old in told:
            training[key] = {new if name == old else name: value for name, value in told.items()}


def _referring(value: Any, old: str, new: str) -> Any:
    """Return a value with its references to a layer changed: [name, node, tensor, …] in the older encodings,
    `keras_history` in that of Keras 3.
    """
    if isinstance(value, dict):
        return {key: _referring(inner, old, new) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > 2 and value[0] == old and isinstance(value[1], int) and isinstance(value[2], int):
        return [new, *(_referring(inner, old, new) for inner in value[1:])]
    return [_referring(inner, old, new) for inner in value]
