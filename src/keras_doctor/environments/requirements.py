"""Environments as files: what a requirements or lock file pins, and what fits best where it leaves a choice."""

from __future__ import annotations

import os

from keras_doctor.environments import lockfiles
from keras_doctor.environments.environment import Environment
from keras_doctor.environments.settings import usual_loader
from keras_doctor.environments.spec import backend_of
from keras_doctor.environments.wanted import Wanted
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.names import PACKAGES, family
from keras_doctor.releases.version import clauses

_TEXT_BYTES = 16 << 20
_FIRST = ("tensorflow", "keras", "tf-keras")  # the others are chosen to fit these


def read(path: str) -> Environment:
    """Return the environment that the file at `path` describes. Raises OSError or ValueError."""
    listed = lockfiles.read(path, _text)
    if not listed.wanted:
        raise ValueError(f"{path} names no package")
    packages: dict[str, str] = {}
    notes: list[str] = []
    for wanted in sorted(listed.wanted, key=_rank):
        version = _version(wanted, packages, listed.python)
        if version:
            packages[wanted.name] = version
            if not _pins(wanted.requirement, version):
                asked = wanted.requirement if wanted.requirement else "any version"
                notes.append(f"{wanted.name} {asked} taken as {version}")
    loader = usual_loader(packages)
    return Environment(
        python=listed.python,
        packages=tuple(sorted(packages.items())),
        loader=loader,
        backend=backend_of(loader, packages),
        origin="; ".join([os.path.basename(path), *notes]),
    )


def _text(path: str) -> str:
    with open(path, "rb") as file:
        data = file.read(_TEXT_BYTES + 1)
    if len(data) > _TEXT_BYTES:
        raise ValueError(f"{path} is larger than {_TEXT_BYTES >> 20} MB: no requirements file")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(f"{path} is not text")
    return data.decode("utf-16" if b"\0" in data else "utf-8-sig", "replace")


def _rank(wanted: Wanted) -> tuple[int, str]:
    """Order TensorFlow before what must fit it."""
    name = family(wanted.name)
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST)), wanted.name


def _pins(requirement: str, version: str) -> bool:
    return any(operator in ("==", "===") and bound == version for operator, bound in clauses(requirement))


def _version(wanted: Wanted, packages: dict[str, str], python: str) -> str | None:
    """Return the release that a requirement means: the pinned one, else the newest that fits it, the Python and the
    TensorFlow.
    """
    for operator, bound in clauses(wanted.requirement):
        if operator in ("==", "===") and not bound.endswith(".*"):
            return bound
    if family(wanted.name) not in PACKAGES:
        return None
    index = catalog()
    tensorflow = next((version for name, version in packages.items() if family(name) == "tensorflow"), None)
    asked = index.requirement("tensorflow", tensorflow, wanted.name, python) if tensorflow else None
    both = ",".join(part for part in (wanted.requirement, asked) if part)
    return index.newest(wanted.name, python=python, requirement=both) or index.newest(
        wanted.name, python=python, requirement=wanted.requirement
    )
