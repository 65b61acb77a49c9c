"""The vocabularies that a model keeps outside its config: in files of the zip, in tables of a SavedModel; and the
weights of their words, which lookups in "tf_idf" mode keep in the v3 store under a name of their own.
"""

from __future__ import annotations

import os

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.graph import infer
from keras_doctor.layers.models import is_input, model_layers
from keras_doctor.layers.stored_order import WEIGHTS, v3_places, weighed_places
from keras_doctor.layers.stored_variables import part_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef

LARGEST = 1 << 28  # bytes of a vocabulary that are read


def vocabularies_of(document: ModelDocument, era: str) -> dict[str, list[Any]]:
    """Return, by the place of the layer ("layers[1]"), its words in their order, special ones first where the file has
    them.
    """
    return {**_from_tables(document), **_from_files(document, era)}


def word_weights(document: ModelDocument, era: str) -> Iterator[tuple[str, TensorRef]]:
    """Yield the weights of words that the v3 store holds, by the place of the layer ("layers[1]")."""
    held = {group.owner: tensor for group in document.weights for tensor in group.tensors if tensor.name == WEIGHTS}
    if held:
        release = document.provenance.keras_version or document.provenance.latest or "3"
        for node, groups in weighed_places(document.config, release, infer(document.config, era)):
            tensor = next((held[group] for group in groups if group in held), None)
            if tensor is not None:
                yield part_path(node.path), tensor


def _from_files(document: ModelDocument, era: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    files = {asset.path: asset for asset in document.assets if os.path.basename(asset.path) == "vocabulary.txt"}
    if not files:
        return found
    release = document.provenance.keras_version or document.provenance.latest or "3"
    for node, place in v3_places(document.config, release, infer(document.config, era)):
        for inside in ("", "/_lookup_layer"):
            asset = files.get(f"assets/{place}{inside}/vocabulary.txt")
            if asset is not None and asset.size <= LARGEST:
                found.setdefault(part_path(node.path), asset.read().decode("utf-8", "replace").splitlines())
    return found


def _from_tables(document: ModelDocument) -> dict[str, list[Any]]:
    tables = document.facts.get("vocabularies")
    found: dict[str, list[Any]] = {}
    for place, words in tables().items() if tables is not None else ():
        node: ConfigNode | None = ConfigNode(document.config)
        for number in place:
            node = _layer(node, number) if node is not None else None
        if node is not None:
            found[part_path(node.path)] = list(words)
    return found


def _layer(model: ConfigNode, number: int) -> ConfigNode | None:
    """Return a layer by its number among those that the model object lists: a Sequential's has no input."""
    layers = model_layers(model)
    if model.get("class_name") == "Sequential":
        layers = [layer for layer in layers if not is_input(layer.value)]
    return layers[number] if number < len(layers) else None
