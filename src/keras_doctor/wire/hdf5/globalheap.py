"""The global heap (III.E): where strings and sequences of variable length are kept."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.reader import expect_nearly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.reader import Reader


def heap_object(reader: Reader, address: int, index: int) -> bytes:
    """Return object `index` of the collection at `address`. Raises `FormatError` or struct.error."""
    places = reader.heaps.get(address)
    if places is None:
        if len(reader.heaps) >= 1024:
            reader.heaps.clear()
        where = _marked(reader, address) if reader.marked_heaps else address
        places = reader.heaps[address] = _read_collection(reader, where)
    found = places.get(index)
    if found is None:
        raise FormatError(f"the heap has no object {index}", reader.base + address)
    return reader.take(*found)


def _marked(reader: Reader, address: int) -> int:
    """Return the collection that is meant by an address of which some bytes were lost, and became 0xFF."""
    known = address.to_bytes(8, "little")
    for place in reader.marked_heaps:
        if all(byte in (given, 0xFF) for byte, given in zip(known, place.to_bytes(8, "little"), strict=True)):
            return place
    return address


def _read_collection(reader: Reader, address: int) -> dict[int, tuple[int, int]]:
    """Return where the objects of a collection lie: index -> (address, length)."""
    fields = reader.fields
    page, at = reader.at(address)
    expect_nearly(reader, address, b"GCOL", "/")
    size = fields.length(page, at + 8)[0]
    size = min(size, reader.size - address)
    step = (8 + fields.length_size + 7) // 8 * 8  # heads of the collection and of an object, both aligned
    places: dict[int, tuple[int, int]] = {}
    position = step
    while position + step <= size:
        page, at = reader.at(address + position)
        index, _, length = fields.heap_object(page, at)
        if not index:
            break
        reader.work(1)
        places[index] = (address + position + step, length)
        position += step + (length + 7) // 8 * 8
    return places
