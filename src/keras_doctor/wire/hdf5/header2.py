"""Object headers of version 2 (IV.A.1.b), packed and checksummed: newer files, and where creation order is tracked."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.checksum import verify
from keras_doctor.wire.hdf5.header import BLOCKS, CONTINUATION

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
    messages: list[Message] = []
    blocks = [(address, prefix + size + 4)]
    met = set(blocks)
    head = 6 if flags & _CREATION_ORDER else 4
    for where, length in blocks:  # grows while it is read
        reader.work((length >> 4) + 1)
        block = reader.take_some(where, length)
        if len(block) == length:
            verify(reader, block, part, where)
        else:
            what = "the file ends inside the description of this object"
            reader.hurt("truncated" if reader.truncated else "structure", what, part, where, length - len(block))
            block += bytes(4)
        if not prefix:
            prefix = 4
            if not block.startswith(b"OCHK"):
                reader.hurt_by(FormatError("OCHK expected"), "a part of the description of this object", part, where)
                continue
        at, end, shift = prefix, len(block) - 4, where
        prefix = 0
        while at + head <= end:
            kind, length, flags = _MESSAGE(block, at)
            at += head
            stop = at + length
            if stop > end:
                reader.hurt("structure", "the description of this object is broken off", part, shift + at)
                break
            if kind == CONTINUATION:
                more = reader.fields.address_length(block, at)
                if more in met or len(blocks) >= BLOCKS:
                    reader.hurt("structure", "the description of this object leads back to itself", part, shift + at)
                    break
                met.add(more)
                blocks.append(more)
            elif kind:
                messages.append((kind, flags, block[at:stop], shift + at))
            at = stop
    return messages
