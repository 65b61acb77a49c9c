"""A `.keras` archive: `metadata.json`, `config.json`, `model.weights.h5` and the assets, in a zip, stored.

Source: keras/src/saving/saving_lib.py, _save_model_to_fileobj (3.x). No loader reads the metadata.
"""

from __future__ import annotations

from keras_doctor.artifacts.keras_v3 import ASSETS, CONFIG, METADATA, WEIGHTS_H5
from keras_doctor.writers import v3_store
from keras_doctor.writers.json_text import compiled_config, dumps
from keras_doctor.writers.refused import Refused
from keras_doctor.writers.zip_file import ZipWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from keras_doctor.document.model import ModelDocument


def emit(document: ModelDocument, form: str, file: BinaryIO) -> None:
    """Write the archive. Raises `Refused`."""
    weights = v3_store.layout(document)
    stated = document.provenance
    metadata = {"keras_version": stated.keras_version, "date_saved": stated.saved_at, "mended_by": stated.mended_by}
    archive = ZipWriter(file)
    archive.text(METADATA, dumps({key: value for key, value in metadata.items() if value}).encode())
    archive.text(CONFIG, dumps(compiled_config(document)).encode())
    archive.member(WEIGHTS_H5, weights.size, weights.emit)
    for asset in sorted(document.assets, key=lambda asset: asset.path):
        if not asset.path.startswith(ASSETS) or ".." in asset.path.split("/"):
            raise Refused(f"{asset.path!r} is no place for an asset")
        archive.text(asset.path, asset.read())
    archive.close()
