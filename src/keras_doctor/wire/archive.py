"""Zip archives: members by name, each a source of its own; what is strange in them; what is left of damaged ones.

Written for files that may be hostile or broken, which `zipfile` refuses as a whole: stored members are read in place,
every size is bounded by the file's, and without a usable central directory the members are found by their own headers.
"""

from __future__ import annotations

import zlib
from itertools import islice, pairwise

from keras_doctor.records import replace
from keras_doctor.wire.errors import Damage, FormatError, LimitExceeded, Oddity
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits
from keras_doctor.wire.source import BufferSource, Source
from keras_doctor.wire.zip_directory import (
    DEFLATED,
    DESCRIBED,
    DESCRIPTOR_SIGNATURE,
    ENCRYPTED,
    LOCAL,
    LOCAL_SIGNATURE,
    STORED,
    End,
    Member,
    find_end,
    read_directory,
    read_local,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Archive", "Member"]

_STEP = 1 << 20
_TOLD = 200  # damages, and oddities of members, that are told one by one
_SUSPICIOUS_RATIO = 100  # honest weights and texts hardly ever deflate better than this

# Compression methods that exist and are not read here (APPNOTE.TXT 4.4.5).
_METHODS = {
    1: "shrink", 6: "implode", 9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstandard", 95: "xz", 97: "wavpack",
    98: "ppmd", 99: "AES encryption",
}  # fmt: skip


class Archive:
    """A zip archive over a source.

    `entries`: every member in the order of the central directory, duplicates included; `members`: by name, the last of
    duplicates, as Python takes it. `damage` and `oddities` grow while members are opened. `salvaged`: the central
    directory was not usable and the members were found by their own headers. Raises `FormatError` when there is
    neither.
    """

    def __init__(self, source: Source, limits: Limits = DEFAULT_LIMITS) -> None:
        self.source = source
        self.limits = limits
        self.damage: list[Damage] = []
        self.oddities: list[Oddity] = []
        self.salvaged = False
        self.entries = self._read()
        self.members = {member.name: member for member in self.entries}
        self.oddities += islice(self._odd_members(), _TOLD)
        if len(self.damage) > _TOLD:
            what = f"and {len(self.damage) - _TOLD} more like these"
            self.damage[_TOLD:] = [Damage(self.damage[_TOLD].kind, what)]

    def _read(self) -> tuple[Member, ...]:
        end = None
        try:
            end = find_end(self.source)
            listed = read_directory(self.source, end, self.limits)
            if not listed and self.source.read_up_to(0, 4) == LOCAL_SIGNATURE:
                raise FormatError(
                    "the end record of the zip archive lists no member, though there are some", end.position
                )
            located, found = _located(self.source, listed, end, self.damage)
            if listed and not found:
                raise FormatError("no member is where the central directory says", end.start)
        except LimitExceeded:
            raise
        except FormatError as error:
            if end is not None and end.several_disks:
                raise FormatError("the zip archive is split over several files", end.position) from None
            from keras_doctor.wire.zip_salvage import salvage

            self.salvaged = True
            self.damage.clear()
            return salvage(self.source, self.limits, error, self.damage)
        self._note_end(end, located)
        return located

    def _note_end(self, end: End, members: tuple[Member, ...]) -> None:
        """Record what is odd around the members: other counts, bytes before the first and after the end record."""
        if end.several_disks:
            self.damage.append(
                Damage(
                    "structure", "the end record says that the archive is split over several files", "", end.position
                )
            )
        if end.count != len(members) and end.count != len(members) & 0xFFFF:
            what = f"the end record counts {end.count} members, the central directory lists {len(members)}"
            self.damage.append(Damage("structure", what, "", end.position))
        trailing = self.source.size - end.position - end.length
        if trailing < 0:
            what = f"{-trailing} bytes of the archive's comment are missing"
            self.damage.append(Damage("truncated", what, "", self.source.size))
        elif trailing > 0:
            what = f"{trailing} bytes follow the end of the archive"
            self.oddities.append(
                Oddity("trailing-bytes", what, "", end.position + end.length, detail=(("count", trailing),))
            )
        first = min((member.header_offset for member in members), default=end.start)
        if first > 0:
            what = f"{first} bytes stand before the first member"
            self.oddities.append(Oddity("prefix-bytes", what, "", 0, detail=(("count", first),)))

    def _odd_members(self) -> Iterator[Oddity]:
        """Yield what is odd about members, alone and beside each other."""
        for member in self.entries:
            for kind, what in _suspicions(member, self.limits):
                yield Oddity(kind, what, member.name, member.header_offset)
        if len(self.members) < len(self.entries):
            seen: dict[str, int] = {}
            for member in self.entries:
                seen[member.name] = seen.get(member.name, 0) + 1
            for name, count in seen.items():
                if count > 1:
                    what = f"{name!r} is there {count} times: readers differ in which they take"
                    yield Oddity("duplicate-member", what, name, detail=(("count", count),))
        ordered = sorted(self.entries, key=lambda member: member.header_offset)
        for before, after in pairwise(ordered):
            if after.header_offset < max(
                before.data_offset + before.compressed_size, before.header_offset + LOCAL.size
            ):
                what = f"{before.name!r} and {after.name!r} share bytes of the archive"
                yield Oddity("overlapping-members", what, after.name, after.header_offset)

    def open(self, member: Member) -> Source:
        """Return the member's bytes as a source: a window of the file when it is stored, else inflated in memory.

        A stream that breaks off gives what there is of it, and a `Damage`. Raises `FormatError` when the member is
        encrypted, compressed with another method, broken from its start, or (`LimitExceeded`) inflates to more than the
        limits allow.
        """
        self._refuse(member)
        if member.method == STORED:
            return self.source.window(member.data_offset, member.compressed_size, member.name)
        if member.size > self.limits.inflated_bytes:
            raise LimitExceeded(f"{member.name!r} inflates to {member.size} bytes", member.data_offset)
        data = bytearray()  # grows where it stands: joining pieces would take the memory twice
        what = f"{member.name!r} inflates to fewer bytes than the {member.size} that are declared"
        try:
            for piece in self._pieces(member):
                data += piece
        except FormatError as error:
            if not data:
                raise
            what = f"{error.what} after {len(data)} of {member.size} bytes"
        if len(data) < member.size:
            damage = Damage("structure", what, member.name, member.data_offset, member.compressed_size)
            if damage not in self.damage:
                self.damage.append(damage)
        del data[member.size :]
        return BufferSource(data, member.name)

    def read(self, member: Member) -> bytes:
        """Return the member's bytes. Raises `FormatError` as `open` does."""
        source = self.open(member)
        return source.read(0, source.size)

    def verify(self, member: Member) -> bool:
        """Tell whether the member is whole by its CRC-32, in one pass. Raises `FormatError` as `open` does."""
        self._refuse(member)
        if member.lost:
            return False
        crc = total = 0
        try:
            for piece in self._pieces(member):
                crc = zlib.crc32(piece, crc)
                total += len(piece)
        except FormatError:
            return False
        return crc == member.crc and total == member.size

    def _refuse(self, member: Member) -> None:
        if member.flags & ENCRYPTED:
            raise FormatError(f"{member.name!r} is encrypted", member.header_offset)
        if member.method not in (STORED, DEFLATED):
            raise FormatError(f"{member.name!r} is compressed with {_method(member.method)}", member.header_offset)
        if _is_bomb(member, self.limits):
            what = f"{member.name!r} inflates from {member.compressed_size} to {member.size} bytes"
            raise LimitExceeded(what, member.data_offset)

    def _pieces(self, member: Member) -> Iterator[bytes]:
        """Yield the member's content in pieces; of more than is declared only the first piece."""
        stored = self.source.chunks(member.data_offset, member.compressed_size, _STEP)
        if member.method == STORED:
            yield from stored
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        total = 0
        for piece in stored:
            while not inflater.eof:
                try:
                    made = inflater.decompress(piece, _STEP)
                except zlib.error as error:
                    raise FormatError(f"{member.name!r} does not inflate ({error})", member.data_offset) from None
                total += len(made)
                if made:
                    yield made
                if total > member.size:
                    return
                piece = inflater.unconsumed_tail
                if not piece and len(made) < _STEP:
                    break


def _located(source: Source, listed: list[Member], end: End, damage: list[Damage]) -> tuple[tuple[Member, ...], bool]:
    """Find where each listed member's data starts; tell whether the header of any was there.

    Where a local header is broken, the data is taken to end where the next structure starts.
    """
    located = []
    found = False
    starts: list[int] | None = None
    for member in listed:
        offset = member.header_offset
        lost = 0
        try:
            local = read_local(source, offset, len(member.name) + 64)
            data_offset = local.data_offset
            found = True
            difference = _difference(member, local.name, local.method, local.flags)
            sized = local.crc, local.compressed_size, local.size
            if (
                not difference
                and not local.flags & DESCRIBED
                and sized != (member.crc, member.compressed_size, member.size)
            ):
                difference = "size or checksum"
            if difference:
                what = f"the header of {member.name!r} and the central directory differ in its {difference}"
                damage.append(Damage("structure", what, member.name, offset))
        except FormatError as error:
            if starts is None:
                starts = sorted({other.header_offset for other in listed} | {end.start})
            data_offset = _guess(source, member, starts)
            zeroed = not any(source.read_up_to(offset, LOCAL.size))
            damage.append(Damage("zeroed" if zeroed else "structure", error.what, member.name, offset))
        if data_offset + member.compressed_size > source.size:
            lost = min(member.compressed_size, data_offset + member.compressed_size - source.size)
            what = f"{lost} of the {member.compressed_size} bytes of {member.name!r} lie past the end of the file"
            damage.append(Damage("truncated", what, member.name, data_offset))
        located.append(_settled(member, data_offset, lost))
    return tuple(located), found


def _settled(member: Member, data_offset: int, lost: int) -> Member:
    size = member.size - lost if lost and member.method == STORED else member.size
    return replace(
        member, data_offset=data_offset, compressed_size=member.compressed_size - lost, size=max(0, size), lost=lost
    )


def _difference(member: Member, name: str, method: int, flags: int) -> str:
    if name != member.name:
        return f"name ({name!r})"
    if method != member.method:
        return "compression method"
    return "encryption" if (flags ^ member.flags) & ENCRYPTED else ""


def _guess(source: Source, member: Member, starts: list[int]) -> int:
    """Return where the data of a member with a broken header starts, from where it must end."""
    from bisect import bisect_right

    index = bisect_right(starts, member.header_offset)
    boundary = starts[index] if index < len(starts) else source.size
    if member.flags & DESCRIBED:
        for length in (16, 24):
            if source.read_up_to(boundary - length, 4) == DESCRIPTOR_SIGNATURE:
                boundary -= length
                break
        else:
            boundary -= 12
    return max(member.header_offset + LOCAL.size, boundary - member.compressed_size)


def _suspicions(member: Member, limits: Limits) -> Iterator[tuple[str, str]]:
    """Yield kind and description of what is odd about one member."""
    name = member.name
    if "\\" in name or name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        yield "path-traversal", f"the name {name!r} leads outside the folder that it would be unpacked in"
    if member.flags & ENCRYPTED:
        yield "encrypted-member", f"{name!r} is encrypted"
    if member.method not in (STORED, DEFLATED):
        yield "unknown-method", f"{name!r} is compressed with {_method(member.method)}"
    elif _is_bomb(member, limits):
        yield "zip-bomb", f"{name!r} inflates from {member.compressed_size} to {member.size} bytes"
    if member.external_attributes >> 28 == 0xA:  # the file type of a Unix mode: S_IFLNK
        yield "symlink-member", f"{name!r} is a symbolic link"


def _is_bomb(member: Member, limits: Limits) -> bool:
    """Tell whether a member inflates so much more than it stores that it is not inflated at all."""
    if member.method != DEFLATED:
        return False
    stored, size = member.compressed_size, member.size
    large = size > limits.bomb_bytes and size > _SUSPICIOUS_RATIO * stored
    # What is declared of a member that is cut says nothing of the part that is left.
    return large or (not member.lost and size > limits.inflate_ratio * max(stored, 8))


def _method(method: int) -> str:
    return _METHODS.get(method, f"the unknown method {method}")
