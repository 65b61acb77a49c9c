"""The architecture as JSON, as `to_json` gives it and `model_from_json` takes it."""

from __future__ import annotations

from keras_doctor.writers.json_text import compiled_config, dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from keras_doctor.document.model import ModelDocument


def emit(document: ModelDocument, form: str, file: BinaryIO) -> None:
    """Write the config; before Keras 3, which does not, with the version and the backend that the document states."""
    config = compiled_config(document)
    if isinstance(config, dict) and "registered_name" not in config:
        stated = document.provenance
        extra = {"keras_version": stated.keras_version, "backend": stated.backend}
        config = {**config, **{key: value for key, value in extra.items() if value and key not in config}}
    file.write(dumps(config).encode())
