"""CRC-32C against the vectors of RFC 3720 (B.4), and the fast way against the plain one."""

from __future__ import annotations

import random

import pytest

from keras_doctor.wire.crc32c import crc32c, masked


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_published_vectors(data, crc):
    assert crc32c([data]) == crc


def plainly(data: bytes) -> int:
    """Bit by bit, as the definition says."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


@pytest.mark.parametrize("size", [1, 63, 1023, 1024, 1025, 5000, 65_536, 70_001])
def test_lanes_give_what_the_definition_gives(size):
    data = random.Random(size).randbytes(size)
    assert crc32c([data]) == plainly(data)
    assert crc32c([data[:700], data[700:]]) == plainly(data)


def test_masking_is_tensorflows():
    # tensorflow/core/lib/hash/crc32c_test.cc: masking changes a checksum, also a masked one
    crc = crc32c([b"foo"])
    assert masked(crc) != crc
    assert masked(masked(crc)) != crc
    assert masked(0) == 0xA282EAD8
