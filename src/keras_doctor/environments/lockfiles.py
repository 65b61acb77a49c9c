"""Which notation a file that lists packages has, and what it lists.

pip's requirements (also `pip freeze` and pip-compile), conda's environment.yml and explicit lists, Pipfile.lock, and
the TOML files uv.lock, poetry.lock, pdm.lock, pylock.toml and pyproject.toml.
"""

from __future__ import annotations

import os

from keras_doctor.environments import conda, pip_lines, toml_files
from keras_doctor.environments.wanted import Listed, merged
from keras_doctor.releases.version import version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def read(path: str, text_of: Callable[[str], str]) -> Listed:
    """Return what the file at `path` lists. Raises what `text_of` raises, and ValueError for a file that is not
    understood.
    """
    text = text_of(path)
    name = os.path.basename(path).lower()
    if text.lstrip()[:1] == "{":
        return pipfile_lock(text, path)
    if name.endswith((".yml", ".yaml")):
        return conda.environment(text)
    if "@EXPLICIT" in text[:20_000]:
        return conda.explicit(text)
    if name.endswith(".lock") or "\n[[package" in text:
        return toml_files.lock(text)
    if name.endswith(".toml"):
        return toml_files.pyproject(text)
    return Listed(merged(pip_lines.requirements(text, path, text_of)))


def pipfile_lock(text: str, path: str) -> Listed:
    """Read Pipfile.lock: the section "default"."""
    from keras_doctor.wire.jsontext import loads

    value: Any = loads(text)
    default = value.get("default") if isinstance(value, dict) else None
    if not isinstance(default, dict):
        raise ValueError(f"{path} is JSON, but no Pipfile.lock")
    found = []
    for name, entry in default.items():
        asked = entry.get("version") if isinstance(entry, dict) else ""
        wanted = pip_lines.requirement(f"{name}{asked if isinstance(asked, str) else ''}")
        if wanted:
            found.append(wanted)
    meta = value.get("_meta")
    requires = meta.get("requires") if isinstance(meta, dict) else None
    python = (
        (requires.get("python_full_version") or requires.get("python_version")) if isinstance(requires, dict) else ""
    )
    return Listed(tuple(found), python if isinstance(python, str) and version_key(python) else "")
