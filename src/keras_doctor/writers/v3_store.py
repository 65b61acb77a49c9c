"""The variable store of Keras 3 and of tf.keras 2.12 to 2.15: alone (`.weights.h5`), or for a `.keras`.

Source: keras/src/saving/saving_lib.py, H5IOStore (3.x).
"""

from __future__ import annotations

from keras_doctor.artifacts.v3_store import VARS
from keras_doctor.writers.hdf5_file import Layout
from keras_doctor.writers.hdf5_tree import Group
from keras_doctor.writers.hdf5_types import unicode_text
from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef


def emit(document: ModelDocument, form: str, file: BinaryIO) -> None:
    """Write the store. Raises `Refused`."""
    layout(document).emit(file.write)


def layout(document: ModelDocument) -> Layout:
    """Return the HDF5 file that the store is, laid out."""
    root = Group()
    root.group(VARS)  # releases before 3.10 open the model's own variables, whether it has any
    for group in document.weights:
        for tensor in group.tensors:
            if "/" in tensor.name:
                raise Refused(f"{tensor.name!r} cannot be the key of a variable: the weights are not laid out for v3")
            root.tensor(f"{group.owner}/{VARS}/{tensor.name}", tensor)
    if document.training.config is not None or document.config is None:
        _put_states(root, "optimizer", document.training.slots)
        _put_states(root, "metrics", document.training.metric_state)
    for owner, name in (document.facts.get("object_names") or {}).items():
        holder = root.find(f"{owner}/{VARS}")
        if holder is not None:
            holder.attributes["name"] = unicode_text(name)
    return Layout(root)


def _put_states(root: Group, top: str, tensors: tuple[TensorRef, ...]) -> None:
    """Put tensors where their paths have them below the group `top`; those of other formats as its variables, in
    order.
    """
    for number, tensor in enumerate(tensors):
        place = tensor.path.rpartition(":/")[2].lstrip("/")
        inside = place.startswith(f"{top}/") and f"/{VARS}/" in place
        root.tensor(place if inside else f"{top}/{VARS}/{number}", tensor)
