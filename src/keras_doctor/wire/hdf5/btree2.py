"""Version 2 B-trees (III.A.2).

The records of dense groups, dense attributes, huge heap objects and chunks, in order.
"""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.checksum import verify
from keras_doctor.wire.hdf5.reader import BROKEN, expect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.reader import Reader

_HEADER = struct.Struct("<4sBBIHHBB").unpack_from
_DEPTH = 16
_LEAF_OVERHEAD = 10  # signature, version, type, checksum


def width_of(limit: int) -> int:
    """Return the bytes in which numbers up to `limit` are stored."""
    return max(1, (limit.bit_length() + 7) // 8) if limit else 1


class BTree2:
    """One tree. `kind` is the type of its records, `record_size` their bytes. Raises `FormatError` or struct.error."""

    __slots__ = ("_counts", "_part", "_reader", "_root", "broken", "kind", "record_size", "total")

    def __init__(self, reader: Reader, address: int, part: str) -> None:
        fields = reader.fields
        size = 22 + fields.offset_size + fields.length_size
        block = reader.take(address, size)
        expect(block, 0, b"BTHD")
        verify(reader, block, part, address)
        _, _, self.kind, node_size, self.record_size, depth, _, _ = _HEADER(block)
        self._reader = reader
        self._part = part
        root = fields.address(block, 16)[0]
        records = int.from_bytes(block[16 + fields.offset_size : 18 + fields.offset_size], "little")
        self.total: int = fields.length(block, 18 + fields.offset_size)[0]
        self.broken: Exception | None = None  # why some of the records could not be read
        if depth > _DEPTH or not self.record_size or node_size < _LEAF_OVERHEAD + self.record_size:
            raise FormatError("a B-tree of impossible proportions", reader.base + address)
        self._root = (root, depth, records)
        self._counts = self._widths(node_size, depth)

    def _widths(self, node_size: int, depth: int) -> list[tuple[int, int]]:
        """Return, for children of each depth, the bytes of their two counts in a pointer.

        Own records, records below (III.A.2).
        """
        most = (node_size - _LEAF_OVERHEAD) // self.record_size
        own = width_of(most)
        below, widths, total = 0, [(own, 0)], most
        for _ in range(depth):
            pointer = self._reader.fields.offset_size + own + below
            most = max(0, node_size - _LEAF_OVERHEAD - pointer) // (self.record_size + pointer)
            total = (most + 1) * total + most
            below = width_of(total)
            widths.append((own, below))
        return widths

    def records(self) -> Iterator[bytes]:
        """Yield the records in order. Damaged nodes are recorded and passed over."""
        reader, size = self._reader, self.record_size
        address, depth, count = self._root
        if address == reader.fields.undefined or not count:
            return
        met = set()
        stack: list[bytes | tuple[int, int, int]] = [self._root]
        while stack:
            top = stack.pop()
            if isinstance(top, bytes):
                yield top
                continue
            address, depth, count = top
            try:
                if address in met:
                    raise FormatError("it was met before")
                met.add(address)
                reader.work(count)
                block, pointers = self._node(address, depth, count)
            except BROKEN as error:
                self.broken = error
                if isinstance(error, LimitExceeded):
                    return
                reader.hurt_by(error, "a part of an index", self._part, address)
                continue
            if not depth:
                yield from (block[at : at + size] for at in range(6, 6 + count * size, size))
                continue
            for i in range(count, -1, -1):
                stack.append(pointers[i])
                if i:
                    stack.append(block[6 + (i - 1) * size : 6 + i * size])

    def _node(self, address: int, depth: int, count: int) -> tuple[bytes, list[tuple[int, int, int]]]:
        """Return a node's bytes and its children, each (address, depth, records)."""
        reader = self._reader
        own, below = self._counts[depth - 1] if depth else (0, 0)
        pointer = reader.fields.offset_size + own + below if depth else 0
        length = 6 + count * self.record_size + (count + 1) * pointer + 4
        block = reader.take(address, length)
        expect(block, 0, b"BTIN" if depth else b"BTLF")
        verify(reader, block, self._part, address)
        pointers = []
        at = 6 + count * self.record_size
        for _ in range(count + 1 if depth else 0):
            where = reader.fields.address(block, at)[0]
            at += reader.fields.offset_size
            pointers.append((where, depth - 1, int.from_bytes(block[at : at + own], "little")))
            at += own + below
        return block, pointers
