"""The file as a whole: superblocks, groups, attributes and datasets that h5py writes by default."""

from __future__ import annotations

import subprocess
import sys

import h5py
import numpy as np
import pytest
from hdf5_oracle import written

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5 import Dataset, File, Group
from keras_doctor.wire.source import BytesSource


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


def test_walk_visits_each_object_once():
    def fill(file):
        file["a/b/x"] = 1
        file["a/b/up"] = file["a"]
        file["again"] = file["a/b/x"]

    file = opened(fill)
    assert [node.path for node in file.root.walk()] == ["/a", "/a/b", "/a/b/x"]
    assert file.get("a/b/up/b/x").read() == file.get("again").read()


def test_walk_is_bounded_in_depth():
    def fill(file):
        file["/".join("x" * 80)] = 1

    file = opened(fill)
    assert len(list(file.root.walk())) == 64
    assert [damage.kind for damage in file.damage] == ["structure"]
    assert file.get("/".join("x" * 80)).read() == np.int64(1).tobytes()


def test_get():
    def fill(file):
        file["a/b"] = 1

    file = opened(fill)
    assert file.get("/") is file.root
    assert file.get("") is file.root
    assert file.get("a") is file.get("/a/") is file.root.get("./a")
    assert file.get("a/b/c") is None
    assert list(file.root) == ["a"]
    assert "a" in file.root
    assert len(file.root) == 1


def test_attribute_facts():
    def fill(file):
        file.attrs["utf-8"] = "é"
        file.attrs["ascii"] = np.bytes_(b"abc")
        file.attrs["numbers"] = np.arange(6, dtype="i2").reshape(2, 3)
        file.attrs.create("variable ascii", "x", dtype=h5py.string_dtype("ascii"))

    attributes = opened(fill).root.attributes
    assert {name: (a.character_set, a.variable_length, a.shape, a.nbytes) for name, a in attributes.items()} == {
        "utf-8": ("utf-8", True, (), 16),
        "ascii": ("ascii", False, (), 3),
        "numbers": ("", False, (2, 3), 12),
        "variable ascii": ("ascii", True, (), 16),
    }


def test_stored_and_never_stored():
    def fill(file):
        file["x"] = np.arange(4.0)
        file.create_dataset("never", (4,), "f4", fillvalue=2)
        file.create_dataset("part", (100,), "i1", chunks=(10,))[5:15] = 1

    file = opened(fill)
    assert (file.get("x").stored_bytes, file.get("x").layout) == (32, "contiguous")
    never = file.get("never")
    assert (never.stored_bytes, never.extent, never.nbytes) == (0, None, 16)
    assert never.read() == np.full(4, 2, "f4").tobytes()
    part = file.get("part")
    assert (part.stored_bytes, part.extent, part.layout) == (20, None, "chunked")


def test_pieces_are_small():
    def fill(file):
        file["plain"] = np.zeros(1_000_000)
        file["swapped"] = np.arange(1_000_000, dtype=">f8")
        file.create_dataset("chunked", data=np.arange(1_000_000.0).reshape(1000, 1000), chunks=(64, 64))

    file = opened(fill)
    for node in file.root.walk():
        sizes = [len(piece) for piece in node.chunks()]
        assert sum(sizes) == 8_000_000
        assert max(sizes) <= 2 << 20


class Counting(BytesSource):
    """Counts what is read."""

    __slots__ = ("taken",)

    def __init__(self, data):
        super().__init__(data)
        self.taken = 0

    def read(self, offset, length):
        self.taken += length
        return super().read(offset, length)


def test_opening_and_listing_leaves_the_values_alone():
    def fill(file):
        for i in range(8):
            file[f"layer {i}/kernel"] = np.zeros(1_000_000)

    source = Counting(written(fill))
    file = File(source)
    assert sum(node.nbytes for node in file.root.walk() if isinstance(node, Dataset)) == 64_000_000
    assert source.taken < 2_000_000


LIGHT = {
    "attribute", "dataset", "dataspace", "datatype", "file", "globalheap", "group", "header", "links", "reader",
    "symbols", "values",
}  # fmt: skip
SCRIPT = """
import sys
from keras_doctor.wire.hdf5 import File
from keras_doctor.wire.source import open_path
file = File(open_path(sys.argv[1]))
for node in [file.root, *file.root.walk()]:
    [attribute.value for attribute in node.attributes.values()]
print(file.damage, *(name.rpartition(".")[2] for name in sys.modules if name.startswith("keras_doctor.wire.hdf5.")))
"""


def test_an_ordinary_file_needs_few_modules(tmp_path):
    def fill(file):
        file["a/b"] = np.zeros(3)
        file.attrs["x"] = ["a", "b"]

    path = tmp_path / "x.h5"
    path.write_bytes(written(fill))
    done = subprocess.run([sys.executable, "-c", SCRIPT, path], capture_output=True, text=True, check=True)
    damage, *modules = done.stdout.split()
    assert damage == "[]"
    assert set(modules) <= LIGHT
