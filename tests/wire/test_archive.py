"""Zip archives as `zipfile` reads them, what is strange in them, and what is left of damaged ones."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest

from keras_doctor.wire.archive import Archive
from keras_doctor.wire.errors import FormatError, LimitExceeded, Truncated
from keras_doctor.wire.limits import Limits
from keras_doctor.wire.source import BytesSource

DATA = random.Random(3).randbytes(50_000)
TEXT = b'{"class_name": "Sequential"}' * 40
MEMBERS = {"metadata.json": b'{"keras_version": "3.15.1"}', "config.json": TEXT, "model.weights.h5": DATA}


def zipped(members=None, method=zipfile.ZIP_STORED, **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in (members or MEMBERS).items():
            with archive.open(name, "w", **options) as member:
                member.write(content)
    return buffer.getvalue()


class Stream(io.BytesIO):
    """A target that cannot seek: sizes then follow the data."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise OSError("no seeking")

    def tell(self):
        raise OSError("no telling")


def streamed(method=zipfile.ZIP_STORED) -> bytes:
    target = Stream()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in MEMBERS.items():
            archive.writestr(name, content)
    return target.getvalue()


def opened(data: bytes, limits: Limits | None = None) -> Archive:
    return Archive(BytesSource(data), limits or Limits())


def kinds(records) -> list[str]:
    return [record.kind for record in records]


def contents(archive: Archive) -> dict[str, bytes]:
    return {name: archive.read(member) for name, member in archive.members.items()}


def same_as_zipfile(data: bytes) -> Archive:
    ours = opened(data)
    with zipfile.ZipFile(io.BytesIO(data)) as theirs:
        assert [member.name for member in ours.entries] == [info.filename for info in theirs.infolist()]
        for member, info in zip(ours.entries, theirs.infolist(), strict=True):
            assert (member.method, member.crc, member.compressed_size, member.size) == (
                info.compress_type,
                info.CRC,
                info.compress_size,
                info.file_size,
            )
            assert (member.header_offset, member.flags, member.external_attributes, member.is_directory) == (
                info.header_offset,
                info.flag_bits,
                info.external_attr,
                info.is_dir(),
            )
            assert member.date == "{}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*info.date_time)
            assert ours.read(member) == theirs.read(info)
            assert ours.verify(member)
    assert not ours.damage
    assert not ours.salvaged
    return ours


def names_in_cp437() -> bytes:
    """An archive as old tools write it: bytes of code page 437, no UTF-8 flag."""
    data = zipped({"caf_.txt": b"x"})
    return data.replace(b"caf_.txt", b"caf\x82.txt")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(zipped(), id="stored"),
        pytest.param(zipped(method=zipfile.ZIP_DEFLATED), id="deflated"),
        pytest.param(zipped(force_zip64=True), id="zip64 headers"),
        pytest.param(streamed(), id="streamed, stored"),
        pytest.param(streamed(zipfile.ZIP_DEFLATED), id="streamed, deflated"),
        pytest.param(zipped({"a": b"", "dossier é/模型.h5": b"x", "folder/": b""}), id="names in UTF-8"),
        pytest.param(names_in_cp437(), id="names in code page 437"),
        pytest.param(b"#!/bin/sh\n" + zipped(), id="bytes before"),
        pytest.param(zipped() + b"garbage", id="bytes after"),
    ],
)
def test_members_are_those_that_zipfile_reads(data):
    same_as_zipfile(data)


def test_every_archive_of_the_corpus_is_read_as_zipfile_reads_it(corpus):
    compared = 0
    for path in sorted(corpus.glob("py*/*/model.keras"))[::9]:
        if zipfile.is_zipfile(path):
            assert not same_as_zipfile(path.read_bytes()).oddities
            compared += 1
    assert compared > 50


def test_many_members_need_the_zip64_end_record():
    data = zipped({f"{index}": b"" for index in range(66_000)})
    assert len(opened(data).members) == 66_000


def test_a_stored_member_is_a_window_of_the_file():
    archive = opened(zipped())
    source = archive.open(archive.members["model.weights.h5"])
    assert source.name == "model.weights.h5"
    assert source.read(100, 50) == DATA[100:150]
    with pytest.raises(Truncated):
        source.read(len(DATA) - 1, 2)


def with_comment() -> bytes:
    buffer = io.BytesIO(zipped())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"a comment"
    return buffer.getvalue()


def test_a_comment_is_neither_trailing_nor_cut():
    archive = same_as_zipfile(with_comment())
    assert not archive.oddities
    assert kinds(opened(with_comment()[:-3]).damage) == ["truncated"]


