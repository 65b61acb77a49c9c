"""Words for a shell: what a remedy prints can be pasted."""

from __future__ import annotations

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+,:@%")


def quote(word: str) -> str:
    """Return `word` as one word of a POSIX shell."""
    if word and _SAFE.issuperset(word):
        return "./" + word if word.startswith("-") else word
    return "'" + word.replace("'", "'\"'\"'") + "'"


def python(code: str) -> str:
    """Return a shell command that runs a line of Python."""
    return "python -c " + quote(code)


def literal(text: str) -> str:
    """Return `text` as a Python string in double quotes, which a single-quoted shell word can hold as it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in escaped) + '"'
