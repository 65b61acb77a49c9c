"""Environments made to verify in, when a person asks for it: with uv, or with venv where the Python is there.

They stay in the user's cache folder, by what is in them, and are used again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile

from keras_doctor.environments import Environment
from keras_doctor.environments.chosen import executable_in
from keras_doctor.releases.catalog import line_of
from keras_doctor.releases.published import Published, published
from keras_doctor.releases.setups import Setup
from keras_doctor.rules import diagnose
from keras_doctor.rules.survey import environment_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument

_SECONDS = 3600  # for one command: TensorFlow is large
# What is asked for in the version that the target is said to have; what else a release needs, it says itself.
_PINNED = ("keras", "tf-keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy", "h5py", "protobuf")


class BuildError(Exception):
    """An environment that cannot be made. The text is a reason that a person can read."""


def setup_of_target(target: Environment) -> Setup:
    """Return how an environment is made that is as the target is said to be. Raises BuildError."""
    like = next((one for one in published() if environment_of(one).release == target.release), None)
    pins = tuple(f"{name}=={version}" for name, version in target.packages if name in _PINNED)
    named = {name for name, _ in target.packages}
    if target.backend not in ("", "tensorflow"):
        named.add("tensorflow")  # which computes nothing there
    beside = tuple(one for one in (like.requirements if like else ()) if _name(one) not in named)
    python = line_of(target.python) or (like.python if like else "")
    if not python or not (pins or beside):
        raise BuildError("it is not known what such an environment is made of")
    return Setup(python, (*pins, *beside))


def setup_of_source(document: ModelDocument) -> Setup:
    """Return how an environment is made that loads a source as it is: like the writer's, if that can be. Raises
    BuildError.
    """
    provenance = document.provenance

    def likeness(release: Published) -> tuple[bool, bool]:
        environment = environment_of(release)
        return environment.keras_version == provenance.keras_version, release.loader == provenance.library

    for release in sorted(published(), key=likeness, reverse=True):
        if diagnose(document, environment_of(release), compile=False, everything=False).verdict == "loads":
            return release.setup
    raise BuildError("no release is known to load it as it is")


def build(setup: Setup) -> str:
    """Return the folder of an environment, made unless it is there. Raises BuildError."""
    what = "\n".join((setup.python, *setup.requirements))
    place = os.path.join(_cache(), hashlib.sha256(what.encode()).hexdigest()[:16])
    if os.path.isdir(place):
        return place
    os.makedirs(os.path.dirname(place), exist_ok=True)
    folder = tempfile.mkdtemp(prefix="making-", dir=os.path.dirname(place))
    try:
        _make(os.path.join(folder, "environment"), setup)
        os.rename(os.path.join(folder, "environment"), place)  # whole, or not there
    except OSError as error:
        if not os.path.isdir(place):  # nobody else was quicker
            raise BuildError(f"{place}: {error.strerror}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return place


def _make(folder: str, setup: Setup) -> None:
    uv, python = shutil.which("uv"), shutil.which(f"python{setup.python}")
    if uv:
        _run([uv, "venv", "--quiet", "--no-project", "--python", setup.python, folder])
        _run([uv, "pip", "install", "--quiet", "--python", executable_in(folder), *setup.requirements])
    elif python:
        _run([python, "-m", "venv", folder])
        _run([executable_in(folder), "-m", "pip", "install", "--quiet", *setup.requirements])
    else:
        raise BuildError(f"there is neither uv nor a python{setup.python} (pip install uv)")


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{command[0]}: {error}") from None
    if done.returncode:
        lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        raise BuildError(f"{' '.join(command)}: {' '.join(lines)[:400] or f'ended with status {done.returncode}'}")


def _cache() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    return os.path.join(base, "keras-doctor", "environments")


def _name(requirement: str) -> str:
    return requirement[: next((place for place, one in enumerate(requirement) if one in "=<>!~["), len(requirement))]
