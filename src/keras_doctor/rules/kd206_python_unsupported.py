"""This release was not published for this Python.

**What happens.** It cannot be installed: `ERROR: No matching distribution found for tensorflow==2.4.4`, or
`Requires-Python` shuts it out. An environment of these versions does not exist.

**Why.** TensorFlow is published as wheels for the Pythons of its time, and not as source. Keras 3 says from which
Python on it runs.

**How to mend.** Take the Python that the release was made for, in an environment of its own; or the newest release for
this Python.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.catalog import catalog, line_of
from keras_doctor.releases.setups import Setup
from keras_doctor.rules.installing import install
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD206", "python-unsupported", "package-missing", "error", ("environment:imagined",), effect="fails")

_NAMES = {"tensorflow": "TensorFlow", "keras": "Keras", "tf-keras": "tf-keras"}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a release that is named with a Python for which it was not published. What is installed is there."""
    environment: Environment = step.subject
    python = line_of(environment.python)
    if environment.complete or environment.problem or not python:
        return
    index = catalog()
    for package, name in _NAMES.items():
        version = environment.package(package)
        if not version or package in environment.uncatalogued or index.runs_on(package, version, python) is not False:
            continue
        pythons = index.pythons(package, version)
        remedies = []
        named = {each: environment.package(each) or "" for each in _NAMES if environment.package(each)}
        common = [minor for minor in pythons if all(index.runs_on(*each, minor) is not False for each in named.items())]
        if common:
            setup = Setup(common[-1], tuple(f"{each}=={release}" for each, release in named.items()))
            remedies.append(Remedy(f"Take a Python that {name} {version} was made for:", setup.command()))
        newest = index.newest(package, python=python)
        if newest:
            remedies.append(
                Remedy(f"Or the newest {name} for Python {python}:", install(environment, f"{package}=={newest}"))
            )
        span = f"Python {pythons[0]}" + (f" to {pythons[-1]}" if len(pythons) > 1 else "") if pythons else "others"
        yield RULE.finding(
            step,
            f"{name} {version} was not published for Python {python}, but for {span}",
            evidence=(f"by the package index of {index.asked(package)}",),
            remedies=tuple(remedies),
        )


EXAMPLES = (
    Ill(lambda: sample("hdf5-model", env="python==3.11 tensorflow==2.4.4"), "not published for Python 3.11"),
    Ill(lambda: sample("keras-v3", env="python==3.9 keras==3.15.1 tensorflow==2.16.2"), "not published for Python 3.9"),
    Well(lambda: sample("hdf5-model", env="python==3.8 tensorflow==2.4.4")),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.4.4")),
    Well(lambda: sample("hdf5-model", env="python==3.7 keras==2.2.4 tensorflow==1.13.1")),
)
