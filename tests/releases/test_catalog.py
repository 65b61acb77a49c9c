"""The catalog. Expected values are those of the package index's own pages and of the wheels' METADATA."""

from __future__ import annotations

import time

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from keras_doctor.releases.catalog import MINORS, Catalog, catalog, line_of
from keras_doctor.releases.names import PACKAGES, canonical, family

CATALOG = catalog()


@pytest.mark.parametrize("name", PACKAGES)
def test_versions_are_in_order_and_dated(name: str) -> None:
    versions = CATALOG.versions(name)
    assert list(versions) == sorted(versions, key=Version)
    assert len(versions) == len(set(versions)) > 5
    for version in versions:
        released = CATALOG.released(name, version)
        assert released is not None
        assert "2013" < released <= CATALOG.asked(name)


@pytest.mark.parametrize("name", PACKAGES)
def test_every_fact_holds_for_a_run_of_known_releases(name: str) -> None:
    package = CATALOG._package(name)
    for kind, runs in package.runs.items():
        if kind == "also":
            continue
        last = -1
        for first, end, fact in runs:
            assert last < package.positions[first] <= package.positions[end], (kind, first)
            last = package.positions[end]
            if kind.startswith("needs"):
                for choice in fact.split(" | "):
                    for part in choice.split(" ; "):
                        SpecifierSet("" if part == "*" else part)


@pytest.mark.parametrize(
    ("name", "version", "pythons"),
    [
        ("tensorflow", "2.4.4", ("3.6", "3.7", "3.8")),
        ("tensorflow", "2.21.0", ("3.10", "3.11", "3.12", "3.13")),
        ("tensorflow-cpu", "1.15.0", ("2.7", "3.5", "3.6", "3.7")),
        ("h5py", "2.10.0", ("2.7", "3.4", "3.5", "3.6", "3.7", "3.8")),
        ("keras", "2.3.1", ()),
    ],
)
def test_pythons(name: str, version: str, pythons: tuple[str, ...]) -> None:
    assert CATALOG.pythons(name, version) == pythons


def test_requires_python_is_judged_like_packaging_judges_it() -> None:
    for keras, asked in (("3.15.1", ">=3.11"), ("3.10.0", ">=3.9"), ("2.12.0", ">=3.8")):
        for minor in MINORS:
            assert CATALOG.runs_on("keras", keras, minor) == SpecifierSet(asked).contains(minor)
    assert CATALOG.runs_on("tensorflow", "2.4.4", "3.8.18") is True
    assert CATALOG.runs_on("tensorflow", "2.4.4", "3.9.1") is False
    assert CATALOG.runs_on("keras", "2.3.1", "3.13") is None


def test_requirements() -> None:
    assert CATALOG.requirement("tensorflow", "2.4.4", "numpy") == "~=1.19.2"
    assert CATALOG.requirement("tensorflow", "2.16.2", "numpy", python="3.12.1") == "<2.0.0,>=1.26.0"
    assert CATALOG.requirement("tensorflow", "2.16.2", "numpy", python="3.10") == "<2.0.0,>=1.23.5"
    assert CATALOG.requirement("tensorflow", "2.4.4", "keras") is None
    assert CATALOG.requirement("keras", "3.15.1", "h5py") == ""
    assert CATALOG.allows("tensorflow", "2.15.1", "keras", "2.15.0") is True
    assert CATALOG.allows("tensorflow", "2.15.1", "keras", "3.0.0") is False
    assert CATALOG.allows("tensorflow", "2.4.4", "keras", "2.3.1") is None
    assert CATALOG.allows("tf-keras", "2.16.0", "tensorflow-cpu", "2.16.2") is True


def test_a_patch_that_is_not_listed_has_the_facts_of_its_line() -> None:
    assert not CATALOG.knows("tensorflow", "2.15.99")
    assert CATALOG.allows("tensorflow", "2.15.99", "keras", "2.15.0") is True
    assert CATALOG.pythons("keras", "3.12.99") == CATALOG.pythons("keras", "3.12.0")
    assert CATALOG.pythons("keras", "99.0.0") == ()


def test_newest() -> None:
    assert CATALOG.newest("keras", prefix="3.12", python="3.10") == "3.12.4"
    assert CATALOG.newest("keras", python="3.9") == "3.10.0"
    assert CATALOG.newest("tensorflow", prefix="2.15") == "2.15.1"
    assert CATALOG.newest("tensorflow", python="3.5") == "2.3.1"
    assert CATALOG.newest("tf-keras", prefix="2.20") == "2.20.1"  # 2.20.0 was withdrawn
    assert CATALOG.newest("numpy", requirement=">=1.20,<2") == "1.26.4"
    assert CATALOG.newest("keras", prefix="2.5") == "2.5.0rc0"
    assert CATALOG.newest("keras", prefix="2.99") is None
    assert CATALOG.newest("no-such-package") is None


# What `tf.keras.__version__` said in real installations (from 2.13 on it says nothing: the version of `keras` there).
TF_KERAS = [
    ("1.4.1", "2.0.8-tf"),
    ("1.8.0", "2.1.5-tf"),
    ("1.13.1", "2.2.4-tf"),
    ("1.15.0", "2.2.4-tf"),
    ("2.0.4", "2.2.4-tf"),
    ("2.1.4", "2.3.0-tf"),
    ("2.2.3", "2.3.0-tf"),
    ("2.3.4", "2.4.0"),
    ("2.4.4", "2.4.0"),
    ("2.5.3", "2.5.0"),
    ("2.6.5", "2.6.0"),
    ("2.8.4", "2.8.0"),
    ("2.10.1", "2.10.0"),
    ("2.12.1", "2.12.0"),
    ("2.13.1", "2.13.1"),
    ("2.15.1", "2.15.0"),
]


@pytest.mark.parametrize(("tensorflow", "keras"), TF_KERAS)
def test_which_keras_a_tensorflow_brings(tensorflow: str, keras: str) -> None:
    assert CATALOG.tensorflow_keras(tensorflow) == keras
    assert tensorflow in CATALOG.tensorflows_of(keras)


def test_from_2_16_on_it_brings_none() -> None:
    assert CATALOG.tensorflow_keras("2.16.1") is None
    assert CATALOG.tensorflow_keras("2.16.0rc0") is None
    assert CATALOG.tensorflow_keras("1.3.0") is None


def test_names() -> None:
    assert canonical("TF_Keras") == "tf-keras"
    assert family("tensorflow_cpu") == "tensorflow"
    assert family("intel-tensorflow") == "tensorflow"
    assert line_of("3.12.4") == "3.12"
    assert line_of("2.15.0+cu132") == "2.15"
    assert line_of("3") == ""
    assert CATALOG.spelt("tensorflow", "2.4") == "2.4.0"


def test_it_opens_quickly() -> None:
    times = []
    for _ in range(5):
        start = time.process_time()
        Catalog().newest("keras", prefix="3.12")
        times.append(time.process_time() - start)
    assert min(times) < 0.005
