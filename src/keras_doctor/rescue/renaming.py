"""A layer gets another name, everywhere that its name stands: config, graph, weights, what training says of outputs."""

from __future__ import annotations

from keras_doctor.document.expressions import renamed
from keras_doctor.document.model import TrainingState
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.fixes.draft import copied, layers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.model import ModelDocument

_BY_OUTPUT = ("loss", "loss_weights", "metrics", "weighted_metrics", "sample_weight_mode")  # dicts by output's name
_LISTS = ("input_layers", "output_layers")


def rename(document: ModelDocument, old: str, new: str) -> ModelDocument:
    """Return the document with a layer renamed. `old` is its name, with the models around it where it lies in some
    ("encoder/dense"); `new` the bare name.

    Raises ValueError when there is no such layer, or another one with the new name, or when `new` cannot be a name.
    """
    if not new or "/" in new:
        raise ValueError(f"{new!r} cannot be the name of a layer")
    if document.config is None:
        raise ValueError(f"there is no architecture in which {old} could be renamed")
    config = copied(document.config)
    *around, name = old.split("/")
    model = config
    for step in around:
        model = _layer(model, step, old)
    entry = _layer(model, name, old)
    if any(_name(one) == new for one in layers_of(model)):
        raise ValueError(f"there is a layer {new} already")
    _put_name(entry, new)
    held = model.get("config") if isinstance(model, dict) else None
    if isinstance(held, dict):
        for one in layers_of(model):
            for key in ("inbound_nodes", "node_data"):
                if key in one:
                    one[key] = _references(one[key], name, new)
        for key in _LISTS:
            if key in held:
                held[key] = _references(held[key], name, new)
    fields: dict[str, Any] = {"config": config}
    if not around:
        fields["weights"] = _weights(document, name, new)
        fields["training"] = _training(document.training, name, new)
        if isinstance(config.get("compile_config"), dict):
            config["compile_config"] = _by_output(config["compile_config"], name, new)
    names = document.facts.get("object_names")
    if names and not around:
        fields["facts"] = {
            **document.facts,
            "object_names": {owner: new if one == name else one for owner, one in names.items()},
        }
    return document.changed(**fields)


def _name(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    config = entry.get("config")
    return str(entry.get("name") or (config.get("name") if isinstance(config, dict) else "") or "")


def _layer(model: Any, name: str, path: str) -> Any:
    found = [one for one in layers_of(model) if _name(one) == name]
    if not found:
        have = ", ".join(_name(one) for one in layers_of(model)[:12])
        raise ValueError(f"there is no layer {path}; there are: {have}")
    return found[0]


def _put_name(entry: dict[str, Any], new: str) -> None:
    if "name" in entry:
        entry["name"] = new
    config = entry.get("config")
    if isinstance(config, dict):
        config["name"] = new


def _references(value: Any, old: str, new: str) -> Any:
    """Return connections with a layer's name replaced: [name, node, tensor …] in the older encodings, `keras_history`
    in that of Keras 3.
    """
    if isinstance(value, list):
        if len(value) >= 3 and value[0] == old and isinstance(value[1], int) and isinstance(value[2], int):
            return [new, *(_references(one, old, new) for one in value[1:])]
        return [_references(one, old, new) for one in value]
    if isinstance(value, dict):
        return {key: _references(one, old, new) for key, one in value.items()}
    return value


def _weights(document: ModelDocument, old: str, new: str) -> tuple[WeightGroup, ...]:
    """Return the groups with the layer's tensors under its new name, where groups have the names of layers."""
    if document.format not in ("hdf5-model", "hdf5-weights"):
        return document.weights
    return tuple(
        WeightGroup(
            new,
            group.path,
            tuple(
                renamed(tensor, f"{new}{tensor.name[len(old) :]}") if tensor.name.startswith(old) else tensor
                for tensor in group.tensors
            ),
        )
        if group.owner == old
        else group
        for group in document.weights
    )


def _training(state: TrainingState, old: str, new: str) -> TrainingState:
    if not state.config:
        return state
    return TrainingState(_by_output(copied(state.config), old, new), state.path, state.slots, state.metric_state)


def _by_output(config: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    for key in _BY_OUTPUT:
        held = config.get(key)
        if isinstance(held, dict) and old in held:
            config[key] = {new if one == old else one: value for one, value in held.items()}
    return config
