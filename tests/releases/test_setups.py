"""What to install for a model: always something that can be installed, and that does not clash."""

from __future__ import annotations

import itertools

import pytest

from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.clashes import clashes
from keras_doctor.releases.setups import Setup, setup_for
from keras_doctor.releases.version import satisfies

ERAS = [
    ("keras-1", "1.2.2"),
    ("keras-2", "2.2.4"),
    ("tf.keras", "2.2.4-tf"),
    ("tf.keras", "2.4.0"),
    ("tf.keras-v3", "2.13.1"),
    ("keras-3", "3.5.0"),
    ("keras-3", ""),
    ("", ""),
    ("", "2.6.0"),
]


def test_the_release_is_that_of_the_model() -> None:
    assert setup_for("keras-3", "3.5.0", python="3.11.7").requirements[0] == "keras==3.15.1"
    assert setup_for("keras-3", "3.5.0", python="3.10").requirements[0] == "keras==3.12.4"
    assert setup_for("keras-3", "3.13.0", python="3.10").python == "3.13"  # 3.12.4 is older than what saved
    assert setup_for("keras-3", "3.5.0", backend="jax").requirements[1].startswith("jax==")
    assert setup_for("tf.keras-v3", "2.13.1", zipped=True).requirements[0] == "tensorflow==2.13.1"
    assert setup_for("tf.keras", "2.4.0", python="3.11").requirements[0] == "tensorflow==2.15.1"
    assert setup_for("keras-1", "1.2.2").python == "3.7"


@pytest.mark.parametrize(
    ("era", "version", "backend", "python"),
    [
        (*era, backend, python)
        for era, backend, python in itertools.product(ERAS, ("", "jax", "torch"), ("", "3.8", "3.10", "3.12", "3.14"))
    ],
)
def test_it_can_be_installed_and_does_not_clash(era: str, version: str, backend: str, python: str) -> None:
    for zipped in (False, True):
        setup = setup_for(era, version, backend, zipped, python)
        pins = dict(requirement.split("==") for requirement in setup.requirements if "==" in requirement)
        for name, pin in pins.items():
            assert catalog().knows(name, pin)
            assert catalog().runs_on(name, pin, setup.python) is not False, (name, pin, setup.python)
        given = {**taken(setup, pins), **pins}
        loader = "tf.keras" if satisfies(pins.get("tensorflow", ""), "<2.16") else "keras"
        for kind in ("numpy", "protobuf", "keras"):
            assert not [c for c in clashes(kind, loader, given.get) if c.effect == "fails" and not c.files], given


def taken(setup: Setup, pins: dict[str, str]) -> dict[str, str]:
    """Return the newest NumPy, protobuf and h5py that pip would take with a setup."""
    found = {}
    for name in ("numpy", "protobuf", "h5py"):
        bounds = [requirement[len(name) :] for requirement in setup.requirements if requirement.startswith(name + "<")]
        asked = catalog().requirement("tensorflow", pins.get("tensorflow", ""), name, setup.python)
        requirement = ",".join(part for part in (*bounds, asked) if part)
        found[name] = catalog().newest(name, python=setup.python, requirement=requirement) or ""
    return found


def test_commands() -> None:
    assert Setup("3.11", ("keras==3.6.0", "numpy<2")).command() == (
        'uv run --no-project --python 3.11 --with "keras==3.6.0" --with "numpy<2" python'
    )
    assert Setup("3.7", ("keras==2.3.1",)).command().startswith("conda create -n old-keras python=3.7 ")
