"""What a path that leads nowhere was probably meant to be: names that differ a little, and the same name elsewhere."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_NAMES = 5_000
_MOST_FOLDERS = 200
_ENDINGS = (".weights.h5", ".keras", ".hdf5", ".h5", ".json", ".tf", ".pb", ".index", ".zip", ".gz", ".tar")
_SHOWN = 3


def listing(folder: str) -> list[str]:
    """Return the names in a folder, at most 5,000 of them; nothing when it cannot be read."""
    names = []
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) >= _MOST_NAMES:
                    break
    except (OSError, ValueError):
        return []
    return sorted(names)


def distance(first: str, second: str, most: int) -> int:
    """Return how many characters must be inserted, removed, replaced or swapped with their neighbour; `most` + 1 when
    it is more than `most`.

    The optimal string alignment distance, cut off early.
    """
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for index, one in enumerate(first, 1):
        previous, before, row = before, row, [index]
        for at, other in enumerate(second, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (one != other))
            if index > 1 and at > 1 and one == second[at - 2] and first[index - 2] == other:
                cost = min(cost, previous[at - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def similar(name: str, names: Iterable[str]) -> list[tuple[int, str]]:
    """Return the names nearest to `name`, at most three, the nearest first.

    Each has a rank: 0 differs in case or invisible characters, 1 in its ending, more in so many letters.
    """
    wanted = _plain(name)
    stem = _stem(wanted)
    allowed = max(1, min(4, len(stem) // 3))
    found = []
    for other in names:
        plain = _plain(other)
        if plain == wanted:
            rank = 0
        elif _stem(plain) == stem:
            rank = 1
        else:
            away = min(distance(wanted, plain, allowed), distance(stem, _stem(plain), allowed))
            if away > allowed:
                continue
            rank = 1 + away
        found.append((rank, other))
    return sorted(found)[:_SHOWN]


def _plain(name: str) -> str:
    """Return a name without what people overlook: case, blanks around it, invisible characters, forms of one letter."""
    from unicodedata import normalize

    visible = "".join(one for one in normalize("NFKC", name) if one.isprintable())
    return visible.strip().strip("'\"").strip().lower()


def _stem(plain: str) -> str:
    """Return a plain name without the endings of models, also where there are two."""
    changed = True
    while changed:
        changed = False
        for ending in _ENDINGS:
            if plain.endswith(ending) and len(plain) > len(ending):
                plain, changed = plain[: -len(ending)], True
    return plain


def below(name: str, folder: str) -> list[str]:
    """Return where a file of that very name lies one level below a folder."""
    found = []
    for inner in listing(folder)[:_MOST_FOLDERS]:
        candidate = os.path.join(folder, inner, name)
        if not inner.startswith(".") and os.path.exists(candidate):
            found.append(candidate)
    return found[:_SHOWN]


def around(name: str, folder: str) -> list[str]:
    """Return where a file of that very name lies beside and above a folder, and in the current one."""
    above = os.path.dirname(os.path.abspath(folder))
    places = [os.path.join(base, name) for base in (above, os.curdir)] + below(name, above) + below(name, os.curdir)
    here = os.path.abspath(os.path.join(folder, name))
    found = {os.path.abspath(place): os.path.normpath(place) for place in places if os.path.exists(place)}
    return [path for absolute, path in found.items() if absolute != here][:_SHOWN]


def missing_part(path: str) -> tuple[str, str]:
    """Return the longest beginning of a path that exists, and the name after it that does not."""
    head = path
    name = ""
    for _ in range(256):
        head, name = os.path.split(head.rstrip("/\\") or head)
        if not name or os.path.lexists(head or os.curdir):
            break
    return head, name
