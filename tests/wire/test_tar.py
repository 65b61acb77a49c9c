"""Tar headers, with `tarfile` as the oracle."""

from __future__ import annotations

import contextlib
import io
import random
import tarfile

import pytest

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.source import BytesSource
from keras_doctor.wire.tar import BLOCK, entries, is_header

MEMBERS = {
    "a.txt": b"x",
    "folder/b.bin": bytes(1000),
    "long/" + "n" * 180 + "/model.h5": b"y" * 513,
    "umlaut-äöü/模型.keras": b"z",
    "empty": b"",
}


def packed(form):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in MEMBERS.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "a.txt"
        archive.addfile(link)
    return out.getvalue()


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["gnu", "pax"])
def test_members_are_those_of_tarfile(form):
    data = packed(form)
    found = list(entries(BytesSource(data)))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        wanted = [(member.name, member.size, member.offset_data, member.isfile()) for member in archive]
    assert [(entry.name.rstrip("/"), entry.size, entry.offset, entry.is_file) for entry in found] == wanted
    for entry in found:
        if entry.is_file:
            assert data[entry.offset : entry.offset + entry.size] == MEMBERS[entry.name]


def test_cut_and_foreign():
    data = packed(tarfile.GNU_FORMAT)
    for length in range(0, len(data), 300):
        if length >= BLOCK:
            assert len(list(entries(BytesSource(data[:length])))) <= len(MEMBERS) + 2
    with pytest.raises(FormatError):
        list(entries(BytesSource(bytes(2048))))
    assert not is_header(bytes(BLOCK))
    assert not is_header(b"")


def test_mutations():
    generator = random.Random(2)
    data = packed(tarfile.PAX_FORMAT)
    for _ in range(2000):
        mutated = bytearray(data)
        at = generator.randrange(len(data) // BLOCK) * BLOCK
        for _ in range(3):
            mutated[at + generator.randrange(BLOCK)] = generator.randrange(256)
        mutated[at + 148 : at + 156] = b"%06o\0 " % (
            sum(mutated[at : at + 148]) + 256 + sum(mutated[at + 156 : at + BLOCK])
        )
        with contextlib.suppress(FormatError):
            assert len(list(entries(BytesSource(bytes(mutated)), 100))) <= 100
