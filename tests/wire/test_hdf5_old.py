"""Structures that today's libraries read but do not write, or not through h5py: forged, or stored beside this file.

`hdf5_files`: written with HDF5 2.0's C interface (H5Pset_shared_mesg_index, H5Pset_deflate on a group, H5Pset_sym_k).
h5py is the oracle for both.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hdf5_forge import FLOAT32, INT32, Forge, attribute, contiguous, dataspace, header, message
from hdf5_oracle import differences

FILES = sorted((Path(__file__).parent / "hdf5_files").glob("*.gz"))
VALUES = np.arange(6, dtype="<f4").tobytes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_stored_files(path):
    assert differences(gzip.decompress(path.read_bytes())) == []


def forged(*messages: bytes, version: int = 0, values: int | None = None) -> bytes:
    forge = Forge()
    address = forge.put(VALUES) if values is None else values
    layout = [part(address) if callable(part) else part for part in messages]
    made = forge.put(header(message(1, dataspace(2, 3)), message(3, FLOAT32), *layout))
    inner = forge.group({b"x": made})
    return forge.file(forge.group({b"group": inner, b"y": made}), version)


@pytest.mark.parametrize("version", [0, 1])
def test_superblock(version):
    assert differences(forged(lambda at: message(8, contiguous(at, 24)), version=version)) == []


@pytest.mark.parametrize("version", [1, 2])
def test_old_contiguous_layout(version):
    def layout(address):
        return message(8, struct.pack("<BBB5xQ", version, 2, 1, address) + struct.pack("<II", 2, 3))

    assert differences(forged(layout)) == []


@pytest.mark.parametrize("version", [1, 2])
def test_old_compact_layout(version):
    body = struct.pack("<BBB5x", version, 2, 0) + struct.pack("<III", 2, 3, len(VALUES)) + VALUES
    assert differences(forged(message(8, body))) == []


@pytest.mark.parametrize("version", [1, 2])
def test_old_chunked_layout(version):
    forge = Forge()
    chunk = forge.put(VALUES)
    key = struct.pack("<IIQQQ", 24, 0, 0, 0, 0)
    end = struct.pack("<IIQQQ", 0, 0, 2, 3, 0)
    tree = struct.pack("<4sBBHQQ", b"TREE", 1, 0, 1, 2**64 - 1, 2**64 - 1) + key + struct.pack("<Q", chunk) + end
    tree += bytes(24 + 65 * 32 + 64 * 8 - len(tree))
    index = forge.put(tree)
    layout = message(8, struct.pack("<BBB5xQ", version, 3, 2, index) + struct.pack("<III", 2, 3, 4))
    made = forge.put(header(message(1, dataspace(2, 3)), message(3, FLOAT32), layout))
    assert differences(forge.file(forge.group({b"x": made}))) == []


def test_old_fill_value():
    fill = message(4, struct.pack("<I", 4) + b"\0\0\x80?")
    assert differences(forged(message(8, contiguous(2**64 - 1, 24)), fill)) == []


@pytest.mark.parametrize("version", [1, 2, 3])
def test_attribute_versions(version):
    body = attribute(b"name", INT32, dataspace(3), struct.pack("<3i", 1, -2, 3), version)
    assert differences(forged(lambda at: message(8, contiguous(at, 24)), message(12, body))) == []


def test_continuation_blocks():
    forge = Forge()
    body = attribute(b"name", INT32, dataspace(), struct.pack("<i", 7))
    last = message(12, body)
    second = forge.put(message(0, bytes(8)) + last)
    place = struct.pack("<QQ", second, 16 + len(last))
    values = forge.put(VALUES)
    parts = [message(1, dataspace(2, 3)), message(3, FLOAT32), message(8, contiguous(values, 24)), message(16, place)]
    made = forge.put(header(*parts, count=6))
    assert differences(forge.file(forge.group({b"x": made}))) == []
