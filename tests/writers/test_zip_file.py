"""Zip archives as Python's own zipfile reads them."""

from __future__ import annotations

import io
import zipfile

import pytest

from keras_doctor.wire.archive import Archive
from keras_doctor.wire.source import BytesSource
from keras_doctor.writers import zip_file
from keras_doctor.writers.zip_file import ZipWriter

MEMBERS = {"metadata.json": b"{}", "model.weights.h5": bytes(range(256)) * 9, "assets/größe/voc.txt": b"", "z": b"1"}


def written() -> bytes:
    file = io.BytesIO()
    archive = ZipWriter(file)
    for name, content in MEMBERS.items():
        halves = content[:100], content[100:]
        archive.member(name, len(content), lambda write, halves=halves: [write(half) for half in halves])
    archive.close()
    return file.getvalue()


@pytest.mark.parametrize("large", [1 << 32, 2000, 50, 0])
def test_members_and_their_numbers(monkeypatch, large):
    """Numbers beyond 32 bits are kept elsewhere (ZIP64); here smaller ones are."""
    monkeypatch.setattr(zip_file, "_LARGE", large)
    data = written()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
    ours = Archive(BytesSource(data))
    assert (ours.damage, ours.oddities) == ([], [])
    assert all(ours.verify(member) for member in ours.entries)
    assert written() == data