def odd(name: str, edit=None, content: bytes = b"x", times: int = 1) -> list[str]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for _ in range(times):
            info = zipfile.ZipInfo(name)
            if edit:
                edit(info)
            archive.writestr(info, content)
    return kinds(opened(buffer.getvalue()).oddities)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_oddities_are_named():
    for name in ("../x", "/etc/passwd", "C:\\x", "a/../../b", "a\\b"):
        assert odd(name) == ["path-traversal"], name
    assert odd("assets/..x/a..b") == []
    assert odd("twice", times=2) == ["duplicate-member"]
    assert odd("link", lambda info: setattr(info, "external_attr", 0o120777 << 16)) == ["symlink-member"]
    assert odd("packed", lambda info: setattr(info, "compress_type", zipfile.ZIP_BZIP2)) == ["unknown-method"]
    assert kinds(opened(zipped() + b"tail").oddities) == ["trailing-bytes"]
    assert kinds(opened(b"head" + zipped()).oddities) == ["prefix-bytes"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_duplicates_the_last_counts():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("config.json", b"first")
        archive.writestr("config.json", b"last")
    ours = opened(buffer.getvalue())
    assert len(ours.entries) == 2
    assert contents(ours) == {"config.json": b"last"}


def test_encrypted_and_unknown_members_are_refused_in_words():
    data = bytearray(zipped({"secret": b"x" * 40}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    archive = opened(bytes(data))
    assert kinds(archive.oddities) == ["encrypted-member"]
    for use in (archive.open, archive.read, archive.verify):
        with pytest.raises(FormatError, match="encrypted"):
            use(archive.members["secret"])
    packed = opened(zipped(method=zipfile.ZIP_BZIP2))
    with pytest.raises(FormatError, match="bzip2"):
        packed.open(packed.entries[0])


def test_two_entries_of_one_member_overlap():
    data = zipped({"first": b"1" * 60, "other": b"2" * 60})
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    pointing_at_first = data[: at + 42] + struct.pack("<I", 0) + data[at + 46 :]
    assert "overlapping-members" in kinds(opened(pointing_at_first).oddities)


def test_a_flipped_bit_fails_the_checksum_and_nothing_else():
    data = bytearray(zipped())
    data[data.index(DATA) + 700] ^= 4
    archive = opened(bytes(data))
    assert [archive.verify(member) for member in archive.entries] == [True, True, False]
    assert not archive.damage
    assert len(archive.read(archive.members["model.weights.h5"])) == len(DATA)


def test_a_broken_stream_gives_what_comes_before_and_says_so():
    members = {"config.json": bytes(range(256)) * 8000}
    data = bytearray(zipped(members, zipfile.ZIP_DEFLATED))
    member = opened(bytes(data)).entries[0]
    data[member.data_offset + member.compressed_size // 2 :][:4] = b""
    end = member.data_offset + member.compressed_size
    data[end - 3000 : end] = random.Random(1).randbytes(3000)
    archive = opened(bytes(data))
    content = archive.read(archive.entries[0])
    assert members["config.json"].startswith(content[: len(content) // 2])
    assert not archive.verify(archive.entries[0])


def test_a_size_beyond_the_limits_is_refused_before_inflating():
    archive = opened(zipped({"big": DATA * 30}, zipfile.ZIP_DEFLATED), Limits(inflated_bytes=1_000_000))
    with pytest.raises(LimitExceeded):
        archive.open(archive.entries[0])


@pytest.mark.parametrize("data", [zipped(), zipped(force_zip64=True)], ids=["plain", "zip64"])
def test_a_truncated_archive_gives_what_is_there(data):
    at = data.index(DATA)
    archive = opened(data[: at + 1000])
    assert archive.salvaged
    weights = archive.members["model.weights.h5"]
    assert (weights.size, weights.lost) == (1000, len(DATA) - 1000)
    assert contents(archive) == {**MEMBERS, "model.weights.h5": DATA[:1000]}
    assert [archive.verify(member) for member in archive.entries] == [True, True, False]
    assert [(damage.kind, damage.part) for damage in archive.damage] == [
        ("truncated", ""),
        ("truncated", "model.weights.h5"),
    ]
    assert f"{len(DATA) - 1000} of its {len(DATA)} bytes" in archive.damage[1].what


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_whose_sizes_follow_them_are_found_without_a_directory(method):
    data = streamed(method)
    archive = opened(data[: data.index(b"PK\x01\x02")])
    assert archive.salvaged
    assert contents(archive) == MEMBERS
    assert all(archive.verify(member) for member in archive.entries)
    assert kinds(archive.damage) == ["truncated"]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_cut_end_record_or_directory_loses_nothing(cut):
    archive = opened(zipped()[:-cut])
    assert contents(archive) == MEMBERS
    assert kinds(archive.damage) == ["truncated"]


def test_a_member_that_was_being_written_is_as_long_as_the_file():
    """What is left when the process dies: sizes and checksum are filled in at the end."""
    data = bytearray(zipped({"model.weights.h5": DATA}, force_zip64=True))
    data[14:18] = bytes(4)
    data[18:26] = b"\xff" * 8  # which zipfile does since Python 3.11.4
    at = data.index(b"\x01\x00\x10\x00", 30)
    data[at + 4 : at + 20] = bytes(16)
    archive = opened(bytes(data[: data.index(DATA) + 30_000]))
    member = archive.members["model.weights.h5"]
    assert (member.size, member.lost) == (30_000, -1)
    assert archive.read(member) == DATA[:30_000]
    assert not archive.verify(member)


def test_zeros_over_the_first_headers_leave_the_other_members():
    data = zipped()
    cut = data.index(b"config.json") + 20
    archive = opened(bytes(cut) + data[cut:])
    assert not archive.salvaged
    assert kinds(archive.damage) == ["zeroed", "zeroed"]
    assert [archive.verify(member) for member in archive.entries] == [False, False, True]
    # Where the content of the second lies follows from where the third begins.
    assert archive.read(archive.members["config.json"])[20:] == TEXT[20:]


def test_headers_that_contradict_the_directory_are_damage():
    data = zipped()
    archive = opened(data.replace(b"config.json", b"c0nfig.json", 1))
    assert kinds(archive.damage) == ["structure"]
    assert "config.json" in archive.members


def test_a_broken_directory_is_done_without():
    data = bytearray(zipped())
    data[data.index(b"PK\x01\x02") :][:4] = b""
    data[data.rindex(b"PK\x01\x02") + 1] = 0
    archive = opened(bytes(data))
    assert archive.salvaged
    assert contents(archive) == MEMBERS
    assert kinds(archive.damage) == ["structure"]


def test_listed_members_whose_headers_are_gone_are_named():
    data = bytearray(zipped())
    at = data.index(b"PK\x03\x04", 4)
    data[at : at + 4] = bytes(4)
    archive = opened(bytes(data[:-5]))
    assert archive.salvaged
    assert list(archive.members) == ["metadata.json", "model.weights.h5"]
    assert [(damage.kind, damage.part) for damage in archive.damage] == [("truncated", ""), ("missing", "config.json")]


def test_conversions_of_text_mode_are_recognised():
    data = zipped({"config.json": TEXT, "model.weights.h5": bytes(range(256)) * 500})
    assert opened(data.replace(b"\n", b"\r\n")).damage[0].kind == "text-transfer"
    assert opened(data.decode("utf-8", "replace").encode()).damage[0].kind == "text-transfer"


def test_archives_over_several_disks_are_refused():
    data = bytearray(zipped())
    at = data.rindex(b"PK\x05\x06")
    data[at + 4 : at + 8] = struct.pack("<HH", 1, 1)
    assert kinds(opened(bytes(data)).damage) == ["structure"]  # a flipped bit: all is there nonetheless
    start = data.index(b"PK\x01\x02")
    data[start : start + 4] = bytes(4)
    with pytest.raises(FormatError, match="several files"):
        opened(bytes(data))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04\x14\0\0\0", b"hello " * 100, zipped()[:25]])
def test_what_is_no_archive_is_refused(data):
    with pytest.raises(FormatError):
        opened(data)


def test_hostile_bytes_raise_only_format_errors():
    rng = random.Random(11)
    base = [zipped(), zipped(method=zipfile.ZIP_DEFLATED), streamed(zipfile.ZIP_DEFLATED), zipped(force_zip64=True)]
    base = [data[:400] + data[-600:] for data in base] + [zipped({"a": b"x", "b/c": TEXT}, zipfile.ZIP_DEFLATED)]
    for _ in range(1500):
        data = bytearray(rng.choice(base))
        for _ in range(rng.choice((1, 2, 8))):
            data[rng.randrange(len(data))] = rng.choice((0, 1, 0x50, 0xFF, rng.randrange(256)))
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)) :]
        try:
            archive = opened(bytes(data))
            for member in archive.entries:
                assert member.compressed_size <= len(data)
                try:
                    archive.read(member)
                    archive.verify(member)
                except FormatError:
                    pass
        except FormatError:
            pass


def test_the_checksum_is_that_of_zlib():
    archive = opened(zipped())
    assert archive.members["config.json"].crc == zlib.crc32(TEXT)
