"""The structures of a zip archive: end record, central directory, local headers (APPNOTE.TXT 4.3, with ZIP64)."""

from __future__ import annotations

from struct import Struct
from zlib import crc32

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError, LimitExceeded, Truncated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

LOCAL_SIGNATURE = b"PK\x03\x04"
CENTRAL_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"
END64_SIGNATURE = b"PK\x06\x06"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
_LOCATOR64_SIGNATURE = b"PK\x06\x07"

LOCAL = Struct("<4s5H3I2H")
CENTRAL = Struct("<4s6H3I5H2I")
_END = Struct("<4s4H2IH")
_END64 = Struct("<4sQ2H2I4Q")
_LOCATOR64 = Struct("<4sIQI")
END_SIZE = _END.size
_REACH = _END.size + 0xFFFF  # how far before the end of the file readers look for the end record

STORED = 0
DEFLATED = 8
ENCRYPTED = 0x41  # flag bits 0 and 6
DESCRIBED = 0x08  # flag bit 3: CRC and sizes follow the data
_UTF8 = 0x800  # flag bit 11


@record
class Member:
    """One member of an archive.

    `compressed_size` and `data_offset` bound its stored bytes in the file, `size` is what they inflate to;
    `header_offset` is where its local header stands. `date` is "YYYY-MM-DDTHH:MM:SS", "" when the stored one is no
    date. `lost` counts the stored bytes that the file lacks (-1: it is not known how many); the sizes are of what is
    there.
    """

    name: str
    method: int
    crc: int
    compressed_size: int
    size: int
    header_offset: int
    data_offset: int
    flags: int
    date: str
    is_directory: bool
    external_attributes: int
    lost: int = 0


@record
class End:
    """Where the central directory lies: `start`, `size` in bytes, `count` of entries.

    `shift` is what its offsets must be moved by.     `position` and `length` are the end record's own; `several_disks`:
    it says that the archive is split.
    """

    position: int
    length: int
    count: int
    start: int
    size: int
    shift: int
    several_disks: bool


@record
class LocalHeader:
    """A local header: what it says of its member, and where the data starts."""

    name: str
    raw_name: bytes
    method: int
    flags: int
    crc: int
    compressed_size: int
    size: int
    date: str
    data_offset: int


def find_end(source: Source) -> End:
    """Find the end record as other readers do: the last one in the last 65,557 bytes. Raises `FormatError`."""
    tail_offset = max(0, source.size - _REACH)
    tail = source.read_up_to(tail_offset, _REACH)
    found = tail.rfind(END_SIGNATURE)
    if found < 0:
        raise FormatError("a zip archive without its central directory: the end record is missing")
    if len(tail) - found < _END.size:
        raise Truncated("the end record of the zip archive is cut", tail_offset + found)
    _, disk, start_disk, _, count, size, start, comment = _END.unpack_from(tail, found)
    position = tail_offset + found
    length = _END.size + comment
    ends_at = position
    split = bool(disk or start_disk) and not disk == start_disk == 0xFFFF
    wide = _find_end64(source, position)
    if wide is not None:
        ends_at, split64, count, size, start = wide
        split = split or split64
    shift = ends_at - size - start
    if shift < 0 or size > ends_at:
        raise FormatError("the end record of the zip archive points past itself", position)
    return End(position, length, count, start + shift, size, shift, split)


def _find_end64(source: Source, position: int) -> tuple[int, bool, int, int, int] | None:
    """Return place, disks, count, size and start of the ZIP64 end record before `position`; None when there is none."""
    locator = source.read_up_to(position - _LOCATOR64.size, _LOCATOR64.size)
    if len(locator) < _LOCATOR64.size or not locator.startswith(_LOCATOR64_SIGNATURE):
        return None
    _, disk, offset, disks = _LOCATOR64.unpack(locator)
    # Bytes before the archive shift it; then it still stands right before its locator: no writer extends it.
    for place in (position - _LOCATOR64.size - _END64.size, offset):
        end64 = source.read_up_to(place, _END64.size)
        if len(end64) == _END64.size and end64.startswith(END64_SIGNATURE):
            _, _, _, _, own_disk, start_disk, _, count, size, start = _END64.unpack(end64)
            return place, bool(disk or own_disk or start_disk or disks > 1), count, size, start
    raise FormatError("the ZIP64 end record of the zip archive is missing", position)


def read_directory(source: Source, end: End, limits: Limits) -> list[Member]:
    """Read the central directory. Data offsets are not known yet (-1). Raises `FormatError` when it is broken."""
    if end.size > limits.text_bytes:
        raise LimitExceeded(f"a central directory of {end.size} bytes, more than {limits.text_bytes}", end.start)
    data = source.read(end.start, end.size)
    return list(central_members(data, end.start, end.shift, limits))


