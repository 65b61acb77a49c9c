"""Words for a shell: what a remedy prints can be pasted."""

from __future__ import annotations

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+,:@%")


def quote(word: str) -> str:
    """Return `word` as one word of a POSIX shell."""
    if word and _SAFE.issuperset(word):
        return "./" + word if word.startswith("-") else word
    return "'" + word.replace("'", "'\"'\"'") + "'"
