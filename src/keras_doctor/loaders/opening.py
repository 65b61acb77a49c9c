"""Which reader each era's `load_model` picks for what is at a path, or how it refuses.

The order of the questions is the loaders' own: some ask the file's content, some its name, some whether it is a folder.
Sources: keras/models.py (1.x), keras/engine/saving.py (2.x), tensorflow/python/keras/saving/save.py (1.13 to 2.5),
keras/saving/save.py (2.6 to 2.11), keras/saving/saving_api.py (2.12 to 2.15, and tf_keras),
keras/src/saving/saving_api.py (3.x); and what real loads did.
"""

from __future__ import annotations

import os

from keras_doctor.records import record
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument


@record
class Opening:
    """What a loader makes of a path.

    `reader` is "hdf5", "keras-v3", "savedmodel", "orbax", or "" when it refuses; `why` says why, in words; `says` is
    the message that the loader gives then; `ending` is the name's ending with which it would pick the right reader, ""
    for none.
    """

    reader: str
    why: str = ""
    says: str = ""
    ending: str = ""


NO_SIGNATURE = "Unable to synchronously open file (file signature not found)"
_ENDINGS = {"zip": ".keras", "hdf5": ".h5"}  # by which Keras 3 picks its readers


def opening(document: ModelDocument, library: str, version: str | None) -> Opening:
    """Return what `load_model` of a release does with the artifact at the document's path."""
    if document.format.startswith("tfjs"):
        return Opening("", "TensorFlow.js models are read by TensorFlow.js; for Python they must be converted")
    if library == "keras" and has("picks-by-name", library, version):
        return _by_name(document, library, version)
    if document.container == "zip" and has("reads-keras-zip", library, version):
        if document.path.endswith(".keras"):
            return Opening("keras-v3")
        return Opening(
            "", "this loader takes a zip for a model only when its name ends in .keras", NO_SIGNATURE, ".keras"
        )
    return _by_content(document, library, version)


def _by_name(document: ModelDocument, library: str, version: str | None) -> Opening:
    """Keras 3: the ending decides, in lower case."""
    path, container = document.path, document.container
    ending = os.path.splitext(path.rstrip("/\\"))[1]
    if container == "zip" and ending == ".keras":
        return Opening("keras-v3")
    if document.format == "keras-v3-directory" and has("reads-keras-directory", library, version):
        if ending != ".keras":
            return Opening("keras-v3")
        says = f"IsADirectoryError: [Errno 21] Is a directory: '{path}'"
        return Opening("", "Keras 3 opens a name that ends in .keras as a file, and this is a folder", says)
    wanted = _ENDINGS.get(container, "")
    if ending in (".h5", ".hdf5"):
        if container == "hdf5":
            return Opening("hdf5")
        what = "a folder" if container == "directory" else "a zip archive" if container == "zip" else "none"
        return Opening(
            "", f"Keras 3 opens a name that ends in {ending} as HDF5, and this is {what}", NO_SIGNATURE, wanted
        )
    if document.format == "orbax" and has("reads-orbax", library, version):
        return Opening("orbax")
    if ending == ".keras":
        says = f"File not found: filepath={path}. Please ensure the file is an accessible `.keras` zip file."
        return Opening("", "Keras 3 takes a name that ends in .keras for a zip archive, and this is none", says, wanted)
    if wanted:
        why = f"Keras 3 goes by the file's name, which must end in {wanted}, in lower case"
    elif document.format.startswith("savedmodel"):
        why = "Keras 3 does not read SavedModel folders"
    else:
        why = "Keras 3 reads .keras archives and .h5 files only"
    return Opening("", why, f"File format not supported: filepath={path}.", wanted)


def _by_content(document: ModelDocument, library: str, version: str | None) -> Opening:
    """Every loader before Keras 3: HDF5 is known by its content; some know SavedModel folders as well."""
    savedmodel = has("reads-savedmodel", library, version)
    if document.container == "hdf5":
        return Opening("hdf5")
    no_savedmodel = f"SavedModel file does not exist at: {document.path}"
    if document.container == "directory" and savedmodel:
        if document.format.startswith("savedmodel"):
            return Opening("savedmodel")
        return Opening("", "this loader takes a folder for a SavedModel, and this is none", no_savedmodel)
    what = {"zip": "a .keras archive", "directory": "a folder"}.get(document.container, "this file")
    knows = "HDF5 files and SavedModel folders" if savedmodel else "HDF5 files"
    looks = has("checks-existence", library, version) or not savedmodel
    return Opening("", f"this loader reads {knows} only, not {what}", NO_SIGNATURE if looks else no_savedmodel)
