"""Which hostile mechanisms work in which release, with the ids of their advisories: `advisories.tsv`."""

from __future__ import annotations

from keras_doctor.releases.version import satisfies

_rows: list[list[str]] = []


def affecting(mechanism: str, library: str, version: str) -> tuple[str, ...] | None:
    """Return the ids of the advisories by which a mechanism works in a release; None when it does not work there.

    Ids may be absent: then what is returned is empty.
    """
    for name, where, releases, ids, _ in _read():
        if name == mechanism and where == library and (not version or satisfies(version, releases)):
            return () if ids == "no id" else tuple(ids.split(" "))
    return None


def known(mechanism: str) -> tuple[str, ...]:
    """Return every id of a mechanism."""
    ids = (row[3].split(" ") for row in _read() if row[0] == mechanism and row[3] != "no id")
    return tuple(dict.fromkeys(one for several in ids for one in several))


def _read() -> list[list[str]]:
    if not _rows:
        data: bytes = __spec__.loader.get_data(__file__[: -len("py")] + "tsv")  # type: ignore[union-attr]
        _rows.extend(line.split("\t") for line in data.decode("utf-8").splitlines() if not line.startswith("#"))
    return _rows
