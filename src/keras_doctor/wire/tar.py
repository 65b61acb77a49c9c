"""The members of a tar archive, from its headers (POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU long names). Nothing is
unpacked."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.source import Source

BLOCK = 512
_LONGEST_NAME = 1 << 16
_CHECKSUM = slice(148, 156)


@record
class Entry:
    """One member: its name, the size of its content in bytes and where that starts. `is_file` is false for folders,
    links and devices."""

    name: str
    size: int
    offset: int
    is_file: bool


def entries(source: Source, most: int = 10_000) -> Iterator[Entry]:
    """Yield the members in stored order, at most `most`, up to the end mark or to where the bytes end.

    Raises `FormatError` when the first block is no header; a broken one further on ends the list.
    """
    position = 0
    long_name = ""
    for _ in range(most):
        block = source.read_up_to(position, BLOCK)
        if len(block) < BLOCK or not is_header(block):
            if position == 0:
                raise FormatError("not a tar header", 0)
            return
        size = _number(block[124:136])
        if size is None:
            return
        start = position + BLOCK
        kind = block[156:157]
        if kind in b"LxKg" and size <= _LONGEST_NAME:  # GNU long name or link, pax header of one or of all members
            content = source.read_up_to(start, size)
            if kind == b"L":
                long_name = _text(content)
            elif kind == b"x":
                long_name = _pax_path(content) or long_name
        else:
            yield Entry(long_name or _name(block), size, start, kind in b"0\x007")
            long_name = ""
        position = start + (size + BLOCK - 1) // BLOCK * BLOCK


def is_header(block: bytes) -> bool:
    """Tell whether a block is a header: its checksum is that of its bytes, taken with blanks in the checksum's own
    place."""
    stored = _number(block[_CHECKSUM])
    if not stored or len(block) < BLOCK:
        return False
    return stored == sum(block[:148]) + 8 * 32 + sum(block[156:BLOCK])


def _number(field: bytes) -> int | None:
    """Return a number that is stored as octal digits, or by GNU as big-endian bytes; None when it is neither."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if not digits:
        return 0
    return int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else None


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _name(block: bytes) -> str:
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _pax_path(content: bytes) -> str:
    """Return the path of a pax header, "" when it has none. A record is "LENGTH KEY=VALUE" and a line end."""
    position = 0
    while position < len(content):
        length, blank, _ = content[position : position + 20].partition(b" ")
        if not blank or not length.isdigit() or int(length) <= len(length):
            return ""
        key, _, value = content[position + len(length) + 1 : position + int(length) - 1].partition(b"=")
        if key == b"path":
            return value.decode("utf-8", "replace")
        position += int(length)
    return ""
