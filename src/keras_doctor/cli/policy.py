"""Which findings a person has decided to ignore, and why."""

from __future__ import annotations

from keras_doctor.cli.entry import Usage
from keras_doctor.rules import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def ignored(words: Iterable[str]) -> dict[str, str]:
    """Return code → reason for words such as "KD114", "KD114,KD111" or "KD804=on our own share".

    Raises `Usage` for a code that there is none of.
    """
    found: dict[str, str] = {}
    for word in words:
        codes, _, reason = word.partition("=")
        for code in codes.split(","):
            if code.strip():
                found[code_of(code.strip())] = reason.strip()
    return found


def code_of(name: str, where: str = "") -> str:
    """Return the code that a code or slug names, in any case. Raises `Usage`, with the nearest codes."""
    entries = catalogue.entries()
    for entry in entries:
        if name.lower() in (entry.code.lower(), entry.slug):
            return entry.code
    near = [entry.code for entry in entries if entry.code.startswith(name.upper()[:4])]
    told = f"; there are {', '.join(near)}" if near else "; `keras-doctor rules` lists them"
    raise Usage(f"{where + ': ' if where else ''}there is no rule {name} to ignore{told}")
