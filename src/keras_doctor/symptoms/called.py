"""What people call, and which releases take which keyword there (`calls.tsv`, made by tools/extract_messages.py)."""

from __future__ import annotations

import os

from keras_doctor.releases.api_text import lines
from keras_doctor.releases.runs import members

_texts: list[str] = []
_ANY = "**"


def taking(function: str, keyword: str) -> dict[str, tuple[str, ...]]:
    """Return the releases, by line, whose function or method of a name has a keyword of its own; {} when none has."""
    row = _row(function, keyword)
    found = {}
    for part in row.split(";") if row else ():
        line, _, runs = part.partition("=")
        found[line] = tuple(members(runs, lines()[line]))
    return found


def known(function: str) -> bool:
    """Tell whether the keywords of a function are known."""
    return f"\n{function}\t" in _text()


def _row(function: str, keyword: str) -> str:
    if keyword == _ANY or "\t" in keyword or "\n" in keyword:
        return ""
    start = f"\n{function}\t{keyword}\t"
    place = _text().find(start)
    return _text()[place + len(start) :].partition("\n")[0] if place >= 0 else ""


def _text() -> str:
    if not _texts:
        with open(os.path.join(os.path.dirname(__file__), "calls.tsv"), encoding="utf-8") as file:
            _texts.append(file.read())
    return _texts[0]
