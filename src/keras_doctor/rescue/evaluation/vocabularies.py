"""The vocabularies that a model keeps outside its config: in files of the zip."""

from __future__ import annotations

import os

from keras_doctor.layers.graph import infer
from keras_doctor.layers.stored_order import v3_places
from keras_doctor.layers.stored_variables import part_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument

LARGEST = 1 << 28  # bytes of a vocabulary that are read


def vocabularies_of(document: ModelDocument, era: str) -> dict[str, list[str]]:
    """Return, by the place of the layer ("layers[1]"), its words in their order, special ones first."""
    found: dict[str, list[str]] = {}
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
