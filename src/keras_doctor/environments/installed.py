"""What is installed, read from the names in `site-packages` without importing or running anything."""

from __future__ import annotations

import os
import sys

from keras_doctor.environments.environment import Environment
from keras_doctor.environments.settings import (
    COUNTING,
    configured_backend,
    legacy_keras,
    listens,
    usual_backend,
    usual_loader,
)
from keras_doctor.releases.names import canonical
from keras_doctor.releases.version import version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_METADATA = (".dist-info", ".egg-info", ".egg")
_ENTRIES = 100_000  # names of one folder that are looked at
_PTH_BYTES = 1 << 16
_PTH_FILES = 100


def distributions(folders: Iterable[str]) -> dict[str, str]:
    """Return the distributions in the folders, name to version; a folder that comes first hides later ones, as on
    `sys.path`.

    Two versions in one folder (an upgrade that broke off) count as the later one. Folders that are not there are
    passed over.
    """
    found: dict[str, str] = {}
    for names in _with_pth(folders).values():
        here: dict[str, str] = {}
        for entry in names:
            if entry.endswith(_METADATA) and "-" in entry:
                name, version = _named(entry)
                if version and (name not in here or _later(version, here[name])):
                    here[name] = version
        for name, version in here.items():
            found.setdefault(name, version)
    return found


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)[:_ENTRIES]
    except (OSError, ValueError):
        return []


def _named(entry: str) -> tuple[str, str]:
    """Split "tensorflow_cpu-2.15.1.dist-info" or "Keras-2.2.4-py3.6.egg-info" into name and version."""
    stem = entry[: entry.rindex(".")]
    if entry.endswith(".dist-info"):
        name, _, version = stem.partition("-")
    else:
        parts = stem.split("-")
        parts = parts[: next((i for i, part in enumerate(parts) if i > 1 and part.startswith("py")), len(parts))]
        name, version = "-".join(parts[:-1]), parts[-1]
    return (canonical(name), version) if name and version[:1].isdigit() else ("", "")


def _later(version: str, other: str) -> bool:
    ours, theirs = version_key(version), version_key(other)
    return ours is not None and (theirs is None or ours > theirs)


def _with_pth(folders: Iterable[str]) -> dict[str, list[str]]:
    """Return the folders and the names in them, each followed by those that its .pth files add (easy_install's eggs,
    links to checkouts).
    """
    wanted: dict[str, list[str]] = {}
    for folder in folders:
        if folder not in wanted:
            wanted[folder] = _names(folder)
        if os.path.basename(folder.rstrip("/\\")) not in ("site-packages", "dist-packages"):
            continue
        for entry in [name for name in wanted[folder] if name.endswith(".pth")][:_PTH_FILES]:
            for line in _lines(os.path.join(folder, entry)):
                if line and not line.startswith(("#", "import ", "import\t")):
                    path = os.path.normpath(os.path.join(folder, line))
                    # An egg says name and version in its own name: its folder is looked at as well.
                    path = os.path.dirname(path) if path.endswith(".egg") else path
                    if path not in wanted:
                        wanted[path] = _names(path)
    return wanted


def _lines(path: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            text = file.read(_PTH_BYTES).decode("utf-8", "replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if "\0" not in line]


def assembled(
    folders: Iterable[str], python: str, origin: str, interpreter: str, environ: Mapping[str, str], problem: str = ""
) -> Environment:
    """Return the environment of what is in the folders, with the loader and backend that settings and variables
    choose.
    """
    packages = distributions(folders)
    legacy = legacy_keras(environ)
    loader = usual_loader(packages, legacy)
    notes = [origin]
    backend = usual_backend(loader, packages.get("keras"))
    if listens(loader, packages.get("keras")):
        told, where = configured_backend(environ)
        if told:
            backend = told
            notes.append(where)
    if legacy and loader == "tf_keras":
        notes.append("TF_USE_LEGACY_KERAS is set")
    return Environment(
        python=python,
        packages=tuple(sorted(packages.items())),
        loader=loader,
        backend=backend,
        origin=", ".join(notes),
        interpreter=interpreter,
        complete=True,
        problem=problem,
        variables=tuple((name, environ[name]) for name in COUNTING if environ.get(name)),
    )


def current() -> Environment:
    """Return the environment of this interpreter."""
    from keras_doctor.environments.pyenv import working_folder

    version = ".".join(str(number) for number in sys.version_info[:3])
    folders = [path or working_folder() for path in sys.path]
    return assembled(folders, version, "this Python", sys.executable or "", os.environ)
