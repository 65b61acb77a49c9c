"""A layer of another name: its config, the calls that refer to it, and what training says of it as an output."""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.layers.models import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.draft import Draft

_CALLS = ("inbound_nodes", "input_layers", "output_layers")
_BY_OUTPUT = ("loss", "metrics", "weighted_metrics", "loss_weights", "sample_weight_mode")


def rename(draft: Draft, model: Any, old: str, new: str) -> None:
    """Rename a layer of a model, both entries of the draft's config. Its tensors go with it: they belong to the entry.

    Raises ValueError when the model has no such layer, or one of the new name.
    """
    layers = [layer for layer in layers_of(model) if isinstance(layer, dict)]
    names = [name_of(layer) for layer in layers]
    if old not in names:
        raise ValueError(f"there is no layer {old!r}")
    if new in names:
        raise ValueError(f"there is a layer {new!r} already")
    entry = layers[names.index(old)]
    for holder in (entry, entry.get("config")):
        if isinstance(holder, dict) and "name" in holder:
            holder["name"] = new
    for holder in (model.get("config"), *layers):
        for key in _CALLS:
            if isinstance(holder, dict) and key in holder:
                holder[key] = _referring(holder[key], old, new)
    if model is draft.config and isinstance(draft.training, dict):
        for key in _BY_OUTPUT:
            told = draft.training.get(key)
            if isinstance(told, dict) and old in told:
                draft.training[key] = {new if name == old else name: value for name, value in told.items()}


def _referring(value: Any, old: str, new: str) -> Any:
    """Return a value with its references [layer, call, tensor, …] to a layer changed."""
    if isinstance(value, dict):
        return {key: _referring(inner, old, new) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > 2 and value[0] == old and isinstance(value[1], int) and isinstance(value[2], int):
        return [new, *(_referring(inner, old, new) for inner in value[1:])]
    return [_referring(inner, old, new) for inner in value]
