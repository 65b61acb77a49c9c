"""Legacy HDF5: a whole model, or its weights alone.

Sources: keras/engine/saving.py (2.x), tensorflow/python/keras/saving/hdf5_format.py,
keras/src/legacy/saving/legacy_h5_format.py (3.x).
"""

from __future__ import annotations

from keras_doctor.artifacts.legacy_hdf5 import MODEL_WEIGHTS, OPTIMIZER_WEIGHTS, TOP_LEVEL
from keras_doctor.writers.hdf5_file import Layout
from keras_doctor.writers.hdf5_tree import Group
from keras_doctor.writers.hdf5_types import text, texts
from keras_doctor.writers.json_text import dumps
from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef

# Bytes of a list of names that Keras keeps in one attribute (HDF5_OBJECT_HEADER_LIMIT); longer ones it numbers.
_LIST = 64512
# Eras whose files say who wrote them at the root alone: readers take weights that say nothing for Keras 1's.
_SILENT_WEIGHTS = ("keras-1",)


def emit(document: ModelDocument, form: str, file: BinaryIO) -> None:
    """Write the model ("hdf5-model") or its weights ("hdf5-weights"). Raises `Refused`."""
    root = Group()
    if form == "hdf5-model":
        _put_head(root, document)
        _put_weights(root.group(MODEL_WEIGHTS), document)
        if document.training.config is not None and document.training.slots:
            group = root.group(OPTIMIZER_WEIGHTS)
            _put_tensors(group, document.training.slots)
    else:
        _put_weights(root, document)
    Layout(root).emit(file.write)


def _put_head(root: Group, document: ModelDocument) -> None:
    stated = document.provenance
    head = {"keras_version": stated.keras_version, "backend": stated.backend, "mended_by": stated.mended_by}
    for key, value in head.items():
        if value:
            root.attributes[key] = text(value)
    root.attributes["model_config"] = text(dumps(document.config))
    if document.training.config is not None:
        root.attributes["training_config"] = text(dumps(document.training.config))


def _put_weights(holder: Group, document: ModelDocument) -> None:
    listed = [group.owner for group in document.weights if group.owner != TOP_LEVEL]
    if len(set(listed)) < len(listed):
        raise Refused("two layers have one name, which the layout of legacy HDF5 cannot hold")
    _put_names(holder, "layer_names", listed)
    stated = document.provenance
    if stated.era not in _SILENT_WEIGHTS:
        for key, value in (("backend", stated.backend), ("keras_version", stated.keras_version)):
            if value:
                holder.attributes[key] = text(value)
    for group in document.weights:
        _put_tensors(holder.group(group.owner), group.tensors)


def _put_tensors(group: Group, tensors: Sequence[TensorRef]) -> None:
    _put_names(group, "weight_names", [tensor.name for tensor in tensors])
    for tensor in tensors:
        group.tensor(tensor.name, tensor)


def _put_names(group: Group, key: str, names: Sequence[str]) -> None:
    """Store a list of names as NumPy would, in as few attributes as hold it: `key`, or `key` with 0, 1 … behind it."""
    encoded = [name.encode("utf-8", "surrogateescape") for name in names]
    width = max(map(len, encoded), default=0)
    if width > _LIST:
        raise Refused(f"a name of {width} bytes is too long for HDF5: {names[0][:60]} …")
    if width * len(encoded) <= _LIST:
        group.attributes[key] = texts(encoded)
        return
    step = _LIST // width
    for number, start in enumerate(range(0, len(encoded), step)):
        group.attributes[f"{key}{number}"] = texts(encoded[start : start + step])
