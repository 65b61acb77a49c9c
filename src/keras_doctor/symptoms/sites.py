"""Where a message is raised. What Keras and TensorFlow's loaders say is known (`sites.tsv`, made by
tools/extract_messages.py), so that a last line alone tells the function that it comes from, and the releases.
"""

from __future__ import annotations

import os

from keras_doctor.records import record
from keras_doctor.releases.api_text import lines
from keras_doctor.releases.runs import members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from keras_doctor.symptoms.traceback import Frame

HOLE = "…"
_LONGEST = 3000  # characters of a message that are looked at
_LEAST_PART = 20  # characters of its own that a message needs to be known by its beginning
_LEAST_CUT = 24  # characters that a piece of a message needs to be known by it
_LEAST_OVERLAP = 6  # characters of a piece that a cut message has to end with
_LEAST_WORDS = 5  # words that a message has to share with one that is put otherwise
_LONGER, _COMMON = 10, 400  # words that rows are looked up by, and in how many rows one may stand
_ALIKE = 0.75  # the part of the words that it has to share
_MARKS = "`'\"*"
_ENDS = (" ", ":", "(", "[", "=", ",")
_texts: list[str] = []
_prepared: list[tuple[str, str, str, str]] = []


@record
class Site:
    """A place that says a message. `where`: "saving/saving_lib.load_model"; `shape`: what it says, … for what is put
    in; `own`: how many characters of the message are the shape's own; `runs`: the releases, as the data has them;
    `whole`: all of the shape stands in the message.
    """

    where: str
    shape: str
    own: int
    runs: str = ""
    whole: bool = True

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
    piece = len(low) >= _LEAST_CUT and low in _text()
    for first, shape, where, runs in _rows():
        if first not in low:
            if piece and low in shape:
                cut.append(Site(where, shape, len(low), runs, False))
            continue
        own, whole = (len(shape), True) if first == shape else _matched(shape, low)
        if own and own >= best - 2:
            best = max(best, own)
            found.append(Site(where, shape, own, runs, whole))
    return tuple(site for site in found or cut if site.own >= best - 2) or _like(low)


def _like(low: str) -> tuple[Site, ...]:
    """Return the place whose message has nearly the same words: releases that are not known yet, and people who type
    what they read, say things a little otherwise. () when there is none, or when it is not clear which.
    """
    words = {word for word in _words(low) if len(word) > 1}
    if len(words) < _LEAST_WORDS:
        return ()
    text = _text()
    found: list[Site] = []
    most = 0.0
    for start in _with_rare(text, words):
        row = text[start : text.find("\n", start)]
        own = [word for word in _words(row.partition("\t")[0]) if len(word) > 1]
        shared = sum(1 for word in own if word in words)
        if shared < _LEAST_WORDS or shared < _ALIKE * len(own) or 2 * shared < len(words):
            continue
        if shared / len(own) > most:
            found.clear()
            most = shared / len(own)
        if shared / len(own) >= most:
            head = text.rfind("\n=", 0, start) + 2
            where = text[head : text.find("\n", head)]
            found.append(Site(where, row.partition("\t")[0], sum(map(len, own)), "", False))
    return tuple(found) if len({site.where for site in found}) <= 3 else ()


def _with_rare(text: str, words: set[str]) -> list[int]:
    """Return where the rows begin that have two or more of the longer words that are not in very many rows."""
    hits: dict[int, int] = {}
    for word in sorted(words, key=lambda word: (-len(word), word))[:_LONGER]:
        if text.count(word) > _COMMON:
            continue
        rows = set()
        place = text.find(word)
        while place >= 0:
            rows.add(text.rfind("\n", 0, place) + 1)
            place = text.find(word, place + 1)
        for row in rows:
            hits[row] = hits.get(row, 0) + 1
    return sorted(row for row, count in hits.items() if count >= 2 and text[row] not in "=#")


def _words(text: str) -> list[str]:
    for mark in ".,:;()[]{}=…":
        text = text.replace(mark, " ")
    return text.split()


def _text() -> str:
    if not _texts:
        with open(os.path.join(os.path.dirname(__file__), "sites.tsv"), encoding="utf-8") as file:
            _texts.append(file.read())
    return _texts[0]


def _rows() -> list[tuple[str, str, str, str]]:
    """Return the rows, taken apart once a process: what a shape begins with, the shape, who says it, the releases."""
    if not _prepared:
        where = ""
        for row in _text().split("\n"):
            if row[:1] == "=":
                where = row[1:]
            elif row and row[0] != "#":
                shape, _, runs = row.partition("\t")
                _prepared.append((shape.partition(HOLE)[0], shape, where, runs))
    return _prepared


def _matched(shape: str, low: str) -> tuple[int, bool]:
    """Return how many characters of a shape stand in a message, in their order, and whether that is all of it; 0 when
    it is too little. The last of them may be missing: messages are cut, and their ends change from release to release.
    """
    place, own = 0, 0
    for number, piece in enumerate(shape.split(HOLE)):
        found = low.find(piece, place)
        if found < 0:
            own += _overlap(low[place:], piece)
            return (own - number if own >= _LEAST_PART else 0), False
        place = found
        place += len(piece)
        own += len(piece)
    return own, True


def _overlap(rest: str, piece: str) -> int:
    """Return how much of the beginning of a piece stands at the end of a message that was cut there."""
    most = min(len(rest), len(piece))
    return next((size for size in range(most, _LEAST_OVERLAP - 1, -1) if rest.endswith(piece[:size])), 0)


def among(sites: tuple[Site, ...], frames: Iterable[Frame]) -> tuple[Site, ...]:
    """Return those of the places that frames went through: by file and function, else by function alone."""
    through = {(frame.stem, frame.function.rpartition(".")[2]) for frame in frames}
    exactly = tuple(site for site in sites if (site.module.rpartition("/")[2], site.function) in through)
    functions = {function for _, function in through}
    return exactly or tuple(site for site in sites if site.function in functions)


def releases_of(sites: tuple[Site, ...]) -> dict[str, tuple[str, ...]]:
    """Return the releases that say a message, by line; {} where that is not known for each of its places."""
    found: dict[str, set[str]] = {}
    for site in sites:
        if not site.runs:
            return {}
        for line, releases in site.releases.items():
            found.setdefault(line, set()).update(releases)
    return {line: tuple(one for one in every if one in found[line]) for line, every in lines().items() if line in found}
