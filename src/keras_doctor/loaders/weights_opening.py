"""Which reader `model.load_weights(path)` of a release picks for what is at a path, or how it refuses.

Sources: `Model.load_weights` of keras/engine/topology.py (1.x, 2.0, 2.1), keras/engine/network.py (2.2, 2.3),
tensorflow/python/keras/engine/network.py and training.py (to 2.5), keras/engine/training.py (2.6 to 2.11);
keras/saving/saving_api.py `load_weights` (2.12 to 2.15, tf_keras); keras/src/saving/saving_api.py (3.x).
"""

from __future__ import annotations

from keras_doctor.loaders.opening import NO_SIGNATURE, Opening
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument

_LEGACY = ("hdf5-weights", "hdf5-model")
_STORE = "v3-weights"
_NONE_FOUND = "Layer count mismatch when loading weights from file. … found 0 saved layers."


def weights_opening(document: ModelDocument, library: str, version: str | None) -> Opening:
    """Return what `load_weights` of a release does with the artifact at the document's path."""
    path, form = document.path, document.format
    by_name = library == "keras" and has("picks-by-name", library, version)
    if has("reads-keras-zip", library, version):
        if path.endswith(".keras") and (by_name or document.container == "zip"):
            if document.container == "zip":
                return Opening("keras-v3")
            return Opening("", "a name that ends in .keras is opened as a zip archive, and this is none", NO_SIGNATURE)
        if path.endswith(".weights.h5"):
            return _store(document)
    if by_name:
        if path.endswith(".weights.json"):
            return _sharded(document, library, version)
        if not path.endswith((".h5", ".hdf5")):
            ending = ".weights.h5" if form == _STORE else ".h5" if form in _LEGACY else ""
            why = "Keras 3 goes by the file's name: weights end in .weights.h5, .h5, .hdf5 or .keras"
            return Opening("", why, f"File format not supported: filepath={path}.", ending)
    if form in _LEGACY:
        return Opening("hdf5")
    if form == _STORE:
        if has("reads-keras-zip", library, version):
            why = "this is the newer layout of weights, which is read only where the name ends in .weights.h5"
            return Opening("", why, _NONE_FOUND, ".weights.h5")
        return Opening("", "this release does not know the newer layout of weights (.weights.h5)", _NONE_FOUND)
    if form.startswith("tf-checkpoint") and library != "keras":
        if path.endswith(".index"):
            return Opening("", "a checkpoint is loaded by its prefix, the path without .index", NO_SIGNATURE)
        return Opening("checkpoint")
    return Opening("", "load_weights of this release does not read such a file", NO_SIGNATURE)


def _store(document: ModelDocument) -> Opening:
    """A name that ends in .weights.h5 is opened as a v3 store, whatever is in it."""
    if document.format == _STORE:
        return Opening("keras-v3")
    if document.format in _LEGACY:
        why = "a name that ends in .weights.h5 is read in the newer layout, and this file has the older one"
        return Opening("", why, "Layer '…' expected … variables, but received 0 variables during loading.", ".h5")
    why = "a name that ends in .weights.h5 is opened as HDF5, and this is none"
    return Opening("", why, NO_SIGNATURE)


def _sharded(document: ModelDocument, library: str, version: str | None) -> Opening:
    if document.format == "v3-weights-sharded" and has("reads-sharded-weights", library, version):
        return Opening("keras-v3")
    why = "this release does not read sharded weights" if document.format == "v3-weights-sharded" else "this is none"
    return Opening("", why, f"File format not supported: filepath={document.path}.")
