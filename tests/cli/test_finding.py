"""The finder of the installed command finds what Python's own finder finds, and nothing else."""

from __future__ import annotations

import pkgutil
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

import pytest

import keras_doctor
from keras_doctor.cli import finding

MODULES = [
    found.name
    for found in pkgutil.walk_packages(keras_doctor.__path__, "keras_doctor.")
    if "__main__" not in found.name
]


@pytest.fixture
def finder():
    return finding.Finder(keras_doctor)


def by_python(name):
    folder = keras_doctor.__path__
    for part in name.split(".")[1:-1]:
        folder = [f"{folder[0]}/{part}"]
    return PathFinder.find_spec(name, folder)


def test_every_module_is_found_as_python_finds_it(finder):
    assert len(MODULES) > 50
    for name in MODULES:
        ours, theirs = finder.find_spec(name), by_python(name)
        for field in ("name", "origin", "cached", "parent", "has_location", "submodule_search_locations"):
            assert getattr(ours, field) == getattr(theirs, field), (name, field)
        assert isinstance(ours.loader, type(theirs.loader))
        assert ours.loader.get_code(name) == theirs.loader.get_code(name)


def test_a_module_has_the_usual_attributes(finder):
    module, usual = (
        module_from_spec(spec) for spec in (finder.find_spec("keras_doctor.wire"), by_python("keras_doctor.wire"))
    )
    for field in ("__file__", "__path__", "__package__", "__cached__"):
        assert getattr(module, field) == getattr(usual, field)


@pytest.mark.parametrize(
    "name", ["json", "keras_doctor", "keras_doctor_x.y", "keras_doctor.nothing", "keras_doctor.wire.nothing"]
)
def test_anything_else_is_left_to_the_next_finder(finder, name):
    assert finder.find_spec(name) is None


def test_only_a_plain_folder_is_taken(monkeypatch):
    before = list(sys.meta_path)
    monkeypatch.setattr(sys, "meta_path", list(before))
    monkeypatch.setattr(keras_doctor.__spec__, "loader", object())  # as from a zip archive
    finding.install()
    assert sys.meta_path == before


def test_bytecode_that_is_kept_elsewhere_is_found_there(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(keras_doctor.__spec__, "cached", str(tmp_path / "somewhere/__init__.pyc"))
    ours, theirs = (found("keras_doctor.records") for found in (finding.Finder(keras_doctor).find_spec, by_python))
    assert ours.cached == theirs.cached
    assert str(tmp_path) in ours.cached
