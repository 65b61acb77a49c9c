"""The table of releases: made from the data that are there, and environments in which nothing clashes."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from keras_doctor.document.model import ModelDocument
from keras_doctor.loaders.tracing import NO_ARTIFACT
from keras_doctor.releases.api_text import lines
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.published import published
from keras_doctor.releases.version import satisfies, version_key
from keras_doctor.rules import diagnose
from keras_doctor.rules.survey import environment_of

ROOT = Path(__file__).parents[2]
RELEASES = list(published())

# Installations that exist and in which models were saved and loaded: what was there beside the release.
REAL = {
    "Keras 1.2.2": ("tensorflow 1.4.1", "h5py 2.10.0"),
    "Keras 2.0.8": ("tensorflow 1.4.1", "h5py 2.10.0"),
    "Keras 2.1.6": ("tensorflow 1.8.0", "h5py 2.10.0"),
    "Keras 2.2.4": ("tensorflow 1.13.1", "h5py 2.10.0"),
    "tf.keras of TensorFlow 2.0.4": ("tensorflow 2.0.4", "h5py 2.10.0", "numpy 1.18.5"),
    "tf.keras of TensorFlow 2.4.4": ("tensorflow 2.4.4", "h5py 2.10.0", "numpy 1.19.5"),
    "tf.keras of TensorFlow 2.5.3": ("tensorflow 2.5.3", "h5py 3.1.0", "numpy 1.19.5"),
    "tf.keras of TensorFlow 2.6.5": ("keras 2.6.0", "tensorflow 2.6.5", "h5py 3.1.0", "numpy 1.19.5"),
    "tf.keras of TensorFlow 2.12.1": ("keras 2.12.0", "tensorflow 2.12.1", "h5py 3.16.0", "numpy 1.24.3"),
    "tf.keras of TensorFlow 2.15.1": ("keras 2.15.0", "tensorflow 2.15.1", "h5py 3.16.0", "numpy 1.26.4"),
    "Keras 3.0.5": ("tensorflow 2.16.2", "h5py 3.16.0", "numpy 1.26.4"),
    "Keras 3.15.1": ("tensorflow 2.21.0", "h5py 3.14.0"),
    "tf_keras 2.16.0": ("tensorflow 2.16.2",),
    "tf_keras 2.21.0": ("tensorflow 2.21.0",),
}


def test_the_table_is_fresh():
    tool = ROOT / "tools" / "make_published.py"
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_release_that_can_load_is_there_once():
    names = [release.name for release in RELEASES]
    assert len(names) == len(set(names))
    known = lines()
    loading = [v for v in known["keras-2"] if satisfies(v, "<2.4.0")]
    assert len(names) == len(loading) + sum(len(found) for line, found in known.items() if line != "keras-2")


def test_each_family_begins_with_its_newest():
    for one, next_one in pairwise(RELEASES):
        assert one.family != next_one.family or version_key(one.version) > version_key(next_one.version)


@pytest.mark.parametrize("name", REAL)
def test_what_stands_beside_a_release_is_what_real_installations_have(name):
    release = next(release for release in RELEASES if release.name == name)
    assert set(REAL[name]) <= {f"{package} {version}" for package, version in release.packages}


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.name)
def test_nothing_is_wrong_with_the_environment(release):
    nothing = ModelDocument("", NO_ARTIFACT, "none")
    found = diagnose(nothing, environment_of(release)).findings
    assert [finding for finding in found if finding.severity == "error"] == []
    assert {"numpy", "h5py", "protobuf", "tensorflow"} <= dict(release.packages).keys()
    for package, version in release.packages:
        assert catalog().runs_on(package, version, release.python) is not False
    assert environment_of(release).release[1]
