"""What loaders do that is code rather than signature, as data: which release has which behaviour."""

from __future__ import annotations

import os

from keras_doctor.releases.version import satisfies

_table: dict[tuple[str, str], list[str]] = {}


def has(behaviour: str, library: str, version: str | None) -> bool:
    """Tell whether the loader of a release behaves so. An unknown version counts as the newest."""
    if not _table:
        _read()
    requirements = _table.get((behaviour, library), [])
    return any(not version or satisfies(version, requirement) for requirement in requirements)


def _read() -> None:
    path = os.path.join(os.path.dirname(__file__), "behaviours.tsv")
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                behaviour, library, requirement, _ = line.rstrip("\n").split("\t")
                _table.setdefault((behaviour, library), []).append(requirement)
