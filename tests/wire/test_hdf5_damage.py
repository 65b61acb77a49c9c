"""Damaged files: what survives is read, what is lost is named."""

from __future__ import annotations

import io
import struct

import h5py
import numpy as np
import pytest
from hdf5_forge import FLOAT32, UNDEFINED, Forge, contiguous, dataspace, header, message
from hdf5_oracle import written
from hdf5_visit import visit

from keras_doctor.wire.errors import FormatError, Truncated
from keras_doctor.wire.hdf5 import Dataset, File
from keras_doctor.wire.source import BytesSource

LAYERS = 6


def model(file):
    """A file as Keras 2 writes it."""
    file.attrs["model_config"] = '{"class_name": "Sequential"}' * 30
    file.attrs["backend"] = "tensorflow"
    group = file.create_group("model_weights")
    group.attrs["layer_names"] = [f"dense_{i}" for i in range(LAYERS)]
    for i in range(LAYERS):
        layer = group.create_group(f"dense_{i}")
        layer.attrs["weight_names"] = [f"dense_{i}/kernel:0", f"dense_{i}/bias:0"]
        layer[f"dense_{i}/kernel:0"] = np.full((16, 16), i, "f4")
        layer[f"dense_{i}/bias:0"] = np.arange(16, dtype="f4") + i


def tensors(file: File) -> dict[str, bytes]:
    """Return the datasets that can be read, by path."""
    found = {}
    for node in file.root.walk():
        if isinstance(node, Dataset):
            try:
                found[node.path] = node.read()
            except FormatError:
                continue
    return found


def offsets(data: bytes) -> dict[str, int]:
    """Return where h5py says that each dataset lies."""
    found = {}
    with h5py.File(io.BytesIO(data), "r") as file:
        file.visititems(lambda name, node: found.update({f"/{name}": offset_of(node)} if offset_of(node) else {}))
    return found


def offset_of(node):
    return node.id.get_offset() if isinstance(node, h5py.Dataset) else None


WHOLE = written(model)
GOOD = tensors(File(BytesSource(WHOLE)))
PLACES = offsets(WHOLE)


def test_the_whole_file_is_whole():
    assert len(GOOD) == 2 * LAYERS == len(PLACES)
    assert File(BytesSource(WHOLE)).damage == []


@pytest.mark.parametrize("size", range(100, len(WHOLE), 997))
def test_cut_anywhere(size):
    file = File(BytesSource(WHOLE[:size]))
    assert (file.declared_end, file.source.size) == (len(WHOLE), size)
    visit(file)
    first = file.damage[0]
    assert (first.kind, first.offset, first.length) == ("truncated", size, len(WHOLE) - size)
    assert f"{len(WHOLE) - size} bytes early" in first.what
    for path, data in tensors(file).items():
        if "?" not in path:
            assert data == GOOD[path]


def test_a_cut_names_what_is_lost():
    """Once all is described, values are cut off: a large tensor that was written last lies last."""

    def fill(file):
        for i in range(4):
            file[f"{i}"] = np.full((1000,), i, "f4")

    data = written(fill)
    places = offsets(data)
    size = places["/3"] + 1000
    file = File(BytesSource(data[:size]))
    readable = tensors(file)
    lost = {damage.part: damage for damage in file.damage}
    assert sorted(readable) == ["/0", "/1", "/2"]
    assert sorted(lost) == ["/", "/3"]
    assert (lost["/3"].kind, lost["/3"].offset, lost["/3"].length) == ("truncated", size, 3000)
    for read in (file.get("3").read, file.get("3").value, lambda: list(file.get("3").chunks())):
        with pytest.raises(Truncated):
            read()


def test_trailing_bytes_are_told():
    file = File(BytesSource(WHOLE + b"garbage"))
    assert file.declared_end == len(WHOLE)
    assert tensors(file) == GOOD
    assert file.damage == []


