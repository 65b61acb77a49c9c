"""How the release computes that wrote a file, or that loads it."""

from __future__ import annotations

from keras_doctor.releases.semantics import Semantics
from keras_doctor.releases.version import version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.provenance import Provenance
    from keras_doctor.environments.environment import Environment


# The releases that stand for an era when a file does not say more.
_TYPICAL = {
    "keras-1": ("keras", "1.2.2"),
    "keras-2": ("keras", "2.2.4"),
    "tf.keras": ("tf.keras", "2.4"),
    "tf.keras-v3": ("tf.keras", "2.15"),
    "keras-3": ("keras", "3.15.1"),
}


def semantics_in(environment: Environment) -> Semantics:
    """Return how the release computes that would load a file; of tf.keras, that of its TensorFlow."""
    library, version = environment.release
    if library == "tf.keras":
        version = environment.tensorflow or version
    return Semantics(library.replace("-", "_"), version, environment.backend or "")


def semantics_of(provenance: Provenance, era: str, backend: str | None = None) -> Semantics:
    """Return how the release computes that wrote a file; for another `era` than the file's own, its typical release.
    `backend` takes the place of the one that the file names.
    """
    library, version = _TYPICAL.get(era, _TYPICAL["keras-3"])
    backend = backend or provenance.backend or ""
    if era != provenance.era:
        return Semantics(library, version, backend)
    library = provenance.library or library
    stated = provenance.latest or provenance.keras_version or version
    if library == "tf.keras":
        stated = provenance.tensorflow.rpartition(" ")[2] or stated
    if version_key(stated) is None:  # "tfjs-layers 4.22.0": the backend says how that computes
        stated = version
    return Semantics(library, stated, backend)
