"""What leads out of the file, or cannot be undone: named, never followed."""

from __future__ import annotations

import struct

import h5py
import numpy as np
import pytest
from hdf5_forge import Forge, header, message
from hdf5_oracle import written

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5 import File
from keras_doctor.wire.source import BytesSource

BOTH = pytest.mark.parametrize("libver", ["earliest", "latest"])


def opened(fill, **options) -> File:
    return File(BytesSource(written(fill, **options)))


def noted(file: File) -> list[tuple]:
    """Walk the file and return its oddities without their words."""
    for node in file.root.walk():
        assert node.path
    assert file.damage == []
    return [(oddity.kind, oddity.part, oddity.detail) for oddity in file.oddities]


@BOTH
def test_links_that_lead_elsewhere(libver):
    def fill(file):
        file["g/soft"] = h5py.SoftLink("/else/where")
        file["g/out"] = h5py.ExternalLink("/etc/other.h5", "/x/y")

    file = opened(fill, libver=libver)
    assert sorted(noted(file)) == [
        ("external-link", "/g/out", (("name", "out"), ("file", "/etc/other.h5"), ("path", "/x/y"))),
        ("soft-link", "/g/soft", (("name", "soft"), ("target", "/else/where"))),
    ]
    group = file.get("g")
    assert {name: (link.kind, link.target) for name, link in group.links.items()} == {
        "out": ("external", "/etc/other.h5:/x/y"),
        "soft": ("soft", "/else/where"),
    }
    assert group.get("soft") is None
    assert file.get("g/out/x") is None


def test_a_link_of_a_programs_own_kind():
    forge = Forge()
    body = struct.pack("<BBBB4sH3s", 1, 8, 200, 4, b"mine", 3, b"abc")
    file = File(BytesSource(forge.file(forge.put(header(message(2, b"\0\0" + b"\xff" * 16), message(6, body))))))
    assert file.root.links["mine"].kind == "other"
    assert noted(file) == [("user-link", "/mine", (("name", "mine"), ("type", 200)))]


@BOTH
def test_a_virtual_dataset(libver):
    def fill(file):
        layout = h5py.VirtualLayout((10,), dtype="f8")
        layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(10,))
        file.create_virtual_dataset("v", layout)

    file = opened(fill, libver=libver)
    assert noted(file) == [("virtual-dataset", "/v", ())]
    dataset = file.get("v")
    assert (dataset.layout, dataset.stored_bytes, dataset.extent) == ("virtual", 0, None)
    with pytest.raises(FormatError, match="not followed"):
        dataset.read()


@BOTH
def test_external_storage(libver, tmp_path):
    def fill(file):
        files = [("/etc/passwd", 0, 40), (str(tmp_path / "more"), 8, h5py.h5f.UNLIMITED)]
        file.create_dataset("x", (10,), "f8", external=files)

    file = opened(fill, libver=libver)
    assert noted(file) == [("external-storage", "/x", (("file", "/etc/passwd"), ("file", str(tmp_path / "more"))))]
    dataset = file.get("x")
    assert (dataset.layout, dataset.stored_bytes, dataset.extent) == ("external", 0, None)
    with pytest.raises(FormatError, match="other files"):
        list(dataset.chunks())


@BOTH
def test_a_filter_that_cannot_be_undone(libver):
    def fill(file):
        file.create_dataset("x", data=np.arange(100), chunks=(10,), scaleoffset=0)

    file = opened(fill, libver=libver)
    assert noted(file) == [("unknown-filter", "/x", (("id", 6), ("name", "scaleoffset")))]
    dataset = file.get("x")
    assert [(step.id, step.name) for step in dataset.filters] == [(6, "scaleoffset")]
    assert dataset.stored_bytes > 0
    with pytest.raises(FormatError, match="scaleoffset"):
        dataset.read()


def test_filters_that_can_be_undone_are_named():
    def fill(file):
        file.create_dataset("x", data=np.arange(100), chunks=(10,), compression="gzip", shuffle=True, fletcher32=True)
        file.create_dataset("y", data=np.arange(100), chunks=(10,), compression="lzf")

    file = opened(fill)
    assert noted(file) == []
    assert [step.name for step in file.get("x").filters] == ["shuffle", "deflate", "fletcher32"]
    assert file.get("x").filters[1].values == (4,)
    assert [step.name for step in file.get("y").filters] == ["lzf"]


def test_a_chunk_whose_checksum_is_wrong():
    def fill(file):
        file.create_dataset("x", data=np.arange(7.0), chunks=(7,), fletcher32=True)

    data = written(fill)
    at = data.index(np.arange(7.0).tobytes())
    dataset = File(BytesSource(data[: at + 9] + b"?" + data[at + 10 :])).get("x")
    with pytest.raises(FormatError, match="fletcher32"):
        dataset.read()


def test_a_chunk_that_was_left_unfiltered():
    """A filter that does not shrink a chunk is skipped for it, which its mask says."""
    noise = np.random.default_rng(0).integers(0, 255, 4096, "u1")

    def fill(file):
        made = file.create_dataset("x", (8192,), "u1", chunks=(4096,), compression="lzf")
        made[:4096], made[4096:] = 0, noise

    assert opened(fill).get("x").read() == bytes(4096) + noise.tobytes()


def test_a_user_block():
    def fill(file):
        file["x"] = 1.5

    file = opened(fill, userblock_size=512)
    assert file.base == 512
    assert noted(file) == [("hdf5-user-block", "/", (("bytes", 512),))]
    offset, length = file.get("x").extent
    assert file.source.read(offset, length) == struct.pack("<d", 1.5)


def test_a_file_that_was_not_closed():
    data = bytearray(written(lambda file: None, libver="latest"))
    data[11] |= 1  # the consistency flag "open for writing"
    data[44:48] = bytes(4)
    file = File(BytesSource(bytes(data)))
    assert "hdf5-not-closed" in {oddity.kind for oddity in file.oddities}
