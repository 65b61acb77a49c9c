"""Which functions TensorFlow and the backends of Keras have, as data (`backend_names.tsv`)."""

from __future__ import annotations

import os

from keras_doctor.releases.version import version_key

_spaces: dict[tuple[str, str], tuple[list[str], dict[str, str]]] = {}


def has_name(library: str, version: str, namespace: str, name: str) -> bool | None:
    """Tell whether `namespace` ("" for the top, "nn") of a release has a name; None for what was not recorded.

    `library`: "tensorflow", or "keras" for the backend of Keras 1 and 2. A release between two that were looked at
    counts as the older one.
    """
    if not _spaces:
        _read()
    order, rows = _spaces.get((library, namespace), ([], {}))
    wanted = version_key(version)
    if not order or wanted is None:
        return None
    position = -1
    for place, known in enumerate(order):
        key = version_key(known)
        if key is not None and key[0] <= wanted[0]:
            position = place
    runs = rows.get(name)
    if runs is None or position < 0:
        return None if position < 0 else False
    return not runs or any(_within(position, run, order) for run in runs.split())


def _within(position: int, run: str, order: list[str]) -> bool:
    first, _, last = run.partition("-")
    return order.index(first) <= position <= order.index(last or first)


def _read() -> None:
    path = os.path.join(os.path.dirname(__file__), "backend_names.tsv")
    rows: dict[str, str] = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            fields = line.rstrip("\n").split("\t")
            if line.startswith("="):
                rows = {}
                _spaces[fields[0][1:], fields[1]] = fields[2].split(), rows
            else:
                rows[fields[0]] = fields[1]
