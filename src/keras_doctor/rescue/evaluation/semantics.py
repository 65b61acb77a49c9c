"""How the releases compute where they differ, as data."""

from __future__ import annotations

import os

from keras_doctor.records import record
from keras_doctor.releases.version import satisfies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.provenance import Provenance


@record
class Semantics:
    """The facts of one release.

    `library`: "keras", "tf.keras" or "tf_keras"; `version`: of it (of TensorFlow, for tf.keras); `backend`: what
    computes, "" when it is not known.
    """

    library: str
    version: str
    backend: str

    def __getitem__(self, fact: str) -> str:
        return self.get(fact)

    def get(self, fact: str) -> str:
        """Return what a fact of `semantics.tsv` is for this release. Raises KeyError when the table does not say."""
        for name, library, requirement, found in _table():
            if name == fact and library in (self.library, self.backend, "*") and satisfies(self.version, requirement):
                return found
        raise KeyError(f"semantics.tsv has no {fact!r} of {self.library} {self.version}")


# The releases that stand for an era when a file does not say more.
_TYPICAL = {
    "keras-1": ("keras", "1.2.2"),
    "keras-2": ("keras", "2.2.4"),
    "tf.keras": ("tf.keras", "2.4"),
    "tf.keras-v3": ("tf.keras", "2.15"),
    "keras-3": ("keras", "3.15.1"),
}


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
    return Semantics(library, stated, backend)


_rows: list[tuple[str, str, str, str]] = []


def _table() -> list[tuple[str, str, str, str]]:
    if not _rows:
        with open(os.path.join(os.path.dirname(__file__), "semantics.tsv"), encoding="utf-8") as file:
            for line in file:
                if not line.startswith("#"):
                    fact, library, requirement, found, _ = line.rstrip("\n").split("\t")
                    _rows.append((fact, library, requirement, found))
    return _rows
