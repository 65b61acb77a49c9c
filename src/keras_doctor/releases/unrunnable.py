"""Layers that a release loads and cannot call, as data (`unrunnable.tsv`)."""

from __future__ import annotations

import os

from keras_doctor.records import record
from keras_doctor.releases.version import satisfies


@record
class Unrunnable:
    """What stops a layer when it is called: its `keyword` has `value` (">1": a greater number), and its input (0: any)
    `rank` dimensions.
    """

    keyword: str
    value: str
    rank: int
    why: str


_rows: list[tuple[str, str, frozenset[str], Unrunnable]] = []
_known: dict[tuple[str, str], dict[str, tuple[Unrunnable, ...]]] = {}


def unrunnable(library: str, version: str) -> dict[str, tuple[Unrunnable, ...]]:
    """Return by class what stops layers in a release; {} where nothing does, as far as is known."""
    found = _known.get((library, version))
    if found is None:
        found = {}
        for known, requirement, classes, row in _rows or _read():
            if known == library and satisfies(version, requirement):
                for name in classes:
                    found[name] = (*found.get(name, ()), row)
        _known[library, version] = found
    return found


def _read() -> list[tuple[str, str, frozenset[str], Unrunnable]]:
    path = os.path.join(os.path.dirname(__file__), "unrunnable.tsv")
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                classes, condition, rank, library, requirement, why, _ = line.rstrip("\n").split("\t")
                keyword, _, value = condition.partition("=")
                row = Unrunnable(keyword, value, int(rank), why)
                _rows.append((library, requirement, frozenset(classes.split()), row))
    return _rows
