"""Where a name came and went: which releases of each line know it."""

from __future__ import annotations

from keras_doctor.releases.api import KINDS
from keras_doctor.releases.api_text import lines, text_of
from keras_doctor.releases.runs import members


def whereabouts(name: str, kind: str) -> dict[str, tuple[str, ...]]:
    """Return, by line, the releases whose loaders know a name in the table of a kind, or by which a class is
    registered: where it came and went.
    """
    found = {}
    folded = name.lower() if kind == "optimizers" else name
    for line, releases in lines().items():
        runs = _registered_runs(line, kind, name) if ">" in name else _table_runs(line, kind, (name, folded))
        if runs:
            have = {version for run in runs for version in members(run, releases)}
            found[line] = tuple(version for version in releases if version in have)
    return found


def _table_runs(line: str, kind: str, names: tuple[str, ...]) -> list[str]:
    """Return in which releases of a line the table of a kind has one of the names."""
    text = text_of(f"{line}/tables.tsv")
    start = text.find(f"\n={kind}\t")
    if start < 0:
        return []
    head, _, rows = text[start + 1 :].partition("\n")
    rows = rows.partition("\n=")[0]
    fields = (row.split("\t", 2) for row in rows.split("\n") if "\t" in row)
    return [field[1] or head.partition("\t")[2] for field in fields if field[0] in names]


def _registered_runs(line: str, kind: str, name: str) -> list[str]:
    """Return in which releases of a line a class of a kind is registered under a name."""
    text = text_of(f"{line}/{kind}.tsv") if kind in KINDS else ""
    runs = []
    place = text.find(f"\t{name}\n")
    while place >= 0:
        fact, _, releases = text[text.rfind("\n", 0, place) + 1 : place].partition("\t")
        if fact == "registered":
            start = text.rfind("\n=", 0, place) + 1
            runs.append(releases or text[start : text.index("\n", start)].partition("\t")[2])
        place = text.find(f"\t{name}\n", place + 1)
    return runs
