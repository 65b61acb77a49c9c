"""Where a message is raised. What Keras and TensorFlow's loaders say is known (`sites.tsv`, made by
tools/extract_messages.py), so that a last line alone tells the function that it comes from, and the releases.
"""

from __future__ import annotations

import os

from keras_doctor.records import record
from keras_doctor.releases.api_text import lines
from keras_doctor.releases.runs import members

HOLE = "…"
_LONGEST = 3000  # characters of a message that are looked at
_LEAST_PART = 20  # characters of its own that a message needs to be known by its beginning
_LEAST_CUT = 24  # characters that a cut message needs to be known by its beginning
_MARKS = "`'\"*"
_ENDS = (" ", ":", "(", "[", "=", ",")
_texts: list[str] = []


@record
class Site:
    """A place that says a message. `where`: "saving/saving_lib.load_model"; `shape`: what it says, … for what is put
    in; `own`: how many characters of the message are the shape's own; `runs`: the releases, as the data has them.
    """

    where: str
    shape: str
    own: int
    runs: str = ""

    @property
    def module(self) -> str:
        """The module, without the function: "saving/saving_lib"."""
        return self.where.rpartition(".")[0]

    @property
    def function(self) -> str:
        """The function, "" for a module's own level."""
        return self.where.rpartition(".")[2]

    @property
    def releases(self) -> dict[str, tuple[str, ...]]:
        """The releases that say it, by line; {} where that is not known."""
        found = {}
        for part in self.runs.split(";"):
            line, told, runs = part.partition("=")
            if told:
                found[line] = tuple(members(runs, lines()[line]))
        return found


def bare(message: str) -> str:
    """Return a message as shapes are compared with it: lower case, no quotation marks, one space between words."""
    message = message[:_LONGEST].lower()
    for mark in _MARKS:
        message = message.replace(mark, "")
    return " ".join(message.split())


def sites_of(message: str) -> tuple[Site, ...]:
    """Return the places that say a message: those whose shape has most of it. () for one that no release says."""
    low = bare(message)
    found: list[Site] = []
    cut: list[Site] = []
    best = 0
    where = ""
    for row in _rows():
        if row[0] == "=":
            where = row[1:]
            continue
        shape, _, runs = row.partition("\t")
        first = shape.partition(HOLE)[0]
        if first not in low:
            if len(low) >= _LEAST_CUT and first.startswith(low):
                cut.append(Site(where, shape, len(low), runs))
            continue
        own = len(shape) if first == shape else _matched(shape, low)
        if own and own >= best - 2:
            best = max(best, own)
            found.append(Site(where, shape, own, runs))
    return tuple(site for site in found or cut if site.own >= best - 2)


def _rows() -> list[str]:
    if not _texts:
        path = os.path.join(os.path.dirname(__file__), "sites.tsv")
        with open(path, encoding="utf-8") as file:
            _texts.extend(row for row in file.read().split("\n") if row and row[0] != "#")
    return _texts


def _matched(shape: str, low: str) -> int:
    """Return how many characters of a shape stand in a message, in their order; 0 when too few of them do. The last
    of them may be missing: messages are cut, and what they add changes from release to release.
    """
    place, own = 0, 0
    for number, piece in enumerate(shape.split(HOLE)):
        place = low.find(piece, place)
        if place < 0:
            return own - number if own >= _LEAST_PART else 0
        place += len(piece)
        own += len(piece)
    return own