def central_members(data: bytes, base: int, shift: int, limits: Limits) -> Iterator[Member]:
    """Yield the members of the central headers in `data`; `base` is its offset in the file. Raises `FormatError`."""
    position = 0
    count = 0
    while position < len(data):
        if len(data) - position < CENTRAL.size:
            raise Truncated("the central directory ends within an entry", base + position)
        signature, _, _, flags, method, time, date, crc, packed, size, *lengths, _, _, attributes, offset = (
            CENTRAL.unpack_from(data, position)
        )
        if signature != CENTRAL_SIGNATURE:
            raise FormatError("an entry of the central directory is broken", base + position)
        name_length, extra_length, comment_length = lengths
        name_at = position + CENTRAL.size
        extra_at = name_at + name_length
        following = extra_at + extra_length + comment_length
        if following > len(data):
            raise Truncated("the central directory ends within an entry", base + position)
        count += 1
        if count > limits.objects:
            raise LimitExceeded(f"more than {limits.objects} members", base + position)
        raw = data[name_at:extra_at]
        extra = data[extra_at : extra_at + extra_length]
        size, packed, offset = _zip64(extra, size, packed, offset)
        name = _member_name(raw, flags, extra)
        yield Member(
            name,
            method,
            crc,
            packed,
            size,
            offset + shift,
            -1,
            flags,
            _date(date, time),
            name.endswith("/"),
            attributes,
        )
        position = following


def read_local(source: Source, offset: int, name_length: int = 256) -> LocalHeader:
    """Read the local header at `offset`; a name of up to `name_length` bytes takes one read. Raises `FormatError`."""
    data = source.read_up_to(offset, LOCAL.size + name_length)
    if len(data) < LOCAL.size:
        raise Truncated("the archive ends within the header of a member", offset)
    signature, _, flags, method, time, date, crc, packed, size, length, extra_length = LOCAL.unpack_from(data)
    if signature != LOCAL_SIGNATURE:
        raise FormatError("the header of a member is not where it should be", offset)
    wanted = LOCAL.size + length + extra_length
    if wanted > len(data):
        data = source.read_up_to(offset, wanted)
    raw = data[LOCAL.size : LOCAL.size + length]
    if len(data) < wanted:
        raise Truncated("the archive ends within the header of a member", offset)
    size, packed, _ = _zip64(data[LOCAL.size + length : wanted], size, packed, 0)
    return LocalHeader(
        _member_name(raw, flags, b""), raw, method, flags, crc, packed, size, _date(date, time), offset + wanted
    )


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        tag = extra[position] | extra[position + 1] << 8
        length = extra[position + 2] | extra[position + 3] << 8
        yield tag, extra[position + 4 : position + 4 + length]
        position += 4 + length


def _zip64(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return size, compressed size and offset, those over 32 bits taken from the ZIP64 extra field (4.5.3)."""
    if extra and 0xFFFFFFFF in (size, packed, offset):
        for tag, body in _extra_fields(extra):
            if tag == 1:
                wide = [int.from_bytes(body[at : at + 8], "little") for at in range(0, len(body) - 7, 8)]
                size = wide.pop(0) if size == 0xFFFFFFFF and wide else size
                packed = wide.pop(0) if packed == 0xFFFFFFFF and wide else packed
                offset = wide.pop(0) if offset == 0xFFFFFFFF and wide else offset
                break
    return size, packed, offset


def _member_name(raw: bytes, flags: int, extra: bytes) -> str:
    """Decode a name: UTF-8 where flag or Unicode Path field (4.6.9) say so, else code page 437; up to a NUL."""
    name = _decoded(raw, bool(flags & _UTF8))
    if extra and b"up" in extra:  # tag 0x7075
        for tag, body in _extra_fields(extra):
            if tag == 0x7075 and body[:1] == b"\x01" and body[1:5] == crc32(raw).to_bytes(4, "little"):
                name = _decoded(body[5:], True)
    return name.partition("\0")[0]


def _decoded(raw: bytes, utf8: bool) -> str:
    if raw.isascii():
        return raw.decode("ascii")
    if utf8:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return raw.decode("cp437")


def _date(date: int, time: int) -> str:
    """Write an MS-DOS date and time as ISO 8601, "" when they are none (4.4.6)."""
    month, day = date >> 5 & 15, date & 31
    hour, minute, second = time >> 11, time >> 5 & 63, (time & 31) * 2
    if not (1 <= month <= 12 and day >= 1 and hour < 24 and minute < 60 and second < 60):
        return ""
    return f"{1980 + (date >> 9)}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
