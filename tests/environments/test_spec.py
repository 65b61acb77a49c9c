"""Environments as strings."""

from __future__ import annotations

import pytest

from keras_doctor import Environment

# What a string means: packages, loader, backend, and the library whose loader runs, with its version.
MEANT = [
    (
        "python==3.11 keras==3.15.1 tensorflow==2.21.0",
        {"keras": "3.15.1", "tensorflow": "2.21.0"},
        "keras",
        "tensorflow",
        ("keras", "3.15.1"),
    ),
    ("tensorflow==2.4.4", {"tensorflow": "2.4.4"}, "tf.keras", "tensorflow", ("tf.keras", "2.4.4")),
    ("tensorflow-cpu==1.15.0", {"tensorflow-cpu": "1.15.0"}, "tf.keras", "tensorflow", ("tf.keras", "1.15.0")),
    ("tensorflow==2.10.1", {"tensorflow": "2.10.1"}, "tf.keras", "tensorflow", ("tf.keras", "2.10.0")),
    ("tensorflow==2.13.1", {"tensorflow": "2.13.1"}, "tf.keras", "tensorflow", ("tf.keras", "2.13.1")),
    (
        "tf_keras==2.16 tensorflow==2.16",
        {"tf-keras": "2.16.0", "tensorflow": "2.16.2"},
        "tf_keras",
        "tensorflow",
        ("tf-keras", "2.16.0"),
    ),
    ("keras==3.15.1 jax==0.10.2", {"keras": "3.15.1", "jax": "0.10.2"}, "keras", "jax", ("keras", "3.15.1")),
    ("keras==3.15.1,torch==2.9.1", {"keras": "3.15.1", "torch": "2.9.1"}, "keras", "torch", ("keras", "3.15.1")),
    ("keras==1.2.2 theano==0.9.0", {"keras": "1.2.2", "theano": "0.9.0"}, "keras", "theano", ("keras", "1.2.2")),
    ("keras==1.0.8", {"keras": "1.0.8"}, "keras", "theano", ("keras", "1.0.8")),
    (
        "keras==2.4.3 tensorflow==2.4.4",
        {"keras": "2.4.3", "tensorflow": "2.4.4"},
        "keras",
        "tensorflow",
        ("tf.keras", "2.4.4"),
    ),
    (
        "keras==2.3.1 tensorflow==1.15.0 loader=tf.keras",
        {"keras": "2.3.1", "tensorflow": "1.15.0"},
        "tf.keras",
        "tensorflow",
        ("tf.keras", "1.15.0"),
    ),
    (
        "keras==3.6.0 tensorflow==2.18.0 loader=tf.keras",
        {"keras": "3.6.0", "tensorflow": "2.18.0"},
        "tf.keras",
        "tensorflow",
        ("keras", "3.6.0"),
    ),
    ("torch==2.15.0+cu132", {"torch": "2.15.0+cu132"}, "keras", "tensorflow", ("", "")),
    (
        "transformers==4.44 keras=3.6",
        {"transformers": "4.44", "keras": "3.6.0"},
        "keras",
        "tensorflow",
        ("keras", "3.6.0"),
    ),
    ("", {}, "keras", "tensorflow", ("", "")),
]


@pytest.mark.parametrize(("spec", "packages", "loader", "backend", "release"), MEANT)
def test_what_a_string_means(
    spec: str, packages: dict[str, str], loader: str, backend: str, release: tuple[str, str]
) -> None:
    environment = Environment.parse(spec)
    assert dict(environment.packages) == packages
    assert (environment.loader, environment.backend, environment.release) == (loader, backend, release)
    assert not environment.complete
    assert environment.problem == ""


def test_attributes() -> None:
    environment = Environment.parse("python==3.7.16 tensorflow-cpu==2.4.4 h5py==2.10.0 numpy==1.19.5")
    assert environment.python == "3.7.16"
    assert (environment.tensorflow, environment.keras, environment.h5py, environment.numpy) == (
        "2.4.4",
        None,
        "2.10.0",
        "1.19.5",
    )
    assert (environment.jax, environment.torch) == (None, None)
    assert environment.keras_version == "2.4.0"
    assert Environment.parse("tensorflow==1.15.0").keras_version == "2.2.4-tf"
    assert Environment.parse("keras==3.15.1").keras_version == "3.15.1"
    assert environment.package("TensorFlow") == "2.4.4"


@pytest.mark.parametrize(
    ("spec", "name", "version"),
    [
        ("keras==3.12", "keras", "3.12.4"),
        ("keras==3.12.*", "keras", "3.12.4"),
        ("keras==3 python==3.10", "keras", "3.12.4"),
        ("keras==3.12.0", "keras", "3.12.0"),
        ("tensorflow==2.15", "tensorflow", "2.15.1"),
        ("tensorflow==2.15.0.post1", "tensorflow", "2.15.0.post1"),
        ("keras==2.13", "keras", "2.13.1"),
        ("numpy==1.26", "numpy", "1.26.4"),
        ("keras==2.5", "keras", "2.5.0rc0"),
    ],
)
def test_a_line_means_its_newest_patch(spec: str, name: str, version: str) -> None:
    assert Environment.parse(spec).package(name) == version


@pytest.mark.parametrize(
    "spec", ["keras==99.1", "keras==3.99.0rc1", "tensorflow==2.99.0.dev20300101", "keras==3.12.99"]
)
def test_releases_of_tomorrow(spec: str) -> None:
    environment = Environment.parse(spec)
    name, _, version = spec.partition("==")
    assert environment.package(name) == version
    assert environment.uncatalogued == (name,)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("kears==3.15.1", "keras is meant"),
        ("keras==2.13.0", "2.13.1"),
        ("keras==2.16.0", "2.15.0 and 3.0.0"),
        ("keras==2.2.99", "2.2.5"),
        ("tensorflow==1.16", "1.15.5 and 2.0.0"),
        ("python==3.2", "3.3"),
        ("python==abc", "python==3.11"),
        ("keras>=3", "range"),
        ("keras", "keras=="),
        ("keras==", "keras=="),
        ("foo", "keras==3.15.1"),
        ("loader=kears", "tf.keras"),
        ("backend=pytorch", "torch is meant"),
        ("keras==2.2.4-tf", "TensorFlow 1.13.1 to 2.0.4"),
        ("keras==latest", "keras==3"),
        ("keras==3.6.0 keras==3.8.0", "twice"),
        ("==", "keras==3.15.1"),
        ("x" * 5000, "too long"),
        ("keras==" + "9" * 300, "no version"),
        ("keras==3.6\x1b[31m", "no version"),
    ],
)
def test_what_does_not_exist(spec: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as error:
        Environment.parse(spec)
    message = str(error.value)
    assert says in message
    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 400
