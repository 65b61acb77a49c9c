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
    with open(path, "rb") as file:
        data = file.read()
    for line in data.decode("utf-8").splitlines():
        if line[0] != "#":
            behaviour, library, requirement, _ = line.split("\t", 3)
            _table.setdefault((behaviour, library), []).append(requirement)
