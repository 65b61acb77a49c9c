"""The facts of all releases of a line as text: a fact that holds for several releases is one line.

    =Dense  3.0.0-                          a section, and the releases that have it
    init            units  activation=None  a fact that holds wherever the section is
    config  3.13.0- +  units                a fact and the releases in which it holds

Releases are runs over the order of the line, "3.11.3,3.12.2-3.12.4,3.14.1-"; a run without an end reaches the newest.
"""

from __future__ import annotations

import sys
from pathlib import Path

from extraction.release import PRESENT, Release
from extraction.sources import ROOT

sys.path.insert(0, str(ROOT / "src"))

from keras_doctor.releases.runs import members
from keras_doctor.releases.version import version_key

DATA = ROOT / "src" / "keras_doctor" / "releases" / "api"
LINES = "lines.tsv"

Value = tuple[str, ...]


class Line:
    """What is known of a line of releases."""

    def __init__(self, name: str, releases: list[str]) -> None:
        self.name = name
        self.releases = releases
        # file → section → key → value → releases
        self.facts: dict[str, dict[str, dict[str, dict[Value, set[str]]]]] = {}
        for path in sorted((DATA / name).glob("*.tsv")) if releases else []:
            self._load(path)

    def _load(self, path: Path) -> None:
        sections = self.facts.setdefault(path.stem, {})
        section: dict[str, dict[Value, set[str]]] = {}
        everywhere: set[str] = set()
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = line.split("\t")
            if line.startswith("="):
                everywhere = set(members(fields[1], self.releases))
                section = sections.setdefault(fields[0][1:], {})
                section[PRESENT] = {(): set(everywhere)}
            elif line and not line.startswith("#"):
                where = set(members(fields[1], self.releases)) if fields[1] else set(everywhere)
                section.setdefault(fields[0], {})[tuple(fields[2:])] = where

    def replace(self, version: str, facts: Release) -> None:
        """Put the facts of one release in the place of what was known of it."""
        if version not in self.releases:
            self.releases.append(version)
            self.releases.sort(key=lambda v: version_key(v) or ())
        for sections in self.facts.values():
            for keys in sections.values():
                for values in keys.values():
                    for where in values.values():
                        where.discard(version)
        for file, sections_ in facts.items():
            for section, keys_ in sections_.items():
                for key, value in keys_.items():
                    kept = self.facts.setdefault(file, {}).setdefault(section, {}).setdefault(key, {})
                    kept.setdefault(value, set()).add(version)

    def save(self) -> None:
        """Write the files of the line."""
        folder = DATA / self.name
        folder.mkdir(parents=True, exist_ok=True)
        for file, sections in self.facts.items():
            lines = [f"# {self.name} {file}: made by tools/extract_releases.py, do not edit"]
            for section in sorted(sections):
                lines += self._section(section, sections[section])
            (folder / f"{file}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")

    def _section(self, name: str, keys: dict[str, dict[Value, set[str]]]) -> list[str]:
        everywhere = set().union(*keys[PRESENT].values())
        if not everywhere:
            return []
        lines = [f"={name}\t{self.runs(everywhere)}"]
        for key in sorted(keys):
            if key == PRESENT:
                continue
            found = [(where, value) for value, where in keys[key].items() if where]
            for where, value in sorted(found, key=lambda pair: (min(map(self.releases.index, pair[0])), pair[1])):
                lines.append("\t".join((key, "" if where == everywhere else self.runs(where), *value)))
        return lines

    def runs(self, where: set[str]) -> str:
        """Return a set of releases as runs over the order of the line."""
        parts = []
        first = last = None
        for version in [*self.releases, None]:
            if version in where:
                first, last = first or version, version
            elif first:
                end = "-" if last == self.releases[-1] else "" if first == last else f"-{last}"
                parts.append(first + end)
                first = None
        return ",".join(parts)


def load_lines() -> dict[str, list[str]]:
    """Return the lines and their releases in order."""
    path = DATA / LINES
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    rows = (row.split("\t") for row in text.splitlines() if row and not row.startswith("#"))
    return {name: releases.split(" ") for name, releases in rows}


def save_lines(lines: dict[str, list[str]]) -> None:
    """Write the lines and their releases."""
    text = ["# the releases of each line, in the order over which runs are told: made by tools/extract_releases.py"]
    text += [f"{name}\t{' '.join(releases)}" for name, releases in sorted(lines.items())]
    (DATA / LINES).write_text("\n".join(text) + "\n", encoding="utf-8", newline="\n")
