"""Reading what is installed from the names in site-packages, against importlib.metadata."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import pytest

from keras_doctor import Environment
from keras_doctor.environments.installed import distributions
from keras_doctor.releases.names import canonical


def test_this_python_is_read_like_importlib_metadata_reads_it() -> None:
    expected: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            expected.setdefault(canonical(name), distribution.version)
    assert dict(Environment.current().packages) == expected
    assert Environment.current().python == ".".join(map(str, sys.version_info[:3]))
    assert Environment.current().complete


@pytest.mark.parametrize(
    ("entry", "name", "version"),
    [
        ("tensorflow_cpu-2.15.1.dist-info", "tensorflow-cpu", "2.15.1"),
        ("Keras-2.2.4-py3.6.egg-info", "keras", "2.2.4"),
        ("Keras_Applications-1.0.8.dist-info", "keras-applications", "1.0.8"),
        ("tf_keras-2.16.0.dist-info", "tf-keras", "2.16.0"),
        ("torch-2.15.0+cu132.dist-info", "torch", "2.15.0+cu132"),
        ("h5py-2.10.0-py3.7-linux-x86_64.egg-info", "h5py", "2.10.0"),
        ("ruamel.yaml-0.17.21.dist-info", "ruamel-yaml", "0.17.21"),
        ("scikit-learn-1.0-py3.8.egg-info", "scikit-learn", "1.0"),
    ],
)
def test_names_of_metadata(tmp_path: Path, entry: str, name: str, version: str) -> None:
    (tmp_path / entry).mkdir()
    assert distributions([str(tmp_path)]) == {name: version}


def test_what_is_no_metadata_is_passed_over(tmp_path: Path) -> None:
    for entry in (
        "keras",
        "~eras-2.0.0.dist",
        "x.dist-info",
        "-1.0.dist-info",
        "keras-.dist-info",
        "keras-new.dist-info",
    ):
        (tmp_path / entry).mkdir()
    assert distributions([str(tmp_path), str(tmp_path / "not-there")]) == {}


def test_earlier_folders_hide_later_ones(tmp_path: Path) -> None:
    for folder, version in (("a", "3.6.0"), ("b", "3.15.1")):
        (tmp_path / folder / f"keras-{version}.dist-info").mkdir(parents=True)
    assert distributions([str(tmp_path / "a"), str(tmp_path / "b")]) == {"keras": "3.6.0"}


def test_of_an_upgrade_that_broke_off_the_later_version_counts(tmp_path: Path) -> None:
    for version in ("3.9.0", "3.10.0"):
        (tmp_path / f"keras-{version}.dist-info").mkdir()
    assert distributions([str(tmp_path)]) == {"keras": "3.10.0"}


def test_eggs_and_links_of_pth_files(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    (site / "Keras-2.1.6-py3.6.egg").mkdir(parents=True)
    checkout = tmp_path / "checkout"
    (checkout / "mylib.egg-info").mkdir(parents=True)
    (checkout / "h5py-3.1.0.egg-info").mkdir()
    (site / "easy-install.pth").write_text(f"import sys\n./Keras-2.1.6-py3.6.egg\n{checkout}\n# nothing\n\n")
    (site / "bad.pth").write_bytes(b"\xff\x00/x\n" * 10)
    assert distributions([str(site)]) == {"keras": "2.1.6", "h5py": "3.1.0"}
