"""The usual ways out: a command that has the file mended, one that installs what is missing into the environment that
was looked at, or into a new one.
"""

from __future__ import annotations

import os

from keras_doctor.environments import Environment
from keras_doctor.environments.settings import usual_loader
from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.releases import behaviours
from keras_doctor.releases.setups import Setup, setup_for
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.rules.rule import Context

# Packages by which an environment is named again.
_DECIDING = ("keras", "tf-keras", "tensorflow", "jax", "torch")


def install(environment: Environment, *requirements: str) -> str:
    """Return the command that installs requirements into an environment: its own pip, or uv where it has none."""
    words = " ".join(quote(requirement) for requirement in requirements)
    if not environment.interpreter:
        return f"pip install {words}"
    python = quote(environment.interpreter)
    if environment.lacks("pip"):
        return f"uv pip install --python {python} {words}"
    return f"{python} -m pip install {words}"


def suited(document: ModelDocument, python: str = "") -> Setup:
    """Return what suits the release that saved a document, on `python` where that can be."""
    provenance = document.provenance
    return setup_for(
        era=provenance.era,
        keras_version=provenance.keras_version or provenance.latest or provenance.earliest,
        backend=provenance.backend or "",
        zipped=document.format in ("keras-v3", "keras-v3-directory"),
        python=python,
    )


def fresh(document: ModelDocument, python: str = "") -> Remedy:
    """Return the way out that always works: a new environment with what suits the model."""
    setup = suited(document, python)
    return Remedy(
        f"Or load it in a new environment with {' and '.join(setup.requirements[:2])}:".replace("==", " "),
        setup.command(),
    )


def ways_out(context: Context) -> tuple[Remedy, ...]:
    """Return the ways out of what a release makes of a file: to have it mended, or to load it in another release."""
    return (*mended(context), fresh(context.document, context.environment.python))


def mended(context: Context) -> tuple[Remedy, ...]:
    """Return the command that mends a file for the environment that was looked at, or says what cannot be mended."""
    path, environment = context.document.path, context.environment
    if path.startswith("<"):  # no file: standard input
        return ()
    ending = ".keras" if behaviours.has("reads-keras-zip", *environment.release) else ".h5"
    result = f"{os.path.splitext(path.rstrip(os.sep))[0]}-mended{ending}"
    return (
        Remedy(
            "Have a copy mended for this environment, as far as that can be (--plan shows what would change):",
            f"keras-doctor repair {quote(path)} {quote(result)} {_chosen(environment)}".rstrip(),
        ),
    )


def _chosen(environment: Environment) -> str:
    """Return the option that chooses an environment again."""
    if environment.interpreter:
        return f"--python {quote(environment.interpreter)}"
    packages = dict(environment.packages)
    words = [f"python=={environment.python}"] if environment.python else []
    words += [f"{name}=={version}" for name, version in packages.items() if name in _DECIDING]
    if environment.loader != usual_loader(packages):
        words.append(f"loader={environment.loader}")
    return f"--env {quote(' '.join(words))}" if words else ""


def installed(form: str, env: str, **fields: Any) -> tuple[ModelDocument, Environment]:
    """Return a sample document and an environment in which nothing else is installed than what a string names."""
    document, environment = sample(form, env=env, **fields)
    return document, replace(environment, complete=True, origin="an example")
