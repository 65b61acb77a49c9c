"""Names that the function of a Lambda layer finds in a release, as data (`lambda_globals.tsv`)."""

from __future__ import annotations

import os

from keras_doctor.releases.version import satisfies

_rows: list[tuple[str, str, frozenset[str]]] = []


def names_found(library: str, version: str) -> frozenset[str]:
    """Return the names of the module whose globals a release gives to such a function; none for an unknown release."""
    if not _rows:
        path = os.path.join(os.path.dirname(__file__), "lambda_globals.tsv")
        with open(path, encoding="utf-8") as file:
            for line in file:
                if not line.startswith("#"):
                    known, requirement, names, _ = line.rstrip("\n").split("\t")
                    _rows.append((known, requirement, frozenset(names.split())))
    for known, requirement, found in _rows:
        if known == library and satisfies(version, requirement):
            return found
    return frozenset()
