"""HDF5 files as h5py, the real library, reads them."""

from __future__ import annotations

import io

import h5py
import ml_dtypes
import numpy as np
import pytest

from keras_doctor.document import Locus, TensorRef
from keras_doctor.wire.errors import FormatError
from keras_doctor.writers.hdf5_file import Layout
from keras_doctor.writers.hdf5_tree import Group
from keras_doctor.writers.hdf5_types import Attribute, text, texts, unicode_text
from keras_doctor.writers.refused import Refused


def ref(array: np.ndarray, name: str = "x", pieces: int = 1) -> TensorRef:
    data = np.asarray(array).tobytes()
    step = max(1, -(-len(data) // pieces))
    chunks = [data[at : at + step] for at in range(0, len(data), step)]
    return TensorRef(name, name, array.shape, array.dtype.name, len(data), Locus(), lambda: iter(chunks))


def written(root: Group) -> h5py.File:
    layout = Layout(root)
    out = io.BytesIO()
    layout.emit(out.write)
    assert len(out.getvalue()) == layout.size
    return h5py.File(out, "r")


@pytest.mark.parametrize(
    "dtype",
    [
        *("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    ],
)
@pytest.mark.parametrize("shape", [(), (7,), (3, 5, 2), (0, 4)])
def test_each_dtype_and_shape(dtype, shape):
    array = (np.arange(np.prod(shape, dtype=int)).reshape(shape) % 5 - 2).astype(dtype)
    root = Group()
    root.tensor("a/b/x", ref(array, pieces=3))
    read = written(root)["a/b/x"]
    assert (read.dtype, read.shape) == (np.dtype(dtype), shape)
    np.testing.assert_array_equal(read[()], array)


def test_bfloat16_is_stored_as_keras_does():
    """Keras/src/saving/saving_lib.py: void of two bytes, and an attribute that it compares with a str."""
    array = np.array([1.5, -2, 3e30]).astype(ml_dtypes.bfloat16)
    root = Group()
    root.tensor("x", ref(array))
    read = written(root)["x"]
    assert read.attrs["dtype"] == "bfloat16"
    np.testing.assert_array_equal(np.array(read, dtype=ml_dtypes.bfloat16), array)


@pytest.mark.parametrize("count", [1, 8, 9, 256, 257, 10_000])
def test_many_members_of_one_group(count):
    names = [f"w{number}" for number in range(count)]
    root = Group()
    for number, name in enumerate(names):
        root.tensor(f"all/{name}", ref(np.full((2,), number, "int32")))
    file = written(root)
    assert sorted(file["all"]) == sorted(names)
    for number in range(0, count, 97):
        assert file["all"][f"w{number}"][0] == number
    assert "w" not in file["all"]
    assert f"w{count}" not in file["all"]


def test_many_nested_groups():
    root = Group()
    for number in range(1000):
        root.tensor(f"layers/dense_{number}/vars/0", ref(np.full((1,), number, "float32")))
        root.group(f"layers/dense_{number}/vars").attributes["name"] = unicode_text(f"schicht_ä_{number}")
    file = written(root)
    assert all(file[f"layers/dense_{number}/vars/0"][0] == number for number in range(1000))
    assert all(file[f"layers/dense_{number}/vars"].attrs["name"] == f"schicht_ä_{number}" for number in range(1000))


@pytest.mark.parametrize("value", ["x", "", "é", "a" * 47_999, "a" * 70_000, "é" * 3_000_000])
def test_texts(value):
    root = Group()
    root.attributes["model_config"] = text(value)
    root.attributes["again"] = text(value)
    read = written(root).attrs
    assert [_decoded(read[key]) for key in ("model_config", "again")] == [value, value]


def _decoded(value):
    return value.decode() if hasattr(value, "decode") else value


def test_short_texts_are_bytes_as_old_loaders_want_them():
    root = Group()
    root.attributes["keras_version"] = text("2.2.4")
    assert written(root).attrs["keras_version"] == np.bytes_(b"2.2.4")


@pytest.mark.parametrize("values", [[], [b"a"], [b"dense", b"", b"\xc3\xa9"], [b"n" * 64] * 1000])
def test_lists_of_texts(values):
    root = Group()
    root.attributes["weight_names"] = texts(values)
    read = written(root).attrs["weight_names"]
    expected = np.asarray(values)
    assert (read.shape, read.dtype.kind) == (expected.shape, expected.dtype.kind)
    assert list(read) == values


def test_many_large_attributes_in_one_header():
    root = Group()
    for number in range(40):
        root.group("g").attributes[f"layer_names{number}"] = texts([b"%06d" % i for i in range(10_000)])
    root.tensor("g/x", ref(np.zeros(3, "float32")))
    read = written(root)["g"]
    assert all(read.attrs[f"layer_names{number}"][9_999] == b"009999" for number in range(40))


def test_an_attribute_that_hdf5_has_no_room_for_is_refused():
    root = Group()
    root.attributes["x"] = Attribute(texts([b"a"]).datatype, (70_000,), b"a" * 70_000)
    with pytest.raises(Refused, match="more than HDF5 has room"):
        Layout(root)


@pytest.mark.parametrize("taken", ["a/x", "a/x/y", "a"])
def test_two_things_under_one_name_are_refused(taken):
    root = Group()
    root.tensor("a/x", ref(np.zeros(3)))
    with pytest.raises(Refused):
        root.tensor(taken, ref(np.zeros(3)))


@pytest.mark.parametrize("path", ["", "a/", "a/.", "a\0b", "a\0/b", "a/" * 100 + "b"])
def test_names_that_hdf5_cannot_hold_are_refused(path):
    with pytest.raises(Refused, match="cannot be the name"):
        Group().tensor(path, ref(np.zeros(3)))


@pytest.mark.parametrize("size", [3, 5])
def test_bytes_that_do_not_fit_the_shape_end_the_writing(size):
    array = np.zeros(4, "int8")
    root = Group()
    root.tensor("x", TensorRef("x", "x", array.shape, "int8", 4, Locus(), lambda: iter([b"a" * size])))
    with pytest.raises(FormatError, match="do not fit the shape"):
        Layout(root).emit(io.BytesIO().write)


def test_h5py_can_change_what_was_written(tmp_path):
    root = Group()
    root.attributes["keras_version"] = text("2.2.4")
    root.group("g").attributes["name"] = unicode_text("before")
    for number in range(300):
        root.tensor(f"all/w{number}", ref(np.full((2,), number, "float32")))
    with open(tmp_path / "m.h5", "wb") as out:
        Layout(root).emit(out.write)
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        file.attrs["keras_version"] = "3"
        file.attrs["more"] = np.arange(1000)
        file["g"].attrs["name"] = "after"
        for number in range(0, 300, 7):
            del file[f"all/w{number}"]
            file[f"all/new{number}"] = np.arange(number)
    with h5py.File(tmp_path / "m.h5", "r") as file:
        assert (file.attrs["keras_version"], file["g"].attrs["name"], file.attrs["more"][999]) == ("3", "after", 999)
        assert len(file["all"]) == 300
        assert file["all/w8"][0] == 8
        assert file["all/new294"].shape == (294,)
