"""Every kind of source gives the same bytes, and says when they are not there."""

from __future__ import annotations

import io
import os
import random

import pytest

from keras_doctor.wire.errors import FormatError, Truncated
from keras_doctor.wire.source import BytesSource, open_file, open_path, origin

SIZE = 3_000_001  # more than is read at once, and no multiple of a block
DATA = random.Random(1).randbytes(SIZE)


@pytest.fixture(params=["bytes", "small file", "large file", "file object", "window"])
def source(request, tmp_path):
    data = DATA[:100_000] if request.param == "small file" else DATA
    path = tmp_path / "data.bin"
    path.write_bytes(data)
    if request.param == "bytes":
        opened = BytesSource(data)
    elif request.param == "file object":
        opened = open_file(io.BytesIO(data))
    elif request.param == "window":
        path.write_bytes(b"x" * 77 + data + b"y" * 9)
        opened = open_path(str(path)).window(7, SIZE + 70 + 9).window(70, SIZE)
    else:
        opened = open_path(str(path))
    yield opened, data
    opened.close()


def test_reads_agree_with_slices(source):
    opened, data = source
    assert opened.size == len(data)
    rng = random.Random(2)
    for _ in range(300):
        start = rng.randrange(len(data))
        length = rng.choice([0, 1, 8, 100, 65_535, 65_536, 65_537, 200_000])
        length = min(length, len(data) - start)
        assert opened.read(start, length) == data[start : start + length]
    assert b"".join(opened.chunks(step=70_000)) == data
    assert b"".join(opened.chunks(10, 50)) == data[10:60]


def test_what_is_not_there_is_truncated(source):
    opened, data = source
    for start, length in [(len(data), 1), (len(data) - 3, 4), (0, len(data) + 1), (-1, 2), (5, -1), (1 << 62, 1)]:
        with pytest.raises(Truncated):
            opened.read(start, length)
    assert opened.read_up_to(len(data) - 3, 100) == data[-3:]
    assert opened.read_up_to(len(data) + 3, 100) == b""
    assert opened.read_up_to(-5, 100) == b""


def test_a_window_knows_where_it_starts():
    whole = BytesSource(DATA[:100])
    window = whole.window(10, 50).window(5, 100)
    assert (origin(window), window.size) == ((whole, 15), 45)
    assert origin(whole) == (whole, 0)


def test_a_file_that_shrinks_while_it_is_read_is_truncated(tmp_path):
    path = tmp_path / "shrinks.bin"
    path.write_bytes(DATA)
    opened = open_path(str(path))
    with open(path, "r+b") as file:
        file.truncate(1000)
    with pytest.raises(Truncated):
        opened.read(2_000_000, 10)
    opened.close()


def test_memory_stays_bounded_for_a_large_file(tmp_path):
    path = tmp_path / "large.bin"
    with open(path, "wb") as file:
        file.truncate(1 << 30)
    opened = open_path(str(path))
    for offset in range(0, 1 << 30, 1 << 20):
        assert opened.read(offset, 8) == bytes(8)
    assert sum(len(block) for block in opened._blocks.values()) <= 9 << 20
    opened.close()


def test_what_is_no_regular_file_is_refused_and_nothing_stays_open(tmp_path):
    lowest = os.dup(0)
    os.close(lowest)
    (tmp_path / "folder").mkdir()
    names = ["folder", "missing", "a\0b", "\ud800"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        names.append("pipe")
    for name in names:
        with pytest.raises(OSError):
            open_path(f"{tmp_path}/{name}")
    again = os.dup(0)
    os.close(again)
    assert again == lowest


def test_a_failing_disk_is_a_format_error():
    class Failing(io.BytesIO):
        def read(self, size=-1):
            raise OSError(5, "Input/output error")

    opened = open_file(Failing(DATA))
    with pytest.raises(FormatError, match="Input/output error"):
        opened.read(0, 10)
