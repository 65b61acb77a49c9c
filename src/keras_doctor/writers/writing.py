"""`write`: which module writes a format, and what is refused before anything is written."""

from __future__ import annotations

import os

from keras_doctor.writers.atomic import placed
from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from types import ModuleType

    from keras_doctor.document.model import ModelDocument

# Format → the module of this room that writes it: `emit(document, format, file)`.
FORMATS = {
    "hdf5-model": "legacy_hdf5",
    "hdf5-weights": "legacy_hdf5",
    "keras-v3": "keras_zip",
    "v3-weights": "v3_store",
    "json-architecture": "json_architecture",
    "safetensors": "safetensors",
}

# How the weights of a format are named and ordered. Formats without an entry hold none, or take any.
LAYOUTS = {
    "hdf5-model": "legacy",
    "hdf5-weights": "legacy",
    "keras-v3": "v3",
    "keras-v3-directory": "v3",
    "v3-weights": "v3",
    "v3-weights-sharded": "v3",
    "savedmodel": "checkpoint",
    "tf-checkpoint": "checkpoint",
    "tfjs-layers": "manifest",
}
_WITH_CONFIG = ("hdf5-model", "keras-v3", "json-architecture")


def write(
    document: ModelDocument,
    path: str | PathLike[str],
    format: str = "",  # noqa: A002 - the field's name
    *,
    force: bool = False,
) -> None:
    """Write a document to `path`, whole or not at all.

    `format`: one of `FORMATS`, the document's own by default. `force` replaces what is there, never the file that the
    document was read from. Raises `Refused` when the document cannot be written so, `document.expressions.
    NeedsArithmetic` when NumPy is missing and needed, `wire.errors.FormatError` when the bytes of a tensor cannot be
    read, and OSError as `open` does; in each case nothing has changed.
    """
    target = os.fspath(path)
    wanted = format or document.format
    _refuse(document, target, wanted)
    with placed(target, force=force) as file:
        _module(wanted).emit(document, wanted, file)


def _refuse(document: ModelDocument, path: str, wanted: str) -> None:
    if wanted not in FORMATS:
        raise Refused(f"{wanted} is not written; formats: {', '.join(FORMATS)}")
    if wanted in _WITH_CONFIG and document.config is None:
        raise Refused(f"{document.path} holds no architecture, which {wanted} needs")
    stored, needed = LAYOUTS.get(document.format), LAYOUTS.get(wanted)
    if needed and stored != needed and any(group.tensors for group in document.weights):
        raise Refused(f"weights as a {document.format} has them must be laid out anew for {wanted}")
    if os.path.exists(path) and os.path.exists(document.path) and os.path.samefile(path, document.path):
        raise Refused(f"{path} is the file that is read: choose another name")
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder")


def _module(wanted: str) -> ModuleType:
    module: ModuleType = __import__(f"{__package__}.{FORMATS[wanted]}", None, None, ("emit",))
    return module
