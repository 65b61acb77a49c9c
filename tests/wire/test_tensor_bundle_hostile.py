"""Entries of a tensor bundle whose numbers cannot be."""

from __future__ import annotations

import struct

import pytest

from keras_doctor.wire.crc32c import crc32c, masked
from keras_doctor.wire.source import BytesSource
from keras_doctor.wire.tensor_bundle import TensorBundle


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    body = b"".join(b"\0" + varint(len(key)) + varint(len(value)) + key + value for key, value in entries)
    body += struct.pack("<II", 0, 1) + b"\0"
    return body + struct.pack("<I", masked(crc32c((body,))))


def table(entries: list[tuple[bytes, bytes]]) -> bytes:
    data, meta = block(entries), block([])
    index = block([(entries[-1][0], varint(0) + varint(len(data) - 5))])
    places = (len(data), len(meta) - 5, len(data) + len(meta), len(index) - 5)
    footer = b"".join(map(varint, places)).ljust(40, b"\0") + b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
    return data + meta + index + footer


@pytest.mark.parametrize(("offset", "size"), [(0, -2), (-8, 16), (-8, -8), (1 << 62, 1 << 62)])
def test_impossible_places_are_damage_and_sizes_stay_sizes(offset, size):
    header = b"\x08\x01"  # one shard
    entry = b"\x08\x01" + b"\x20" + varint(offset) + b"\x28" + varint(size)  # float32, a scalar
    index = table([(b"", header), (b"kernel", entry)])
    bundle = TensorBundle(BytesSource(index), lambda number, count: BytesSource(bytes(64)))
    assert bundle.entries["kernel"].size >= 0
    assert bundle.damage


def test_a_slice_that_no_tensor_lists_counts_for_nothing():
    part = b"\x08\x01\x12\x04\x12\x02\x08\x02\x20%c\x28\x08"  # float32, [2], 8 bytes at an offset
    whole = b"\x08\x01\x12\x04\x12\x02\x08\x02\x3a\x04\x0a\x02\x10\x02"  # float32, [2], in one slice of length 2
    entries = [
        (b"", b"\x08\x01"),
        (b"\0x\0\1\1\1\x80\x82", part % 0),
        (b"\0x\0\1\1\1\x82\x82", part % 8),
        (b"x", whole),
    ]
    bundle = TensorBundle(BytesSource(table(entries)), lambda number, count: BytesSource(bytes(range(16))))
    entry = bundle.entries["x"]
    assert bundle.read(entry) == bytes(range(8))
    assert entry.size == 8
    assert bundle.damage
