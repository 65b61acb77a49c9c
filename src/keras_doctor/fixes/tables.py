"""Tables of this room: what fixes know that no release's source says."""

from __future__ import annotations

_tables: dict[str, tuple[tuple[str, ...], ...]] = {}


def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table beside this module: "idle.tsv"."""
    if name not in _tables:
        path = __file__[: -len("tables.py")] + name
        data: bytes = __spec__.loader.get_data(path)  # type: ignore[union-attr]
        lines = (line for line in data.decode("utf-8").splitlines() if line and not line.startswith("#"))
        _tables[name] = tuple(tuple(line.split("\t")) for line in lines)
    return _tables[name]


def idle(kind: str, class_name: str, keyword: str) -> str:
    """Return why a keyword may be left out whatever its value is, "" when it may not."""
    for known, name, key, why in rows("idle.tsv"):
        if (
            known == kind
            and name in ("*", class_name)
            and (key == keyword or (key[0] == "*" and keyword.endswith(key[1:])))
        ):
            return why
    return ""


def other_names(kind: str, class_name: str, keyword: str) -> tuple[str, ...]:
    """Return the other names that a keyword of a class has had."""
    found = []
    for known, name, one, other, *_ in rows("renames.tsv"):
        if known == kind and name in ("*", class_name) and keyword in (one, other):
            found.append(other if keyword == one else one)
    return tuple(found)


ABSENT = {"false": False, "true": True, "null": None, '"channels_last"': "channels_last", '"int"': "int"}


def meant(kind: str, class_name: str, keyword: str) -> object:
    """Return what a config means that lacks a keyword (`absent.tsv`); NotImplemented where the table does not say."""
    for row_kind, owner, key, value in rows("absent.tsv"):
        if (row_kind, key) == (kind, keyword) and owner in (class_name, "*"):
            return ABSENT[value]
    return NotImplemented
