"""Object headers (IV.A.1): the messages that describe one group, dataset or committed datatype."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.wire.hdf5.reader import Reader

# Message types (IV.A.2)
DATASPACE, LINK_INFO, DATATYPE, OLD_FILL, FILL, LINK, EXTERNAL, LAYOUT = 1, 2, 3, 4, 5, 6, 7, 8
FILTERS, ATTRIBUTE, CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO = 11, 12, 16, 17, 21

SHARED = 2  # flag of a message: its body says where the real one is

BLOCKS = 1024  # continuations of one header

_PREFIX = struct.Struct("<BxHII").unpack_from
_MESSAGE = struct.Struct("<HHB").unpack_from

_read_header2: Callable[[Reader, int, str], list[Message]] | None = None  # imported by the first file that needs it

if TYPE_CHECKING:
    Message = tuple[int, int, bytes, int]  # type, flags, body, address of the body


def read_header(reader: Reader, address: int, part: str) -> list[Message]:
    """Return the messages of the object header at `address`; damage in the middle of it is recorded and ends the list.

    Raises `FormatError` or struct.error when no header is there.
    """
    page, at = reader.at(address)
    version, left, _, size = _PREFIX(page, at)
    if version != 1:
        if page.startswith(b"OHDR", at):
            global _read_header2
            if _read_header2 is None:
                from keras_doctor.wire.hdf5.header2 import read_header2

                _read_header2 = read_header2
            return _read_header2(reader, address, part)
        raise FormatError(f"an object header expected, {page[at : at + 4]!r} found", reader.base + address)
    at += 16
    end = at + size
    if end > len(page):
        page = reader.take_some(address + 16, size)
        if len(page) < size:
            kind = "truncated" if reader.truncated else "structure"
            reader.hurt(kind, "the file ends inside the description of this object", part, address)
        at, end = 0, len(page)
    messages: list[Message] = []
    blocks = [(address + 16, size)]
    met = set(blocks)
    for start, size in blocks:  # grows while it is read
        if at < 0:  # a further block
            try:
                page = reader.take(start, size)
            except FormatError as error:
                reader.hurt_by(error, "a part of the description of this object", part, start)
                continue
            at, end = 0, size
        shift = start - at  # position in the page -> address
        reader.steps_left -= (end - at >> 4) + 1
        if reader.steps_left < 0:
            reader.work(0)
        while left and at + 8 <= end:
            kind, length, flags = _MESSAGE(page, at)
            at += 8
            stop = at + length
            if stop > end:
                reader.hurt("structure", "the description of this object is broken off", part, shift + at)
                break
            if kind == CONTINUATION:
                block = reader.fields.address_length(page, at)
                if block in met or len(blocks) >= BLOCKS:
                    reader.hurt("structure", "the description of this object leads back to itself", part, shift + at)
                    break
                met.add(block)
                blocks.append(block)
            elif kind:
                messages.append((kind, flags, page[at:stop], shift + at))
            at = stop
            left -= 1
        at = -1
    return messages


def resolve(reader: Reader, message: Message) -> bytes:
    """Return the body of a message, fetched from where a shared one keeps it. Raises `FormatError` or struct.error."""
    kind, flags, body, _ = message
    if not flags & SHARED:
        return body
    from keras_doctor.wire.hdf5.shared import fetch

    return fetch(reader, kind, body)
