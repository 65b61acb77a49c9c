"""A layer gets another name, everywhere that its name stands: config, graph, weights, what training says of outputs."""

from __future__ import annotations

from keras_doctor.document.expressions import renamed
from keras_doctor.document.model import TrainingState
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.fixes.draft import copied
from keras_doctor.fixes.renaming import layer_called, rename_layer, rename_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.model import ModelDocument


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
        model = layer_called(model, step)
    rename_layer(model, name, new)
    fields: dict[str, Any] = {"config": config}
    if not around:
        fields["weights"] = _weights(document, name, new)
        fields["training"] = _training(document.training, name, new)
        if isinstance(config.get("compile_config"), dict):
            rename_output(config["compile_config"], name, new)
    names = document.facts.get("object_names")
    if names and not around:
        fields["facts"] = {
            **document.facts,
            "object_names": {owner: new if one == name else one for owner, one in names.items()},
        }
    return document.changed(**fields)


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
    config = copied(state.config)
    rename_output(config, old, new)
    return TrainingState(config, state.path, state.slots, state.metric_state)
