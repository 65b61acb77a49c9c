"""Shared messages (IV.A.1): a body that stands in another object's header, or in the file's heap of shared messages."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.header import SHARED, read_header
from keras_doctor.wire.hdf5.reader import expect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.fractalheap import FractalHeap
    from keras_doctor.wire.hdf5.reader import Reader

_TABLE = 15  # message of the superblock extension that leads to the table of shared messages
_IN_HEAP = 1
_FLAG_BITS = {1: 0x2, 3: 0x8, 5: 0x20, 11: 0x800, 12: 0x1000}  # message type -> bit of an index's type flags (IV.A.2.p)


def fetch(reader: Reader, kind: int, body: bytes) -> bytes:
    """Return the real body of a shared message of type `kind`. Raises `FormatError` or struct.error."""
    version, where = body[0], body[1]
    if version == 1:
        address = reader.fields.address(body, 8)[0]
    elif version in (2, 3):
        if version == 3 and where == _IN_HEAP:
            return from_heap(reader, kind, body[2:10])
        address = reader.fields.address(body, 2)[0]
    else:
        raise FormatError(f"version {version} of a shared message is unknown")
    known = reader.shared.get((address, kind))
    if known is None:
        for found, flags, inner, _ in read_header(reader, address, ""):
            if found == kind and not flags & SHARED:
                known = reader.shared[address, kind] = inner
                break
        else:
            raise FormatError("the shared message is not where it should be", reader.base + address)
    return known


def from_heap(reader: Reader, kind: int, heap_id: bytes) -> bytes:
    """Return the body of type `kind` that the file's heap of shared messages holds. Raises `FormatError`."""
    from keras_doctor.wire.hdf5.fractalheap import FractalHeap

    if reader.shared_heaps is None:
        reader.shared_heaps = _read_table(reader)
    heap = reader.shared_heaps.get(_FLAG_BITS.get(kind, 0))
    if heap is None:
        raise FormatError(f"the file has no heap of shared messages of type {kind}")
    if isinstance(heap, int):
        heap = reader.shared_heaps[_FLAG_BITS[kind]] = FractalHeap(reader, heap, "/")
    return heap.object(heap_id)


def _read_table(reader: Reader) -> dict[int, int | FractalHeap]:
    """Return the fractal heap of each type of shared message, by flag bit (III.I)."""
    heaps: dict[int, int | FractalHeap] = {}
    if reader.extension is None:
        return heaps
    for kind, _, body, _ in read_header(reader, reader.extension, "/"):
        if kind != _TABLE:
            continue
        table, count = reader.fields.address(body, 1)[0], body[1 + reader.fields.offset_size]
        if count > 8:
            raise LimitExceeded(f"{count} indexes of shared messages, where HDF5 allows 8")
        width = reader.fields.offset_size
        size = 14 + 2 * width
        block = reader.take(table, 4 + count * size)
        expect(block, 0, b"SMTB")
        for at in range(4, 4 + count * size, size):
            flags = int.from_bytes(block[at + 2 : at + 4], "little")
            heap = reader.fields.address(block, at + 14 + width)[0]
            for bit in _FLAG_BITS.values():
                if flags & bit:
                    heaps[bit] = heap
    return heaps
