"""Version order and requirements, against the `packaging` library where it is there (pytest depends on it)."""

from __future__ import annotations

import itertools

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from keras_doctor.releases.version import clauses, in_line, is_final, public, satisfies, version_key

VERSIONS = (
    "0.12.0",
    "1.0.8",
    "1.15.5",
    "1.2",
    "1.2.0",
    "2.0.0",
    "2.4",
    "2.4.0rc1",
    "2.4.0",
    "2.4.0rc0",
    "2.4.1",
    "2.15.0",
    "2.15.0.post1",
    "2.15.1",
    "2.16.0rc0",
    "3",
    "3.1.0",
    "2.22.0.dev20260101",
    "2.22.0a1",
    "2.22.0b2",
    "3.10.0",
    "3.12.4",
    "4.21.12",
    "2.4.0.post1.dev3",
)
REQUIREMENTS = (
    *[
        ">=2.4",
        "<2.4",
        ">2.4",
        "<=2.4.0",
        "~=2.4.0",
        "~=2.4",
        "==2.15.*",
        "!=2.15.*",
        ">=2.12.0,<2.16",
        "==2.4",
        ">=2.6,<2.7",
        "~=1.19.2",
        "<2.22.0",
    ],
    *["!=4.21.1,<5.0.0dev,>=3.20.3", ">=2.4.0rc0", "<2.4.0rc1", ">2.15.0", "<3,>1.2"],
    "",
)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(VERSIONS, repeat=2)))
def test_order_is_that_of_packaging(a: str, b: str) -> None:
    left, right = version_key(a), version_key(b)
    assert left is not None
    assert right is not None
    assert (left < right, left == right) == (Version(a) < Version(b), Version(a) == Version(b))


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_requirements_are_met_as_packaging_says(requirement: str) -> None:
    oracle = SpecifierSet(requirement)
    for version in VERSIONS:
        assert satisfies(version, requirement) == oracle.contains(version, prereleases=True), version


def test_names_outside_the_standard() -> None:
    assert version_key("2.2.4-tf") == version_key("2.2.4")
    assert version_key("2.15.0+cu132") == version_key("2.15")
    assert public("2.15.0+cu132") == "2.15.0"


@pytest.mark.parametrize("text", ["", "x", "latest", "2.x", "9" * 40, "1" * 5000, "2.4;rm", "२", "2.4.0foo1", " "])
def test_what_is_no_version(text: str) -> None:
    assert version_key(text) is None


def test_lines() -> None:
    assert in_line("3.12.4", "3.12")
    assert in_line("3.12.4", "3")
    assert not in_line("3.1.0", "3.12")
    assert not in_line("3.12.4", "3.1")
    assert in_line("3.12", "3.12.0")
    assert not in_line("3.12", "")


def test_finals() -> None:
    assert is_final("2.15.0.post1")
    assert not is_final("2.4.0rc1")
    assert not is_final("2.22.0.dev1")
    assert not is_final("nonsense")


def test_a_requirement_that_is_none() -> None:
    with pytest.raises(ValueError, match="no requirement"):
        list(clauses(">=2,newest"))