def test_chunks_behind_the_end():
    def fill(file):
        file.create_dataset("x", data=np.arange(10_000.0), chunks=(1000,), compression="gzip", shuffle=True)

    for libver in ("earliest", "latest"):
        data = written(fill, libver=libver)
        file = File(BytesSource(data[: len(data) - 100]))
        dataset = file.get("x")
        assert any(damage.part == "/x" and "chunks" in damage.what for damage in file.damage)
        with pytest.raises(FormatError):
            dataset.read()


def test_a_group_that_is_zeroed():
    node = File(BytesSource(WHOLE)).root.get("model_weights/dense_2")
    data = bytearray(WHOLE)
    data[node.address : node.address + 40] = bytes(40)
    file = File(BytesSource(bytes(data)))
    readable = tensors(file)
    assert {path for path in GOOD if "dense_2" not in path} <= set(readable)
    assert "zeroed" in {damage.kind for damage in file.damage if damage.part == "/model_weights/dense_2"}


def test_a_group_is_found_by_the_entry_that_leads_to_it():
    """The entry of a group in its parent repeats where its members are (III.C)."""
    node = File(BytesSource(WHOLE)).root.get("model_weights/dense_2")
    data = bytearray(WHOLE)
    data[node.address + 24 : node.address + 40] = struct.pack("<QQ", 1 << 40, 1 << 41)
    assert tensors(File(BytesSource(bytes(data)))) == GOOD


def test_members_without_names_are_listed():
    data = WHOLE.replace(b"kernel:0\0", b"\0\0\0\0\0\0\0\0\0")
    file = File(BytesSource(data))
    readable = tensors(file)
    assert sorted(readable.values()) == sorted(GOOD.values())
    assert sum("?" in path for path in readable) == LAYERS
    assert all("has lost its name" in damage.what for damage in file.damage)


@pytest.mark.parametrize("head", [96, 512, 600])
def test_salvage_of_a_lost_head(head):
    data = bytes(head) + WHOLE[head:]
    with pytest.raises(FormatError):
        File(BytesSource(data))
    file = File.salvage(BytesSource(data))
    assert tensors(file) == GOOD
    assert file.root.attributes["backend"].value == "tensorflow"
    assert file.root.attributes["model_config"].value == '{"class_name": "Sequential"}' * 30
    assert [damage.kind for damage in file.damage] == ["structure"]


def test_salvage_of_a_lost_head_of_the_new_kind():
    data = written(model, libver="latest")
    good = tensors(File(BytesSource(data)))
    file = File.salvage(BytesSource(bytes(48) + data[48:]))
    assert tensors(file) == good
    assert file.root.attributes["backend"].value == "tensorflow"


def test_salvage_of_a_lost_tree():
    """The nodes of a group are found though its B-tree is gone, and belong to the heap that has their names."""
    tree = File(BytesSource(WHOLE)).root.get("model_weights")._places()[0]
    data = WHOLE[:tree] + bytes(544) + WHOLE[tree + 544 :]
    assert tensors(File(BytesSource(data))) == {}
    assert tensors(File.salvage(BytesSource(data))) == GOOD


def test_salvage_of_a_whole_file_changes_nothing():
    file = File.salvage(BytesSource(WHOLE))
    assert tensors(file) == GOOD
    assert file.damage == []


@pytest.mark.parametrize("data", [b"", b"x", bytes(10_000), b"SNOD" * 1000, b"\x89HDF\r\r\n\x1a\r\n"])
def test_nothing_to_salvage(data):
    with pytest.raises(FormatError):
        File.salvage(BytesSource(data))


def test_line_ends_are_put_back():
    data = WHOLE.replace(b"\n", b"\r\n")
    with pytest.raises(FormatError):
        File(BytesSource(data))
    file = File.salvage(BytesSource(data))
    assert file.source.read(0, file.source.size) == WHOLE
    assert tensors(file) == GOOD
    assert [damage.kind for damage in file.damage] == ["text-transfer"]


def test_latin_1_is_put_back():
    file = File.salvage(BytesSource(WHOLE.decode("latin-1").encode("utf-8")))
    assert file.source.read(0, file.source.size) == WHOLE
    assert tensors(file) == GOOD


def test_a_dropped_carriage_return_is_put_back():
    data = WHOLE.replace(b"\r\n", b"\n")
    assert len(data) == len(WHOLE) - 1
    assert tensors(File.salvage(BytesSource(data))) == GOOD


