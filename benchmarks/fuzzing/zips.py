"""Zip archives built from fields of which each can lie (APPNOTE.TXT 4.3 to 4.5)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache

from fuzzing.dice import Dice

# field -> width in bytes, in the order of the record; variable parts follow.
_LOCAL = {
    "signature": 4, "version": 2, "flags": 2, "method": 2, "time": 2, "date": 2, "crc": 4, "compressed": 4, "size": 4,
    "name_length": 2, "extra_length": 2,
}  # fmt: skip
_CENTRAL = {
    "signature": 4, "made_by": 2, "version": 2, "flags": 2, "method": 2, "time": 2, "date": 2, "crc": 4,
    "compressed": 4,
    "size": 4, "name_length": 2, "extra_length": 2, "comment_length": 2, "disk": 2, "internal": 2, "external": 4,
    "offset": 4,
}  # fmt: skip
_END = {
    "signature": 4, "disk": 2, "central_disk": 2, "here": 2, "count": 2, "length": 4, "start": 4, "comment_length": 2,
}  # fmt: skip
_END64 = {
    "signature": 4, "record": 8, "made_by": 2, "version": 2, "disk": 4, "central_disk": 4, "here": 8, "count": 8,
    "length": 8,
    "start": 8,
}  # fmt: skip
_LOCATOR = {"signature": 4, "disk": 4, "offset": 8, "disks": 4}

_NAMES = (
    "config.json", "metadata.json", "model.weights.h5", "model.weights.npz", "assets/vocabulary.txt",
    "../../outside.txt",
    "/etc/passwd", "C:\\model.keras", "..\\up", "assets/", "a\0b", "config.json\0.txt", "CONFIG.JSON", "./config.json",
    "assets/../config.json", "é" * 60, "x" * 60000, "", " ", "archive/data.pkl", "data.pkl", "saved_model.pb",
    "model.json",
    "model/config.json", "model.h5", "\u202econfig.json", "assets/layers/string_lookup/vocabulary.txt", "meta.json",
)  # fmt: skip


@cache
def bomb(megabytes: int, fill: bytes) -> tuple[bytes, int]:
    """Return a deflate stream that inflates to so many MiB of one byte, and the CRC-32 of the first MiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = fill * (1 << 20)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # after it a stream can go on with any block
    return first * megabytes + packer.flush(), zlib.crc32(block)


class Member:
    """One member as it is to be written: its content, and fields of its headers that say something else."""

    __slots__ = ("central", "data", "extra", "local", "method", "name", "of", "packed")

    def __init__(self, name: str, data: bytes, method: int = 0) -> None:
        self.name = name.encode("utf-8", "surrogatepass")
        self.data = data
        self.method = method
        self.packed: bytes | None = None  # what is written instead of the data
        self.local: dict[str, int] = {}
        self.central: dict[str, int] = {}
        self.extra: tuple[bytes, bytes] = (b"", b"")
        self.of: Member | None = None  # whose bytes it names as its own, writing none

    def shadow(self, name: str) -> Member:
        """Return a member of the central directory that names this one's bytes as its own."""
        made = Member(name, self.data, self.method)
        made.central = dict(self.central)
        made.of = self
        return made

    def copy(self) -> Member:
        """Return a member of the same name and content with honest headers."""
        made = Member("", self.data, self.method)
        made.name = self.name
        return made


