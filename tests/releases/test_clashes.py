"""The table of what does not work together, and what to ask for so that nothing clashes."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.clashes import _entries, bounds_for, clashes, needs_old_h5py
from keras_doctor.releases.names import PACKAGES
from keras_doctor.releases.version import satisfies


@pytest.mark.parametrize("clash", list(_entries()), ids=lambda clash: f"{clash.package}{clash.versions}-{clash.other}")
def test_every_entry_is_about_releases_that_there_are(clash: object) -> None:
    entry = clash
    assert entry.kind in ("keras", "tf-keras", "h5py", "numpy", "protobuf")  # type: ignore[attr-defined]
    assert entry.loader in ("*", "keras", "tf.keras", "tf_keras")  # type: ignore[attr-defined]
    assert entry.effect in ("fails", "works")  # type: ignore[attr-defined]
    assert entry.files in ("", "text", "recurrent", "softmax")  # type: ignore[attr-defined]
    assert bool(entry.says) == (entry.effect == "fails")  # type: ignore[attr-defined]
    for name, requirement in ((entry.package, entry.versions), (entry.other, entry.other_versions)):  # type: ignore[attr-defined]
        assert name in PACKAGES
        SpecifierSet(requirement)
        assert any(satisfies(version, requirement) for version in catalog().versions(name))


def found(kind: str, loader: str, **versions: str) -> list[str]:
    return [clash.effect for clash in clashes(kind, loader, lambda name: versions.get(name.replace("-", "_")))]


def test_entries_are_found_by_versions_and_loader() -> None:
    assert found("keras", "tf.keras", keras="3.15.1", tensorflow="2.14.1") == ["fails"]
    assert found("keras", "keras", keras="3.15.1", tensorflow="2.14.1") == ["works"]
    assert found("keras", "keras", keras="3.15.1") == []
    assert found("tf-keras", "tf_keras", tf_keras="2.15.1", tensorflow="2.16.2") == ["fails"]
    assert found("protobuf", "keras", protobuf="5.29.6", tensorflow="2.15.1") == []


def test_bounds() -> None:
    assert bounds_for("tensorflow-cpu", "2.8.4") == {"numpy": "<2", "protobuf": "<4"}
    assert bounds_for("tensorflow", "2.6.5")["numpy"] == "<1.24"
    assert bounds_for("tensorflow", "2.21.0") == {}
    assert bounds_for("tensorflow", "2.4.4")["h5py"] == "<3"


@pytest.mark.parametrize(
    ("library", "version", "old"),
    [
        ("keras", "2.3.1", True),
        ("keras", "3.0.0", False),
        ("tf.keras", "2.4.4", True),
        ("tf.keras", "2.5.0", False),
        ("tf-keras", "2.16.0", False),
        ("", "", False),
    ],
)
def test_who_decodes_text_itself(library: str, version: str, old: bool) -> None:
    assert needs_old_h5py(library, version) is old
