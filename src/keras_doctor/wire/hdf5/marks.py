"""Where structures of an HDF5 file stand, told by their signatures, whatever else is destroyed."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.attribute import parse_attribute
from keras_doctor.wire.hdf5.header import ATTRIBUTE
from keras_doctor.wire.hdf5.reader import BROKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.attribute import Attribute
    from keras_doctor.wire.hdf5.header import Message
    from keras_doctor.wire.hdf5.reader import Reader

_STEP = 4 << 20
_MOST = 65_536  # of one signature
_LONGEST = 64 << 10  # an attribute in a header


def find_marks(reader: Reader, signatures: tuple[bytes, ...]) -> dict[bytes, list[int]]:
    """Return where each signature stands, ascending, in the first `limits.inflated_bytes` of the file."""
    found: dict[bytes, list[int]] = {signature: [] for signature in signatures}
    for address, piece in _pieces(reader):
        for signature, places in found.items():
            at = piece.find(signature)
            while at >= 0 and len(places) < _MOST:
                if not places or address + at > places[-1]:
                    places.append(address + at)
                at = piece.find(signature, at + 1)
    return found


def _pieces(reader: Reader) -> Iterator[tuple[int, bytes]]:
    """Yield (address, bytes) of pieces that overlap a little, so that no structure's beginning is cut."""
    end = min(reader.size, reader.limits.inflated_bytes)
    for address in range(0, end, _STEP):
        yield address, reader.take_some(address, min(_STEP + 64, end - address))


def find_attributes(reader: Reader, reached: set[int], part: str) -> dict[str, Attribute]:
    """Return attributes whose messages stand in the file but belong to no header that was reached.

    Header blocks of version 1 have no signature; a message of type 12 is known by its fields: aligned to 8 bytes, a
    size that is a multiple of 8, zeros in the reserved bytes, and an attribute inside that parses.
    """
    found: dict[str, Attribute] = {}
    tries = 0
    for address, piece in _pieces(reader):
        at = piece.find(b"\x0c\x00")
        while at >= 0:
            body = address + at + 8
            if not (address + at) % 8 and piece[at + 5 : at + 8] == b"\0\0\0" and body not in reached:
                tries += 1
                size = int.from_bytes(piece[at + 2 : at + 4], "little")
                attribute = _attribute_at(reader, body, size, part)
                if attribute is not None:
                    found.setdefault(attribute.name, attribute)
            if tries > _MOST:
                return found
            at = piece.find(b"\x0c\x00", at + 1)
    return found


def _attribute_at(reader: Reader, address: int, size: int, part: str) -> Attribute | None:
    if size % 8 or not 24 <= size <= _LONGEST:
        return None
    body = reader.take_some(address, size)
    if len(body) < size or body[0] not in (1, 2, 3) or body[1] > 3:
        return None
    message: Message = (ATTRIBUTE, 0, body, address)
    try:
        attribute = parse_attribute(reader, message[2], address, part)
        if not attribute.name or not attribute.name.isprintable() or attribute.nbytes > size:
            raise FormatError("no attribute")
    except BROKEN:
        return None
    return attribute
