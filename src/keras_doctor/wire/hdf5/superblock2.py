"""Superblocks of versions 2 and 3 (II.B), written since HDF5 1.8 when a file need not be readable by older releases."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.checksum import verify
from keras_doctor.wire.hdf5.reader import Reader, fields_of

_WRITING = 1  # consistency flag of version 3: a program has the file open for writing, or had when it died


def read_superblock2(head: bytes, reader: Reader, version: int) -> tuple[int, int]:
    """Return the end of the file as an offset in the source, and the address of the root's header.

    Raises `FormatError` or struct.error.
    """
    if version > 3:
        raise FormatError(f"version {version} of the superblock is unknown")
    reader.fields = fields_of(reader, head[9], head[10])
    width = reader.fields.offset_size
    verify(reader, head[: 16 + 4 * width], "/", 0)
    base, extension, end, root = (reader.fields.address(head, 12 + i * width)[0] for i in range(4))
    if version == 3 and head[11] & _WRITING:
        what = "the file is marked as open for writing: the program that wrote it may not have finished"
        reader.odd("hdf5-not-closed", what, "/")
    if extension != reader.fields.undefined:
        reader.extension = extension
    return reader.base + end - base, root
