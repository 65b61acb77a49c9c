"""Members of a zip archive whose central directory is gone or broken, found by their own headers."""

from __future__ import annotations

import zlib

from keras_doctor.records import replace
from keras_doctor.wire.errors import Damage, FormatError, LimitExceeded, Truncated
from keras_doctor.wire.zip_directory import (
    CENTRAL,
    CENTRAL_SIGNATURE,
    DEFLATED,
    DESCRIBED,
    DESCRIPTOR_SIGNATURE,
    END64_SIGNATURE,
    END_SIGNATURE,
    END_SIZE,
    LOCAL_SIGNATURE,
    STORED,
    LocalHeader,
    Member,
    central_members,
    read_local,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

_STEP = 1 << 20
_STRUCTURES = (LOCAL_SIGNATURE, CENTRAL_SIGNATURE)
_SIGNATURES = (*_STRUCTURES, END_SIGNATURE, END64_SIGNATURE)
_METHODS = (STORED, DEFLATED, 9, 12, 14, 93, 95)
_NAME_LENGTH = 4096
_TRANSFER_SAMPLE = 16 << 20


def salvage(source: Source, limits: Limits, error: FormatError, damage: list[Damage]) -> tuple[Member, ...]:
    """Return the members whose headers are found, and record what is lost in `damage`. Raises `FormatError`.

    `error` is why the central directory cannot be used.
    """
    walk = _Walk(source, limits)
    walk.run()
    if not walk.members:
        converted = text_transfer(source)
        if converted:
            raise FormatError(converted.what)
        if source.read_up_to(0, 4) == LOCAL_SIGNATURE:
            raise Truncated("the zip archive ends within the header of its first member", source.size)
        raise error
    converted = text_transfer(source)
    if converted:
        damage.append(converted)
    at_end = source.size - walk.reached < END_SIZE
    what = "the zip archive ends before its central directory does" if at_end else error.what
    damage.append(Damage("truncated" if at_end else "structure", what, "", source.size if at_end else error.offset))
    damage += walk.damage
    attributes = {member.name: member.external_attributes for member in walk.listed}
    names = {member.name for member in walk.members}
    for member in walk.listed:
        if member.name not in names:
            names.add(member.name)
            what = f"{member.name!r} ({member.size} bytes) is listed, and its header is gone"
            damage.append(Damage("missing", what, member.name, member.header_offset, member.compressed_size))
    return tuple(
        replace(member, external_attributes=attributes.get(member.name, 0)) if attributes else member
        for member in walk.members
    )


class _Walk:
    """One pass over the file from header to header. Every byte is looked at once, whatever the headers say."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.limits = limits
        self.inflatable = limits.inflated_bytes  # a budget for all members together
        self.members: list[Member] = []
        self.listed: list[Member] = []
        self.damage: list[Damage] = []
        self.reached = 0

    def run(self) -> None:
        position = _find(self.source, 0, _STRUCTURES)
        while 0 <= position < self.source.size:
            if len(self.members) + len(self.listed) >= self.limits.objects:
                raise LimitExceeded(f"more than {self.limits.objects} members", position)
            signature = self.source.read(position, 4)
            after = self._local(position) if signature == LOCAL_SIGNATURE else self._central(position)
            self.reached = max(self.reached, after)
            position = _find(self.source, after, _STRUCTURES)

    def _central(self, position: int) -> int:
        """Take the central header at `position`; return where it ends."""
        head = self.source.read_up_to(position, CENTRAL.size)
        if len(head) < CENTRAL.size:
            return self.source.size
        length = CENTRAL.size + sum(int.from_bytes(head[at : at + 2], "little") for at in (28, 30, 32))
        if position + length > self.source.size:
            return self.source.size
        try:
            self.listed.extend(central_members(self.source.read(position, length), position, 0, self.limits))
        except FormatError:
            return position + 4
        return position + length

    def _local(self, position: int) -> int:
        """Take the member whose header is at `position`; return where it ends."""
        if int.from_bytes(self.source.read_up_to(position + 8, 2), "little") not in _METHODS:
            return position + 4
        try:
            header = read_local(self.source, position)
        except FormatError:
            what = "the archive ends within the header of a member"
            self.damage.append(Damage("truncated", what, "", position, self.source.size - position))
            return self.source.size
        if not 0 < len(header.raw_name) <= _NAME_LENGTH:
            return position + 4
        member, end = self._measured(header, position)
        self.members.append(member)
        if member.lost:
            lost = f"{member.lost} of its {header.compressed_size}" if member.lost > 0 else "an unknown number of its"
            what = f"{member.name!r} is cut: {lost} bytes are missing"
            self.damage.append(Damage("truncated", what, member.name, member.data_offset, member.compressed_size))
        return end

    def _measured(self, header: LocalHeader, position: int) -> tuple[Member, int]:
        """Return the member and the offset of the first byte after it."""
        start = header.data_offset
        left = max(0, self.source.size - start)
        packed, size, crc, lost = header.compressed_size, header.size, header.crc, 0
        end = start + packed
        if header.flags & DESCRIBED and not packed:
            crc, packed, size, end, lost = self._described(header)
        elif packed > left:
            lost, packed, end = packed - left, left, self.source.size
            size = packed if header.method == STORED else size
        elif not (packed or crc) and left and self.source.read_up_to(start, 4) not in _SIGNATURES:
            # A writer that was stopped: sizes are filled in when the member is closed.
            following = _find(self.source, start, _STRUCTURES)
            end = following if following >= 0 else self.source.size
            packed = size = end - start
            lost = -1
        if lost and header.method == DEFLATED:
            size = self._inflate(start, packed)[0]
        return (
            Member(
                header.name, header.method, crc, packed, size, position, start, header.flags, header.date,
                header.name.endswith("/"), 0, lost,
            ),
            end,
        )  # fmt: skip

    def _described(self, header: LocalHeader) -> tuple[int, int, int, int, int]:
        """Return CRC, compressed size, size, end and loss of a member whose sizes stand after its data (4.3.9)."""
        start = header.data_offset
        if header.method == DEFLATED:
            size, packed, ended = self._inflate(start, self.source.size - start)
            tail = self.source.read_up_to(start + packed, 24)
            signed = tail.startswith(DESCRIPTOR_SIGNATURE)
            crc = int.from_bytes(tail[4:8] if signed else tail[:4], "little")
            return crc, packed, size, start + packed + (16 if signed else 12), 0 if ended else -1
        place = start
        while True:
            place = _find(self.source, place, (DESCRIPTOR_SIGNATURE, *_STRUCTURES))
            if place < 0:
                packed = self.source.size - start
                return 0, packed, packed, self.source.size, -1
            tail = self.source.read_up_to(place, 24)
            if not tail.startswith(DESCRIPTOR_SIGNATURE):
                return 0, place - start, place - start, place, -1
            distance = place - start
            for length, width in ((16, 4), (24, 8)):
                if int.from_bytes(tail[8 : 8 + width], "little") == distance:
                    return int.from_bytes(tail[4:8], "little"), distance, distance, place + length, 0
            place += 4

    def _inflate(self, start: int, length: int) -> tuple[int, int, bool]:
        """Return how many bytes a deflated stream makes, how many it takes, and whether its end was found."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        made = taken = 0
        try:
            for piece in self.source.chunks(start, length, _STEP):
                taken += len(piece)
                while self.inflatable > 0 and not inflater.eof:
                    out = inflater.decompress(piece, _STEP)
                    made += len(out)
                    self.inflatable -= len(out)
                    piece = inflater.unconsumed_tail
                    if not piece and len(out) < _STEP:
                        break
                if inflater.eof or self.inflatable <= 0:
                    break
        except zlib.error:
            return made, taken, False
        # At the end of a stream zlib keeps what follows under both names.
        left = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        return made, taken - len(left), inflater.eof


def _find(source: Source, start: int, signatures: tuple[bytes, ...]) -> int:
    """Return the offset of the first of `signatures` at or after `start`, -1 when there is none."""
    step = 64  # mostly it is near, if not here
    while start < source.size:
        data = source.read_up_to(start, step)
        at = data.find(b"PK")
        while at >= 0:
            if data.startswith(signatures, at):
                return start + at
            at = data.find(b"PK", at + 2)
        start += max(1, len(data) - 3)
        step = min(_STEP, step * 4)
    return -1


def text_transfer(source: Source) -> Damage | None:
    """Return the damage when the bytes went through a transfer or editor in text mode, None when nothing shows it.

    Of random bytes one in 256 is a line feed, and one in 65,536 a line feed after a carriage return.
    """
    sample = source.read_up_to(0, _TRANSFER_SAMPLE)
    feeds = sample.count(b"\n")
    if feeds >= 8 and sample.count(b"\r\n") == feeds:
        return Damage("text-transfer", "every line feed became CR LF, as by a transfer in text mode")
    replaced = sample.count(b"\xef\xbf\xbd")
    if replaced >= 16 and replaced * 3 * 16 > len(sample) - sample.count(0):
        return Damage("text-transfer", f"{replaced} bytes that are not UTF-8 were replaced by U+FFFD")
    return None
