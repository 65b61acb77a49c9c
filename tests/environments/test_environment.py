"""The library whose loader really runs."""

from __future__ import annotations

import pytest

from keras_doctor import Environment
from keras_doctor.records import replace

INSTALLED = [
    ("keras==3.15.1 tensorflow==2.21.0", ("keras", "3.15.1")),
    ("keras==3.3.3 tensorflow==2.15.1 loader=tf.keras", ("keras", "3.3.3")),
    ("keras==2.15.0 tensorflow==2.15.1", ("tf.keras", "2.15.0")),
    ("keras==2.9.0 tensorflow==2.10.1 loader=tf.keras", ("tf.keras", "2.9.0")),
    ("tensorflow==2.16.2", ("", "")),
    ("tensorflow==2.10.1", ("", "")),
    ("tensorflow==2.5.3", ("tf.keras", "2.5.3")),
    ("keras==2.4.3 tensorflow==2.6.5", ("tf.keras", "2.6.0")),
    ("tensorflow==2.21.0 keras==3.15.1 loader=tf_keras", ("", "")),
    ("tf-keras==2.21.0 tensorflow==2.21.0", ("tf-keras", "2.21.0")),
    ("numpy==2.0.2", ("", "")),
    ("numpy==2.0.2 loader=tf.keras", ("", "")),
]


@pytest.mark.parametrize(("spec", "release"), INSTALLED)
def test_the_release_of_what_is_installed(spec: str, release: tuple[str, str]) -> None:
    assert replace(Environment.parse(spec), complete=True).release == release


def test_what_is_not_named_is_lacking_only_where_it_was_looked_for() -> None:
    environment = Environment.parse("keras==3.15.1")
    assert not environment.lacks("h5py")
    assert replace(environment, complete=True).lacks("h5py")
    assert not replace(environment, complete=True).lacks("keras")
    assert not replace(environment, complete=True, problem="gone").lacks("h5py")


def test_json_tells_what_decides() -> None:
    told = Environment.parse("python==3.8 tensorflow-cpu==2.4.4 pandas==1.0 h5py==2.10.0").as_json()
    assert told["packages"] == {"tensorflow-cpu": "2.4.4", "h5py": "2.10.0"}
    assert (told["library"], told["version"], told["python"], told["loader"]) == (
        "tf.keras",
        "2.4.4",
        "3.8",
        "tf.keras",
    )