def test_replaced_characters_leave_the_text():
    file = File.salvage(BytesSource(WHOLE.decode("utf-8", "replace").encode("utf-8")))
    assert file.root.attributes["model_config"].value == '{"class_name": "Sequential"}' * 30
    assert "text-transfer" in {damage.kind for damage in file.damage}


def test_checksums_of_the_new_kind():
    data = bytearray(written(model, libver="latest"))
    node = File(BytesSource(bytes(data))).root.get("model_weights/dense_1/dense_1/bias:0")
    data[node.address + 200] ^= 1  # in the unused rest of the header
    file = File(BytesSource(bytes(data)))
    assert len(tensors(file)) == 2 * LAYERS
    assert [(damage.kind, damage.part) for damage in file.damage] == [("checksum", node.path)]
    assert file.damage[0].offset == node.address


def test_every_checksum_of_the_new_kind_is_right():
    def fill(file):
        model(file)
        for i in range(400):
            file[f"many/{i}"] = i
            file["many"].attrs[str(i)] = "x" * i

    file = File(BytesSource(written(fill, libver="latest")))
    visit(file)
    assert file.damage == []


def test_less_is_stored_than_the_shape_needs():
    forge = Forge()
    values = forge.put(bytes(24))
    made = forge.put(header(message(1, dataspace(10)), message(3, FLOAT32), message(8, contiguous(values, 24))))
    file = File(BytesSource(forge.file(forge.group({b"x": made}))))
    dataset = file.get("x")
    assert [damage.kind for damage in file.damage] == ["size"]
    assert dataset.extent == (values, 24)
    for read in (dataset.read, dataset.value, lambda: list(dataset.chunks())):
        with pytest.raises(FormatError):
            read()


@pytest.mark.parametrize("missing", [1, 3, 8])
def test_a_dataset_whose_description_has_a_hole(missing):
    forge = Forge()
    values = forge.put(bytes(24))
    parts = {1: message(1, dataspace(6)), 3: message(3, FLOAT32), 8: message(8, contiguous(values, 24))}
    parts[missing] = message(0, bytes(24))
    file = File(BytesSource(forge.file(forge.group({b"x": forge.put(header(*parts.values()))}))))
    dataset = file.get("x")
    assert [damage.part for damage in file.damage] == ["/x"]
    for read in (dataset.read, dataset.value):
        with pytest.raises(FormatError):
            read()


def test_an_attribute_whose_text_is_lost():
    def fill(file):
        file.attrs["lost"] = ["one", "two", "three"]
        file.attrs["kept"] = np.array([b"a", b"b"])

    data = written(fill)
    heap = data.index(b"GCOL")
    file = File(BytesSource(data[:heap] + bytes(4) + data[heap + 4 :]))
    assert file.root.attributes["lost"].value == [None, None, None]
    assert file.root.attributes["kept"].value == ["a", "b"]
    assert [damage.part for damage in file.damage] == ["/@lost"]


def test_text_that_is_not_utf_8():
    def fill(file):
        file.attrs["x"] = "abcdefgh"

    file = File(BytesSource(written(fill).replace(b"abcdefgh", b"abc\xffefgh")))
    assert file.root.attributes["x"].value == "abc\udcffefgh"
    assert [(damage.kind, damage.part) for damage in file.damage] == [("text", "/@x")]


def test_an_impossible_end():
    data = bytearray(WHOLE)
    data[40:48] = struct.pack("<Q", UNDEFINED)
    file = File(BytesSource(bytes(data)))
    assert tensors(file) == GOOD
    assert [damage.kind for damage in file.damage] == ["structure"]


@pytest.mark.parametrize(("at", "byte"), [(8, 4), (8, 128), (13, 9), (14, 0)])
def test_a_superblock_with_a_flipped_bit(at, byte):
    """Version, or size of addresses or lengths: there is one value that any file has."""
    data = WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]
    file = File(BytesSource(data))
    assert tensors(file) == GOOD
    assert [damage.kind for damage in file.damage] == ["structure"]
