"""Which interpreter a pyenv shim starts, read from the files that pyenv itself reads."""

from __future__ import annotations

import os

from keras_doctor.releases.version import in_line, version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXT_BYTES = 4096
_LEVELS = 100


def is_shims(folder: str) -> bool:
    """Tell whether a folder of PATH is pyenv's, whose `python` is a script."""
    folder = folder.rstrip("/\\")
    return os.path.basename(folder) == "shims" and os.path.isdir(os.path.join(os.path.dirname(folder), "versions"))


def python(shims: str, name: str, environ: Mapping[str, str], start: str = "") -> str:
    """Return the interpreter that the shim `name` starts, "" when that is the system's own.

    Chosen as pyenv does: PYENV_VERSION, the file .python-version of the working folder or one above, then pyenv's file
    `version`.
    """
    root = os.path.dirname(shims.rstrip("/\\"))
    chosen = environ.get("PYENV_VERSION", "").split(":")
    if not any(chosen):
        chosen = _local(start or environ.get("PYENV_DIR") or working_folder()) or _lines(os.path.join(root, "version"))
    for version in chosen:
        folder = _installed(root, version)
        path = os.path.join(folder, "bin", name) if folder else ""
        if path and os.path.isfile(path):
            return path
    return ""


def working_folder() -> str:
    """Return the folder in which the process works, the root when it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return os.sep


def _local(folder: str) -> list[str]:
    """Return what the nearest .python-version says."""
    for _ in range(_LEVELS):
        found = _lines(os.path.join(folder, ".python-version"))
        if found:
            return found
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    return []


def _lines(path: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            text = file.read(_TEXT_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return []
    return [word for line in text.splitlines() for word in line.partition("#")[0].split()]


def _installed(root: str, version: str) -> str:
    """Return the folder of an installed version; "3.11" means the newest 3.11 that is installed."""
    version = version.removeprefix("python-")
    if not version or version == "system" or "/" in version or "\\" in version or version.startswith("."):
        return ""
    versions = os.path.join(root, "versions")
    if os.path.isdir(os.path.join(versions, version)):
        return os.path.join(versions, version)
    try:
        names = [name for name in os.listdir(versions) if in_line(name, version) and version_key(name)]
    except OSError:
        return ""
    return os.path.join(versions, max(names, key=lambda name: version_key(name) or ())) if names else ""
