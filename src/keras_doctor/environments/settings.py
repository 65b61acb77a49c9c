"""What decides between loaders and backends besides what is installed: variables and Keras's own settings file."""

from __future__ import annotations

import os

from keras_doctor.environments.environment import BACKENDS
from keras_doctor.releases.names import TENSORFLOWS
from keras_doctor.releases.version import satisfies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Variables that change which Keras is loaded, on which backend, or whether an import succeeds.
COUNTING = ("KERAS_BACKEND", "TF_USE_LEGACY_KERAS", "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION")
_SETTINGS_BYTES = 1 << 16
_YES = ("true", "True", "1")  # what tensorflow/python/util/lazy_loader.py takes for yes


def configured_backend(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the backend that Keras is told to use and where that is said; ("", "") when it is not told.

    The variable KERAS_BACKEND comes before keras.json in KERAS_HOME or ~/.keras, as in keras/src/backend/config.py.
    """
    backend = environ.get("KERAS_BACKEND", "").strip()
    if backend:
        return backend, f"KERAS_BACKEND={backend}"
    home = environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    path = os.path.join(home, "keras.json")
    try:
        with open(path, "rb") as file:
            text = file.read(_SETTINGS_BYTES + 1)
    except (OSError, ValueError):
        return "", ""
    from keras_doctor.wire.errors import FormatError
    from keras_doctor.wire.jsontext import loads

    try:
        settings = loads(text) if len(text) <= _SETTINGS_BYTES else None
    except FormatError:
        settings = None
    said = settings.get("backend") if isinstance(settings, dict) else None
    return (said, f"the backend of {path}") if said in BACKENDS else ("", "")


def legacy_keras(environ: Mapping[str, str]) -> bool:
    """Tell whether `tf.keras` is to be the package tf-keras."""
    return environ.get("TF_USE_LEGACY_KERAS", "") in _YES


def usual_loader(packages: Mapping[str, str], legacy: bool = False) -> str:
    """Return the loader that a person most likely uses where these packages are.

    `keras` where it is there; `tf_keras` where it alone is there, or where TF_USE_LEGACY_KERAS asks for it and the
    TensorFlow listens (from 2.15 on); else `tf.keras`.
    """
    tensorflow = next((packages[name] for name in TENSORFLOWS if name in packages), None)
    legacy = legacy and (tensorflow is None or satisfies(tensorflow, ">=2.15"))
    if "tf-keras" in packages and (legacy or "keras" not in packages):
        return "tf_keras"
    if "keras" in packages or tensorflow is None:
        return "keras"
    return "tf.keras"


def listens(loader: str, keras: str | None) -> bool:
    """Tell whether a loader lets itself be told its backend: Keras up to 2.3 and from 3 on. The others know TensorFlow
    alone.
    """
    return loader == "keras" and bool(keras) and not satisfies(keras or "", ">=2.4.0rc0,<3.0.0.dev0")


def usual_backend(loader: str, keras: str | None) -> str:
    """Return the backend that a loader takes when it is not told: TensorFlow, Theano for Keras before 1.1."""
    return "theano" if loader == "keras" and keras and satisfies(keras, "<1.1") else "tensorflow"
