"""Tensors of layers that Keras does not have: custom ones, whose code alone says what their variables are.

They stay as they are and in their order. What a layer itself owns comes back in each format as it stood in the other:
legacy HDF5 lists its weights, the store numbers its variables, trainable ones first in both. What the layers inside it
own has places in the store that are called as the attributes of the code, so it goes between files of one format only.
"""

from __future__ import annotations

from keras_doctor.document.expressions import renamed
from keras_doctor.layers.graph import infer
from keras_doctor.layers.models import model_layers
from keras_doctor.layers.stored_order import hdf5_groups, v3_places
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.config import ConfigNode
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef

STORES = ("keras-v3", "keras-v3-directory", "v3-weights", "v3-weights-sharded")
LEGACY = ("hdf5-model", "hdf5-weights")
_ATTRIBUTES = (
    "the layers in it are stored under names of attributes, which only its code knows; an HDF5 file has them in order"
)
_ORDER = "in which order an HDF5 file has the layers in it, only its code knows"


@record
class Foreign:
    """What a layer of unknown class owns: tensors by the path inside the layer, "" for its own."""

    layer: str
    parts: dict[str, tuple[TensorRef, ...]]
    stored: bool  # in a store

    def unplaced(self, form: str) -> str:
        """Return why a format has no place for it, "" when it has."""
        if self.stored == (form in STORES):
            return ""
        if self.stored:
            return "" if set(self.parts) == {""} else _ORDER
        deep = any(_inside(tensor.name, self.layer) for tensor in self.parts[""])
        return _ATTRIBUTES if deep else ""


def _inside(name: str, layer: str) -> bool:
    """Tell whether a variable's name is that of one in a layer inside the layer: "model/block/dense/kernel:0"."""
    steps = name.split("/")
    while layer in steps[:-1]:
        steps = steps[steps.index(layer) + 1 :]
    return len(steps) > 1


def foreign_layers(source: ModelDocument, era: str) -> Iterator[tuple[str, Foreign]]:
    """Yield the layers of unknown classes that own tensors, by their path in the config."""
    held = {group.owner: group.tensors for group in source.weights if group.tensors}
    if source.format in LEGACY:
        for group in hdf5_groups(source.config, era):
            if not group.known and group.name in held and not _is_model(source, group.path):
                yield group.path, Foreign(group.name, {"": held[group.name]}, stored=False)
    elif source.format in STORES:
        release = source.provenance.keras_version or source.provenance.latest or "3"
        for node, place in unknown_places(source.config, era, release):
            inside = {
                owner[len(place) :].strip("/"): tensors
                for owner, tensors in held.items()
                if owner == place or owner.startswith(f"{place}/")
            }
            if inside:
                name = node.get("name") or (node.get("config") or {}).get("name") or place
                yield node.path, Foreign(str(name), inside, stored=True)


def unknown_places(config: Any, era: str, release: str) -> Iterator[tuple[ConfigNode, str]]:
    """Yield the layers of unknown classes with their places in a store."""
    inferred = infer(config, era)
    known = {shape.path for shape in inferred if shape.known}
    for node, place in v3_places(config, release, inferred):
        if node.path not in known and not model_layers(node):
            yield node, place


def _is_model(source: ModelDocument, path: str) -> bool:
    from keras_doctor.document.config import ConfigNode

    return bool(model_layers(ConfigNode(source.config).at(path)))


def in_store(foreign: Foreign, place: str) -> Iterator[tuple[str, tuple[TensorRef, ...]]]:
    """Yield the groups of a store that a layer at a place has."""
    for inside, tensors in foreign.parts.items():
        numbered = tuple(renamed(tensor, str(number)) for number, tensor in enumerate(tensors))
        yield f"{place}/{inside}".rstrip("/"), numbered


def in_hdf5(foreign: Foreign, group: str) -> tuple[TensorRef, ...]:
    """Return the tensors of a layer's group in legacy HDF5."""
    tensors = foreign.parts[""]
    if not foreign.stored:
        return tensors
    return tuple(renamed(tensor, f"{group}/variable_{number}:0") for number, tensor in enumerate(tensors))
