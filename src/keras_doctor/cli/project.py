"""Which pyproject.toml speaks for a checked file: the nearest one above it that has [tool.keras-doctor]."""

from __future__ import annotations

import os

_BYTES = 1 << 20
_MARKS = (b"tool.keras-doctor", b'tool."keras-doctor"')
_found: dict[str, str] = {}


def project_file(path: str) -> str:
    """Return the path of the project file, "" when there is none. "-" is looked up from the current folder."""
    folder = os.path.abspath("." if path == "-" else path)
    passed = []
    while folder not in _found:
        passed.append(folder)
        candidate = os.path.join(folder, "pyproject.toml")
        above = os.path.dirname(folder)
        if _speaks(candidate):
            _found[folder] = candidate
        elif above == folder:
            _found[folder] = ""
        else:
            folder = above
    for each in passed:
        _found[each] = _found[folder]
    return _found[folder]


def _speaks(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            text = file.read(_BYTES)
            return any(mark in text for mark in _MARKS)
    except OSError:
        return False
