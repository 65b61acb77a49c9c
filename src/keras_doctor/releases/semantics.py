"""How releases compute where they differ, as data: `semantics.tsv`."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.version import satisfies


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


_rows: list[tuple[str, str, str, str]] = []


def _table() -> list[tuple[str, str, str, str]]:
    if not _rows:
        data: bytes = __spec__.loader.get_data(__file__[: -len("py")] + "tsv")  # type: ignore[union-attr]
        for line in data.decode("utf-8").splitlines():
            if not line.startswith("#"):
                fact, library, requirement, found, _ = line.split("\t")
                _rows.append((fact, library, requirement, found))
    return _rows
