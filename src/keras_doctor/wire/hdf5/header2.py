"""Object headers of version 2 (IV.A.1.b).

Packed, checksummed, written with libver="latest" and for tracked creation order.
"""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.checksum import verify
from keras_doctor.wire.hdf5.header import CONTINUATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.header import Message
    from keras_doctor.wire.hdf5.reader import Reader

_MESSAGE = struct.Struct("<BHB").unpack_from
_CREATION_ORDER, _PHASE_CHANGE, _TIMES = 4, 16, 32


def read_header2(reader: Reader, address: int, part: str) -> list[Message]:
    """Return the messages of the object header at `address`. Raises `FormatError` or struct.error."""
    page, at = reader.at(address)
    version, flags = page[at + 4], page[at + 5]
    if version != 2:
        raise FormatError(f"version {version} of the object header is unknown", reader.base + address)
    prefix = 6 + (16 if flags & _TIMES else 0) + (4 if flags & _PHASE_CHANGE else 0)
    width = 1 << (flags & 3)
    size = int.from_bytes(page[at + prefix : at + prefix + width], "little")
    prefix += width
    block = _block(reader, address, prefix + size + 4, part)
    messages: list[Message] = []
    blocks: list[tuple[int, int]] = []
    head = 6 if flags & _CREATION_ORDER else 4
    _read_messages(reader, block, prefix, len(block) - 4, address, head, messages, blocks, part)
    met = set()
    for where, length in blocks:  # grows while it is read
        if where in met:
            reader.hurt("structure", "the description of this object leads back to itself", part, where)
            break
        met.add(where)
        try:
            block = _block(reader, where, length, part)
            if not block.startswith(b"OCHK"):
                raise FormatError(f"OCHK expected, {block[:4]!r} found")
            _read_messages(reader, block, 4, len(block) - 4, where, head, messages, blocks, part)
        except FormatError as error:
            reader.hurt_by(error, "a part of the description of this object", part, where)
    return messages


def _block(reader: Reader, address: int, length: int, part: str) -> bytes:
    """Return a block of messages with its checksum, verified when it is whole."""
    reader.work(4 + (length >> 6))
    block = reader.take_some(address, length)
    if len(block) == length:
        verify(reader, block, part, address)
        return block
    what = "the file ends inside the description of this object"
    reader.hurt("truncated" if reader.truncated else "structure", what, part, address, length - len(block))
    return block + bytes(4)


def _read_messages(
    reader: Reader,
    block: bytes,
    at: int,
    end: int,
    address: int,
    head: int,
    messages: list[Message],
    blocks: list[tuple[int, int]],
    part: str,
) -> None:
    before = len(messages)
    while at + head <= end:
        kind, length, flags = _MESSAGE(block, at)
        at += head
        if at + length > end:
            reader.hurt("structure", "the description of this object is broken off", part, address + at)
            break
        if kind == CONTINUATION:
            blocks.append(reader.fields.address_length(block, at))
        elif kind:
            messages.append((kind, flags, block[at : at + length], address + at))
        at += length
    reader.work(len(messages) - before)
