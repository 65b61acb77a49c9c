"""Files made to hang or to blow up a reader: answered quickly, in little memory, with no undocumented exception."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
import zlib

import h5py
import numpy as np
import pytest
from hdf5_forge import FLOAT32, INT32, UNDEFINED, Forge, attribute, contiguous, dataspace, header, message
from hdf5_oracle import written
from hdf5_visit import survey, visit

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5 import File
from keras_doctor.wire.source import BytesSource

SECONDS = 2.0  # of CPU; a loaded machine is slower than the second that is promised
MEMORY = 256 << 20
VLEN_TEXT = bytes.fromhex("1911000010000000") + bytes.fromhex("1000000001000000") + b"\0\0\x08\0"
NEVER = message(8, contiguous(UNDEFINED, 24))


def names_that_share_a_text():
    """Thousands of members whose names are the ends of one long text."""
    forge = Forge()
    target = forge.put(header(message(1, dataspace(2, 3)), message(3, FLOAT32), NEVER))
    text = forge.put(bytes(8) + b"x" * 300_000 + bytes(8))
    heap = forge.put(struct.pack("<4sB3xQQQ", b"HEAP", 0, 300_016, 1, text))
    entries = b"".join(struct.pack("<QQI4x16x", 8 + i, target, 0) for i in range(5000))
    node = forge.put(struct.pack("<4sBxH", b"SNOD", 1, 5000) + entries)
    tree = struct.pack("<4sBBHQQ", b"TREE", 0, 0, 1, UNDEFINED, UNDEFINED) + struct.pack("<QQQ", 0, node, 8)
    root = forge.put(header(message(17, struct.pack("<QQ", forge.put(tree), heap))))
    return forge.file(root)


def headers_that_overlap():
    """Every 8 bytes of a large header, another begins that reaches to the end."""
    forge = Forge()
    size = 120_000
    start = forge.put(struct.pack("<BxHIIxxxx", 1, 65535, 1, size)[:8] * (size // 8))
    return forge.file(forge.group({b"%d" % i: start + 8 * i for i in range(3000)}))


def nodes_that_lead_to_each_other():
    forge = Forge()
    heap = forge.table({b"x": 0})[1]
    first = len(forge.data) + -len(forge.data) % 8
    for _ in range(20):
        children = b"".join(struct.pack("<QQ", 0, first + 1024 * i) for i in range(20))
        node = struct.pack("<4sBBHQQ", b"TREE", 0, 3, 20, UNDEFINED, UNDEFINED) + children
        forge.put(node + bytes(1024 - len(node)))
    return forge.file(forge.put(header(message(17, struct.pack("<QQ", first, heap)))))


def groups_nested_in_each_other():
    forge = Forge()
    inner = forge.group({})
    for _ in range(1000):
        inner = forge.group({b"x": inner})
    return forge.file(inner)


def one_text_again_and_again():
    """An attribute of 4,000 texts, all of them the same 500,000 bytes."""
    forge = Forge()
    text = b"x" * 500_000
    body = struct.pack("<HH4xQ", 1, 1, len(text)) + text
    heap = forge.put(struct.pack("<4sB3xQ", b"GCOL", 1, 16 + len(body)) + body)
    element = struct.pack("<IQI", len(text), heap, 1)
    data = attribute(b"names", VLEN_TEXT, dataspace(4000), element * 4000)[:65000]
    return forge.file(forge.group({}, message(12, data)))


def lists_without_end():
    forge = Forge()
    body = attribute(b"x", INT32, dataspace(1 << 40, 0, 1 << 40), b"")
    return forge.file(forge.group({}, message(12, body)))


def values_that_are_not_stored():
    forge = Forge()
    never = header(message(1, dataspace(1 << 30, 1 << 30)), message(3, FLOAT32), NEVER)
    return forge.file(forge.group({b"x": forge.put(never)}))


def chunks_larger_than_the_file(stored: bytes = zlib.compress(bytes(1000)), filters: int = 1):
    """One deflated chunk of a few bytes that is said to be a gibibyte."""
    forge = Forge()
    chunk = forge.put(stored)
    key = struct.pack("<IIQQ", len(stored), 0, 0, 0)
    tree = struct.pack("<4sBBHQQ", b"TREE", 1, 0, 1, UNDEFINED, UNDEFINED) + key + struct.pack("<Q", chunk)
    index = forge.put(tree + key)
    layout = message(8, struct.pack("<BBBQII", 3, 2, 2, index, 1 << 28, 4))
    pipeline = message(11, struct.pack("<BB6xHHHH", 1, 1, 1, 0, 0, 0))
    parts = [message(1, dataspace(1 << 28)), message(3, FLOAT32), layout, pipeline][: 3 + filters]
    return forge.file(forge.group({b"x": forge.put(header(*parts))}))


def a_bomb():
    """64 MiB of zeros in 64 KiB, a hundred datasets of them."""
    return chunks_larger_than_the_file(zlib.compress(bytes(64 << 20), 9))


def chunks_wider_than_the_shape():
    """Chunks of 2 MiB, of each of which one element is used."""

    def fill(file):
        file.create_dataset(
            "x", (16, 1), "i1", maxshape=(16, None), chunks=(1, 1 << 21), compression="gzip", fillvalue=1
        )[:] = 2

    return written(fill)


def a_chunk_for_each_byte():
    forge = Forge()
    layout = message(8, struct.pack("<BBBQII", 3, 2, 2, UNDEFINED, 1, 4))
    made = header(message(1, dataspace(1 << 26)), message(3, FLOAT32), layout)
    return forge.file(forge.group({b"x": forge.put(made)}))


def heaps_that_overlap():
    forge = Forge()
    start = forge.put((struct.pack("<4sB3xQ", b"GCOL", 1, 1 << 40) + struct.pack("<HH4xQ", 1, 1, 0)) * 3000)
    elements = b"".join(struct.pack("<IQI", 1, start + 32 * i, 2) for i in range(3000))
    return forge.file(forge.group({}, message(12, attribute(b"x", VLEN_TEXT, dataspace(3000), elements))))


def continuations_in_a_circle():
    forge = Forge()
    here = len(forge.data) + -len(forge.data) % 8
    block = message(16, struct.pack("<QQ", here, 48)) + message(16, struct.pack("<QQ", here + 24, 24))
    forge.put(block)
    return forge.file(forge.put(header(message(16, struct.pack("<QQ", here, 48)), count=65535)))


HOSTILE = [
    names_that_share_a_text, headers_that_overlap, nodes_that_lead_to_each_other, groups_nested_in_each_other,
    one_text_again_and_again, lists_without_end, values_that_are_not_stored, chunks_larger_than_the_file, a_bomb,
    chunks_wider_than_the_shape, a_chunk_for_each_byte, heaps_that_overlap, continuations_in_a_circle,
]  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_quick_and_small(make):
    data = make()
    started = time.process_time()
    survey(data, most=1 << 62)
    assert time.process_time() - started < SECONDS
    tracemalloc.start()
    try:
        visit(File(BytesSource(data)), most=1 << 62)
        assert tracemalloc.get_traced_memory()[1] < MEMORY + len(data)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [values_that_are_not_stored, chunks_larger_than_the_file])
def test_what_is_refused(make):
    dataset = File(BytesSource(make())).get("x")
    with pytest.raises(FormatError):
        dataset.read()
    with pytest.raises(FormatError):
        b"".join(dataset.chunks())


def test_reading_again_and_again():
    """A budget bounds what a hostile file costs, not how often an honest one is read."""

    def fill(file):
        file.create_dataset("x", data=np.arange(12000), chunks=(2,))
        file["text"] = ["a" * 1000] * 100

    file = File(BytesSource(written(fill)))
    for _ in range(24):
        assert file.get("x").read() == np.arange(12000).tobytes()
        assert file.get("text").value() == ["a" * 1000] * 100
        assert file.get("x").stored_bytes == 96_000


def seeds() -> list[bytes]:
    def fill(file):
        for i in range(3):
            file[f"g/{i}/vars/0"] = np.full((3, 4), i, "f4")
            file[f"g/{i}"].attrs["names"] = ["a", "bb", "ccc"]
            file[f"g/{i}"].attrs["fixed"] = np.array([b"a", b"bb"])
        file.attrs["model_config"] = "{}" * 200
        file.create_dataset("z", data=np.arange(143).reshape(11, 13), chunks=(6, 7), compression="gzip", shuffle=True)
        file.create_dataset("f", data=np.arange(143), chunks=(50,), compression="lzf", fletcher32=True)
        for number, most in enumerate([(None, 13), (None, None), (20, 20)]):
            file.create_dataset(f"c{number}", data=np.ones((11, 13), "i1"), chunks=(6, 7), maxshape=most)
        file.create_dataset("compound", data=np.zeros(3, [("a", "i1"), ("b", ">f8", (2,))]))
        file["soft"] = h5py.SoftLink("/g")
        file["external"] = h5py.ExternalLink("x.h5", "/g")
        ragged = file.create_dataset("ragged", (3,), dtype=h5py.vlen_dtype("i4"))
        ragged[0] = [1, 2, 3]
        for i in range(20):
            file["z"].attrs[f"a{i}"] = i

    return [written(fill, libver=libver) for libver in ("earliest", "latest")]


def mutated(rng: random.Random, data: bytes) -> bytes:
    """Return `data` with a few bytes, addresses or blocks changed, sometimes cut short."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16, 64))):
        at = rng.randrange(len(made))
        kind = rng.randrange(7)
        if kind == 0:
            made[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            made[at] = rng.choice((0, 1, 2, 127, 128, 255))
        elif kind == 2:
            made[at : at + 8] = rng.randbytes(8)
        elif kind == 3:
            made[at : at + 40] = bytes(40)
        elif kind == 4:
            address = rng.choice((rng.randrange(len(made)) & ~7, 1 << rng.randrange(64), UNDEFINED, 0))
            made[at & ~7 : (at & ~7) + 8] = address.to_bytes(8, "little")
        elif kind == 5:
            other, size = rng.randrange(len(made)), rng.randrange(1, 512)
            made[at : at + size] = made[other : other + size]
        else:
            made[at : at + 2] = rng.choice((b"\xff\xff", b"\0\0", b"\1\0"))
    return bytes(made[: rng.randrange(len(made))] if rng.random() < 0.08 else made)


def test_mutations():
    rng = random.Random(20)
    originals = seeds()
    reached, slowest = 0, 0.0
    for number in range(1000):
        data = mutated(rng, originals[number % 2])
        started = time.process_time()
        reached += survey(data, salvage=number % 4 == 0) > 1
        slowest = max(slowest, time.process_time() - started)
    assert reached > 650, "most mutations leave something to be read"
    assert slowest < SECONDS
