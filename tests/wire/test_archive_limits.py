"""What an archive may make a reader hold: bombs are refused, honest compression is read without copies."""

from __future__ import annotations

import io
import random
import tracemalloc
import zipfile

import pytest

from keras_doctor.wire.archive import Archive
from keras_doctor.wire.errors import LimitExceeded
from keras_doctor.wire.source import BytesSource


def deflated(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part", content)
    return buffer.getvalue()


def test_a_bomb_is_named_and_never_inflated():
    data = deflated(bytes(64 << 20))
    tracemalloc.start()
    archive = Archive(BytesSource(data))
    member = archive.members["part"]
    for use in (archive.open, archive.read, archive.verify):
        with pytest.raises(LimitExceeded):
            use(member)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [oddity.kind for oddity in archive.oddities] == ["zip-bomb"]
    assert peak < 1 << 20


def test_honest_compression_is_held_once():
    content = random.Random(1).randbytes(1 << 20) * 24  # deflate's window is too small to see the repetition
    data = deflated(content)
    tracemalloc.start()
    archive = Archive(BytesSource(data))
    source = archive.open(archive.members["part"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not archive.oddities
    assert not archive.damage
    assert source.read(0, source.size) == content
    assert peak < 1.5 * len(content)


def test_a_small_part_may_repeat_itself():
    content = b" " * (1 << 20)
    archive = Archive(BytesSource(deflated(content)))
    assert archive.read(archive.members["part"]) == content
    assert archive.verify(archive.members["part"])
    assert not archive.oddities
