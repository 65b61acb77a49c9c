"""Dataspaces (IV.A.2.b): the dimensions of a dataset or attribute."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.reader import Reader

    Dataspace = tuple[tuple[int, ...], int, tuple[int, ...], bool]  # dimensions, elements, maximum dimensions, null

_LETTER = {2: "H", 4: "I", 8: "Q"}
NULL: Dataspace = (), 0, (), True


def dataspace(reader: Reader, body: bytes) -> Dataspace:
    """Return the dataspace of a message body, remembered by its bytes. Raises `FormatError` or struct.error."""
    known = reader.spaces.get(body)
    if known is None:
        if len(reader.spaces) > 4096:
            reader.spaces.clear()
        known = reader.spaces[body] = _parse(reader, body)
    return known


def _parse(reader: Reader, body: bytes) -> Dataspace:
    version, rank, flags, form = body[0], body[1], body[2], body[3]
    if version == 1:
        at = 8
    elif version == 2:
        at = 4
        if form == 2:
            return NULL
    else:
        raise FormatError(f"version {version} of the dataspace message is unknown")
    if rank > reader.limits.rank:
        raise FormatError(f"{rank} dimensions, where HDF5 allows 32")
    dimensions = f"<{rank}{_LETTER[reader.fields.length_size]}"
    shape = struct.unpack_from(dimensions, body, at)
    maximum = shape
    if flags & 1:
        maximum = struct.unpack_from(dimensions, body, at + rank * reader.fields.length_size)
    count = 1
    for length in shape:
        count *= length
    return shape, count, maximum, False
