"""lookup3 of many blocks at once, against sums from Bob Jenkins's lookup3.c and against a plain transcription of it."""

from __future__ import annotations

import random

from keras_doctor.wire.hdf5.checksum import lookup3

MASK = 0xFFFFFFFF


def test_published_sum():
    """The self-test of lookup3.c (driver5) prints 17770551 for this text with initial value 0."""
    assert lookup3([b"Four score and seven years ago"]) == [0x17770551]


def plain(data: bytes) -> int:
    """hashlittle(data, 0), one block, one word at a time."""
    a = b = c = 0xDEADBEEF + len(data) & MASK
    data += bytes(-len(data) % 12)
    words = [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]
    for i in range(0, len(words) - 3, 3):
        a, b, c = a + words[i] & MASK, b + words[i + 1] & MASK, c + words[i + 2] & MASK
        for bits in (4, 6, 8, 16, 19, 4):
            a = (a - c & MASK) ^ turned(c, bits)
            c = c + b & MASK
            a, b, c = b, c, a
    a, b, c = a + words[-3] & MASK, b + words[-2] & MASK, c + words[-1] & MASK
    for bits in (14, 11, 25, 16, 4, 14, 24):
        c = (c ^ b) - turned(b, bits) & MASK
        a, b, c = b, c, a
    return b


def turned(value: int, bits: int) -> int:
    return value << bits & MASK | value >> 32 - bits


def test_blocks_of_any_length_together():
    rng = random.Random(3)
    for _ in range(50):
        blocks = sorted((rng.randbytes(rng.randint(1, 90)) for _ in range(rng.randint(1, 40))), key=lambda b: -len(b))
        assert lookup3(blocks) == [plain(block) for block in blocks]
