"""The names of what a Keras artifact can be, in plain words. Foreign kinds have their own table."""

from __future__ import annotations

# format → what it is called. Sources: FORMATS of the modules of this room.
TITLES = {
    "keras-v3": "Keras v3 archive (.keras)",
    "keras-v3-directory": "unzipped Keras v3 archive",
    "hdf5-model": "whole Keras model in HDF5 (.h5)",
    "hdf5-weights": "weights of a Keras model in HDF5, without architecture",
    "hdf5-architecture": "architecture of a Keras model in HDF5, without weights",
    "v3-weights": "weights of a Keras 3 model (.weights.h5), without architecture",
    "v3-weights-sharded": "sharded weights of a Keras 3 model, without architecture",
    "savedmodel": "TensorFlow SavedModel of a Keras model",
    "savedmodel-export": "exported SavedModel: for inference only, without architecture",
    "savedmodel-tf": "TensorFlow SavedModel without a Keras model in it",
    "savedmodel-tf1": "SavedModel of TensorFlow 1, without a Keras model in it",
    "tf-checkpoint": "TensorFlow checkpoint: weights without architecture",
    "tf-checkpoint-v1": "name-based TensorFlow 1 checkpoint: weights without architecture",
    "json-architecture": "architecture of a Keras model in JSON, without weights",
    "yaml-architecture": "architecture of a Keras model in YAML, without weights",
    "tfjs-layers": "TensorFlow.js layers model",
    "tfjs-graph": "TensorFlow.js graph model: for inference only",
    "orbax": "Orbax checkpoint",
}

# What can be given to `load_model` somewhere, by what it holds.
WHOLE = ("keras-v3", "keras-v3-directory", "hdf5-model", "savedmodel")
WEIGHTS_ONLY = ("hdf5-weights", "v3-weights", "v3-weights-sharded", "tf-checkpoint", "tf-checkpoint-v1")
ARCHITECTURE_ONLY = ("hdf5-architecture", "json-architecture", "yaml-architecture")


# What each format is called, the first being what Keras writes today. Case matters: Keras 3 compares endings as they
# are.
ENDINGS = {
    "keras-v3": (".keras",),
    "hdf5-model": (".h5", ".hdf5"),
    "hdf5-weights": (".h5", ".hdf5"),
    "v3-weights": (".weights.h5",),
}


def misnamed(name: str, path: str) -> bool:
    """Tell whether a file's ending is not one of its format's own. Bytes without a file ("<stdin>") have no name."""
    if name not in ENDINGS or path.startswith("<"):
        return False
    return not path.endswith(ENDINGS[name]) or (name == "hdf5-weights" and path.endswith(".weights.h5"))


def title(name: str, given: str = "") -> str:
    """Return the plain words for a format; `given` (a document's own title) comes first."""
    return given or TITLES.get(name, name)
