"""Every dataset whose header stands in a file, also those that no group leads to any more.

Headers of version 1 have no signature: one is known by its fields (IV.A.1.a), by the messages in it, and by values that
lie in the file.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.dataset import Dataset
from keras_doctor.wire.hdf5.file import File
from keras_doctor.wire.hdf5.header import DATASPACE, DATATYPE, LAYOUT, read_header
from keras_doctor.wire.hdf5.reader import BROKEN, USUAL, Reader
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.source import Source

_NEEDED = {DATASPACE, DATATYPE, LAYOUT}
_MOST_MESSAGES, _LONGEST = 64, 1 << 16  # of a header
_STEP = 4 << 20


def all_datasets(source: Source, limits: Limits = DEFAULT_LIMITS) -> list[Dataset]:
    """Return the datasets whose values lie uncompressed in one piece, in the order of their headers' addresses, as far
    as the first `limits.inflated_bytes` of the file have them.
    """
    try:
        reader = Reader(source, File(source, limits).base, USUAL, limits)
    except FormatError:
        reader = Reader(source, 0, USUAL, limits)
    found: list[Dataset] = []
    for address in _candidates(reader):
        try:
            messages = read_header(reader, address, "")
            kinds = {message[0] for message in messages}
            made = Dataset(reader, f"?{address}", address, messages) if kinds >= _NEEDED else None
        except BROKEN:
            if reader.steps_left < 0:
                break
            continue
        if made is not None and made.extent is not None and made.datatype.name:
            offset, length = made.extent
            if made.nbytes == length > 0 and offset + length <= source.size:
                found.append(made)
    return found


def _candidates(reader: Reader) -> Iterator[int]:
    """Yield the addresses where the first bytes can be those of a header of version 1."""
    end = min(reader.size, reader.limits.inflated_bytes)
    for start in range(0, end, _STEP):
        piece = reader.take_some(start, min(_STEP + 16, end - start))
        at = piece.find(b"\x01\x00")
        while 0 <= at < _STEP:
            # Values of any length stand before it: its address need not be a multiple of 8.
            count = int.from_bytes(piece[at + 2 : at + 4], "little")
            links = int.from_bytes(piece[at + 4 : at + 8], "little")
            size = int.from_bytes(piece[at + 8 : at + 12], "little")
            if 3 <= count <= _MOST_MESSAGES and links <= 1 and 24 <= size <= _LONGEST and not size % 8:
                yield start + at
            at = piece.find(b"\x01\x00", at + 1)
