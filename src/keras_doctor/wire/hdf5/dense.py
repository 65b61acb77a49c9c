"""Attributes of objects that have many or large ones (IV.A.2.v): kept in a fractal heap, found through a B-tree."""

from __future__ import annotations

from keras_doctor.wire.errors import LimitExceeded
from keras_doctor.wire.hdf5.attribute import parse_attribute
from keras_doctor.wire.hdf5.btree2 import BTree2
from keras_doctor.wire.hdf5.fractalheap import FractalHeap
from keras_doctor.wire.hdf5.header import ATTRIBUTE, SHARED
from keras_doctor.wire.hdf5.reader import BROKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.attribute import Attribute
    from keras_doctor.wire.hdf5.reader import Reader


def add_dense_attributes(reader: Reader, body: bytes, address: int, part: str, found: dict[str, Attribute]) -> None:
    """Add the attributes that an attribute info message leads to, by name."""
    try:
        at = 4 if body[1] & 1 else 2
        heap_at, names_at = reader.fields.two_addresses(body, at)
        if heap_at == reader.fields.undefined:
            return
        heap, tree = FractalHeap(reader, heap_at, part), BTree2(reader, names_at, part)
        for record in tree.records():
            _add(reader, heap, record, heap_at, part, found)
    except BROKEN as error:
        reader.hurt_by(error, "some of the attributes", part, address)


def _add(
    reader: Reader, heap: FractalHeap, record: bytes, heap_at: int, part: str, found: dict[str, Attribute]
) -> None:
    """Add the attribute of one record: heap ID (8 bytes), message flags, creation order, hash of the name."""
    try:
        if record[8] & SHARED:
            from keras_doctor.wire.hdf5.shared import from_heap

            body = from_heap(reader, ATTRIBUTE, record[:8])
        else:
            body = heap.object(record[:8])
        reader.spend(len(body))
        attribute = parse_attribute(reader, body, heap_at, part)
    except LimitExceeded:
        raise
    except BROKEN as error:
        reader.hurt_by(error, "an attribute", part, heap_at)
        return
    found[attribute.name] = attribute