def unpack(data: bytes) -> list[Member]:
    """Return the members of a good archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [Member(info.filename, archive.read(info), info.compress_type) for info in archive.infolist()]


def pack(members: list[Member], end: dict[str, int], zip64: bool, prefix: bytes = b"", suffix: bytes = b"") -> bytes:
    """Return the archive that the members describe. `end`: fields of its end record that say something else."""
    out = [prefix]
    position = len(prefix)
    directory = []
    offsets: dict[int, tuple[int, int]] = {}
    for member in members:
        if member.of is not None:
            offset, length = offsets.get(id(member.of), (0, 0))
            central = {"method": member.method, "name_length": len(member.name), "offset": offset, "compressed": length}
            directory.append(_record(_CENTRAL, {"signature": 0x02014B50, **central, **member.central}) + member.name)
            continue
        content = member.data
        if member.packed is not None:
            content = member.packed
        elif member.method == 8:
            packer = zlib.compressobj(1, zlib.DEFLATED, -15)
            content = packer.compress(content) + packer.flush()
        fields = {
            "version": 20, "made_by": 20, "flags": 0x800 if not member.name.isascii() else 0, "method": member.method,
            "date": 0x2100,
            "crc": zlib.crc32(member.data), "compressed": len(content), "size": len(member.data),
            "name_length": len(member.name),
            "offset": position, "external": 0o600 << 16,
        }  # fmt: skip
        local = {**fields, "signature": 0x04034B50, "extra_length": len(member.extra[0]), **member.local}
        central = {**fields, "signature": 0x02014B50, "extra_length": len(member.extra[1]), **member.central}
        offsets[id(member)] = position, len(content)
        record = _record(_LOCAL, local) + member.name + member.extra[0] + content
        out.append(record)
        position += len(record)
        directory.append(_record(_CENTRAL, central) + member.name + member.extra[1])
    listed = b"".join(directory)
    fields = {
        "here": len(members), "count": len(members), "length": len(listed), "start": position,
        "comment_length": len(suffix),
        "record": 44, "version": 45, "made_by": 45, "offset": position + len(listed), "disks": 1,
    }  # fmt: skip
    out.append(listed)
    if zip64:
        out.append(_record(_END64, {**fields, "signature": 0x06064B50, **end}))
        out.append(_record(_LOCATOR, {**fields, "signature": 0x07064B50, "disk": 0}))
        fields.update(here=0xFFFF, count=0xFFFF, length=0xFFFFFFFF, start=0xFFFFFFFF)
    out.append(_record(_END, {**fields, "signature": 0x06054B50, **(end if not zip64 else {})}))
    out.append(suffix)
    return b"".join(out)


def _record(layout: dict[str, int], fields: dict[str, int]) -> bytes:
    return b"".join(
        (fields.get(name, 0) & (1 << 8 * width) - 1).to_bytes(width, "little") for name, width in layout.items()
    )


def mutate_headers(dice: Dice, data: bytearray) -> str:
    """Change one field of one record of the archive in place."""
    records = []
    for layout, signature in (
        (_LOCAL, b"PK\3\4"),
        (_CENTRAL, b"PK\1\2"),
        (_END, b"PK\5\6"),
        (_END64, b"PK\6\6"),
        (_LOCATOR, b"PK\6\7"),
    ):
        at = data.find(signature)
        count = 0
        while at >= 0 and count < 40:
            records.append((layout, at))
            at, count = data.find(signature, at + 4), count + 1
    if not records:
        return "nothing"
    layout, at = dice.pick(records)
    name = dice.pick(list(layout))
    for field, width in layout.items():
        if field == name:
            break
        at += width
    if at + width > len(data):
        return "nothing"
    old = int.from_bytes(data[at : at + width], "little")
    value = dice.edge(width, len(data), old)
    if name == "method":
        value = dice.pick((0, 8, 9, 12, 14, 93, 99, value))
    data[at : at + width] = value.to_bytes(width, "little")
    return f"zip: {name} at {at} from {old} to {value}"


def mutate_members(dice: Dice, members: list[Member]) -> tuple[bytes, str]:
    """Change how the archive is put together; return it, and what was done. The list is changed in place."""
    end: dict[str, int] = {}
    zip64 = dice.odds(0.1)
    prefix = suffix = b""
    notes = []
    for _ in range(dice.some(4)):
        roll = dice.below(15)
        member = dice.pick(members) if members else Member("config.json", b"{}")
        side = member.local if dice.odds(0.5) else member.central
        if roll == 0:
            name = dice.pick(_NAMES)
            member.name = name.encode("utf-8", "surrogatepass")
            notes.append(f"name {name[:20]!r}")
        elif roll == 1:
            members.append(member.copy())
            notes.append("a member twice")
        elif roll == 2 and len(members) > 1:
            members.remove(member)
            notes.append("a member gone")
        elif roll == 3:
            members.insert(dice.below(len(members) + 1), Member(dice.pick(_NAMES), dice.randbytes(dice.below(100))))
            notes.append("another member")
        elif roll == 4:
            member.method = 8
            notes.append("deflated")
        elif roll == 5:
            megabytes = dice.pick((1, 1, 1, 1, 8, 15, 17, 300))
            member.method = 8
            member.packed, crc = bomb(megabytes, dice.pick((b"\0", b" ", b"[", b"9", b"\xff")))
            size = megabytes << 20 if dice.odds(0.6) else dice.pick((1 << 31, 0, len(member.data), 0xFFFFFFFF))
            member.local.update(size=size, crc=crc)
            member.central.update(size=size, crc=crc)
            notes.append(f"a bomb of {megabytes} MiB")
            if dice.odds(0.2):
                members += (member.shadow(f"assets/{number}") for number in range(dice.pick((2, 300))))
                notes.append("many times")
        elif roll == 6:
            field = dice.pick(
                (
                    "size",
                    "compressed",
                    "crc",
                    "flags",
                    "method",
                    "offset",
                    "name_length",
                    "extra_length",
                    "external",
                    "disk",
                )
            )
            side[field] = dice.edge(4, 20000, side.get(field, len(member.data)))
            notes.append(f"{field} {side[field]:#x}")
        elif roll == 7:
            member.central["offset"] = dice.pick((0, 1, 0xFFFFFFFF, dice.below(30000)))
            notes.append(f"offset {member.central['offset']}")
        elif roll == 8:
            extra = _extra(dice)
            member.extra = (extra, extra) if dice.odds(0.5) else (b"", extra)
            if dice.odds(0.5):
                member.central["size"] = member.central["compressed"] = 0xFFFFFFFF
            notes.append("extra field")
        elif roll == 9:
            member.local.update(flags=8, crc=0, size=0, compressed=0)
            descriptor = struct.pack("<4sIII", b"PK\7\x08", zlib.crc32(member.data), len(member.data), len(member.data))
            member.packed = member.data + descriptor[dice.pick((0, 4)) :]
            member.central["compressed"] = len(member.data)
            notes.append("data descriptor")
        elif roll == 10:
            field = dice.pick(
                ("here", "count", "length", "start", "comment_length", "disk", "central_disk", "record", "offset")
            )
            end[field] = dice.edge(8 if zip64 else 4, 20000, len(members))
            notes.append(f"end record: {field} {end[field]:#x}")
        elif roll == 11:
            prefix = dice.pick((b"x", b"#!/bin/sh\n", bytes(512), b"\x89HDF\r\n\x1a\n", b"PK\3\4"))
            notes.append("prefix")
        elif roll == 12:
            suffix = dice.pick((b"x", bytes(100), b"PK\5\6" + bytes(18), bytes(70000)))
            notes.append("suffix")
        elif roll == 13:
            member.packed = member.data[: dice.below(len(member.data) + 1)]
            notes.append("content cut")
        else:
            side["flags"] = dice.pick((1, 8, 0x800, 0x41, 0x2000))
            notes.append(f"flags {side['flags']:#x}")
    return pack(members, end, zip64, prefix, suffix), "zip: " + ", ".join(notes)


def _extra(dice: Dice) -> bytes:
    kind = dice.pick((1, 0x7075, 0x6375, 0x9901, 0xCAFE, dice.below(0x10000)))
    if kind == 1:
        body = b"".join(dice.edge(8, 20000, 100).to_bytes(8, "little") for _ in range(dice.below(5)))
    elif kind in (0x7075, 0x6375):
        body = b"\1" + dice.randbytes(4) + dice.pick((b"config.json", b"../x", b"\xff\xfe"))
    else:
        body = dice.randbytes(dice.below(40))
    length = len(body) if dice.odds(0.8) else dice.below(0x10000)
    return struct.pack("<HH", kind, length) + body
