"""Object headers (IV.A.1): the messages that describe one group, dataset or committed datatype."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.reader import Reader

# Message types (IV.A.2)
DATASPACE, LINK_INFO, DATATYPE, OLD_FILL, FILL, LINK, EXTERNAL, LAYOUT = 1, 2, 3, 4, 5, 6, 7, 8
GROUP_INFO, FILTERS, ATTRIBUTE, CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO = 10, 11, 12, 16, 17, 21

SHARED = 2  # flag of a message: its body says where the real one is

_PREFIX = struct.Struct("<BxHII").unpack_from
_MESSAGE = struct.Struct("<HHB").unpack_from

if TYPE_CHECKING:
    Message = tuple[int, int, bytes, int]  # type, flags, body, address of the body


def read_header(reader: Reader, address: int, part: str) -> list[Message]:
    """Return the messages of the object header at `address`; damage in the middle of it is recorded and ends the list.

    Raises `FormatError` or struct.error when no header is there.
    """
    page, at = reader.at(address)
    version, count, _, size = _PREFIX(page, at)
    if version != 1:
        if page.startswith(b"OHDR", at):
            from keras_doctor.wire.hdf5.header2 import read_header2

            return read_header2(reader, address, part)
        raise FormatError(f"an object header expected, {page[at : at + 4]!r} found", reader.base + address)
    at += 16
    end = at + size
    shift = address + 16 - at  # position in the page -> address
    if end > len(page):
        page = reader.take_some(address + 16, size)
        if len(page) < size:
            reader.hurt("truncated", "the file ends inside the description of this object", part, address)
        at, end, shift = 0, len(page), address + 16
    messages: list[Message] = []
    add = messages.append
    blocks: list[tuple[int, int]] = []
    seen = 0
    while True:
        while at + 8 <= end and seen < count:
            kind, length, flags = _MESSAGE(page, at)
            at += 8
            stop = at + length
            if stop > end:
                reader.hurt("structure", "the description of this object is broken off", part, shift + at)
                break
            if kind == CONTINUATION:
                blocks.append(reader.fields.address_length(page, at))
            elif kind:
                add((kind, flags, page[at:stop], shift + at))
            at = stop
            seen += 1
        reader.work(len(messages) + (size >> 10))
        if not blocks:
            return messages
        where, size = blocks.pop(0)
        try:
            page = reader.take(where, size)
        except FormatError as error:
            reader.hurt_by(error, "a part of the description of this object", part, where)
            page = b""
        at, end, shift = 0, len(page), where


def resolve(reader: Reader, message: Message) -> bytes:
    """Return the body of a message, fetched from where a shared one keeps it. Raises `FormatError` or struct.error."""
    kind, flags, body, _ = message
    if not flags & SHARED:
        return body
    from keras_doctor.wire.hdf5.shared import fetch

    return fetch(reader, kind, body)
