"""The file as a whole: superblocks, groups, attributes and datasets that h5py writes by default."""

from __future__ import annotations

import io

import h5py
import numpy as np
import pytest

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5 import Dataset, File, Group
from keras_doctor.wire.source import BytesSource


def written(fill, **options) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        fill(file)
    return buffer.getvalue()


def opened(fill, **options) -> File:
    return File(BytesSource(written(fill, **options)))


def test_tree_attributes_and_bytes():
    values = np.arange(12, dtype="f4").reshape(3, 4)

    def fill(file):
        file["a/b/c"] = values
        file["a"].attrs["name"] = "Grüße"
        file["a"].attrs["names"] = ["x", "yy", "zzz"]
        file["a"].attrs["fixed"] = np.array([b"one", b"three"])
        file["scalar"] = np.int64(7)

    file = opened(fill)
    assert [node.path for node in file.root.walk()] == ["/a", "/a/b", "/a/b/c", "/scalar"]
    a, c = file.get("a"), file.get("/a/b/c")
    assert isinstance(a, Group)
    assert isinstance(c, Dataset)
    assert {name: attribute.value for name, attribute in a.attributes.items()} == {
        "name": "Grüße",
        "names": ["x", "yy", "zzz"],
        "fixed": ["one", "three"],
    }
    assert c.shape == (3, 4)
    assert c.datatype.name == "float32"
    assert c.read() == values.tobytes()
    assert file.get("scalar").read() == np.int64(7).tobytes()
    assert file.get("nothing") is None
    assert file.damage == []


def test_no_superblock():
    with pytest.raises(FormatError):
        File(BytesSource(b"PK\3\4" + bytes(5000)))
