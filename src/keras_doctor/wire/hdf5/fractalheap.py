"""Fractal heaps (III.G): where dense groups keep their links and objects with many attributes keep those."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.btree2 import BTree2, width_of
from keras_doctor.wire.hdf5.checksum import verify
from keras_doctor.wire.hdf5.reader import expect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.dataset import Filter
    from keras_doctor.wire.hdf5.reader import Reader

_CHECKSUMMED = 2  # flag: direct blocks carry a checksum
_MANAGED, _HUGE, _TINY = range(3)


class FractalHeap:
    """One heap; `object` fetches what an ID names. Raises `FormatError` or struct.error."""

    def __init__(self, reader: Reader, address: int, part: str) -> None:
        self._reader = reader
        self._part = part
        self._blocks: dict[int, bytes] = {}
        self._huge: dict[int, tuple[int, int, int, int]] | None = None
        fields = reader.fields
        o, n = fields.offset_letter, fields.length_letter
        layout = struct.Struct(f"<4sBHHBI{n}{o}{n}{o}{n}{n}{n}{n}{n}{n}{n}{n}H{n}{n}HH{o}H")
        block = reader.take(address, layout.size)
        expect(block, 0, b"FRHP")
        (
            _, _, self._id_size, filter_size, self._flags, largest, _, self._huge_tree, _, _, _, _, _, _, _, _, _, _,
            self._width, self._start, self._max_direct, bits, _, self._root, self._rows,
        ) = layout.unpack(block)  # fmt: skip
        size = layout.size + 4 + (fields.length_size + 4 + filter_size if filter_size else 0)
        block = reader.take(address, size)
        verify(reader, block, part, address)
        self._filters: tuple[Filter, ...] = ()
        self._root_size = self._root_mask = 0
        if filter_size:
            from keras_doctor.wire.hdf5.filters import parse_filters

            at = layout.size
            self._root_size = fields.length(block, at)[0]
            at += fields.length_size
            self._root_mask = int.from_bytes(block[at : at + 4], "little")
            self._filters = parse_filters(reader, block[at + 4 : at + 4 + filter_size], part)
        if not self._width or not self._start or self._start & self._start - 1 or self._width & self._width - 1:
            raise FormatError("a heap whose blocks have impossible sizes", reader.base + address)
        self._offset_width = (bits + 7) // 8
        self._length_width = min(width_of(max(1, self._max_direct - 1)), width_of(largest))
        self._row_bits = (self._start * self._width).bit_length() - 1  # of the first row
        self._direct_rows = max(0, self._max_direct.bit_length() - self._start.bit_length() + 2)

    def object(self, heap_id: bytes) -> bytes:
        """Return the object that `heap_id` names. Raises `FormatError` or struct.error."""
        kind = heap_id[0] >> 4 & 3
        if kind == _MANAGED:
            at = 1 + self._offset_width
            offset = int.from_bytes(heap_id[1:at], "little")
            length = int.from_bytes(heap_id[at : at + self._length_width], "little")
            start, block = self._block_of(offset)
            found = block[offset - start : offset - start + length]
            if len(found) < length:
                raise FormatError("an object of the heap sticks out of its block")
            return found
        if kind == _TINY:
            if self._id_size > 18:
                length = ((heap_id[0] & 15) << 8 | heap_id[1]) + 1
                return heap_id[2 : 2 + length]
            return heap_id[1 : 2 + (heap_id[0] & 15)]
        if kind == _HUGE:
            return self._huge_object(heap_id)
        raise FormatError("an object of the heap is of an unknown kind")

    def _block_of(self, offset: int) -> tuple[int, bytes]:
        """Return where in the heap the direct block that holds `offset` starts, and its bytes (the doubling table)."""
        reader, fields = self._reader, self._reader.fields
        address, start, rows = self._root, 0, self._rows
        if not rows:
            return 0, self._direct(address, self._start, self._root_size, self._root_mask)
        entry = fields.offset_size + (fields.length_size + 4 if self._filters else 0)
        for _ in range(64):
            inside = offset - start
            row = max(0, inside.bit_length() - self._row_bits)
            if row >= rows:
                raise FormatError("an object of the heap lies behind its last block", reader.base + address)
            size = self._start << max(0, row - 1)
            before = 0 if row == 0 else size * self._width
            column = (inside - before) // size
            block = self._indirect(address, rows)
            number = row * self._width + column
            start += before + column * size
            at = 5 + fields.offset_size + self._offset_width
            if row < self._direct_rows:
                at += number * entry
                where = fields.address(block, at)[0]
                stored = mask = 0
                if self._filters:
                    stored = fields.length(block, at + fields.offset_size)[0]
                    mask = int.from_bytes(block[at + entry - 4 : at + entry], "little")
                return start, self._direct(where, size, stored, mask)
            direct = self._direct_rows * self._width
            at += direct * entry + (number - direct) * fields.offset_size
            address = fields.address(block, at)[0]
            rows = size.bit_length() - self._row_bits
        raise FormatError("the blocks of a heap are nested too deep", reader.base + address)

    def _indirect(self, address: int, rows: int) -> bytes:
        block = self._blocks.get(address)
        if block is None:
            fields = self._reader.fields
            entry = fields.offset_size + (fields.length_size + 4 if self._filters else 0)
            direct = min(rows, self._direct_rows)
            size = 5 + fields.offset_size + self._offset_width + self._width * direct * entry
            size += self._width * (rows - direct) * fields.offset_size + 4
            block = self._reader.take(address, size)
            expect(block, 0, b"FHIB")
            verify(self._reader, block, self._part, address)
            self._blocks[address] = block
        return block

    def _direct(self, address: int, size: int, stored: int, mask: int) -> bytes:
        block = self._blocks.get(address)
        if block is None:
            reader = self._reader
            if self._filters:
                from keras_doctor.wire.hdf5.filters import unfilter

                block = unfilter(reader, self._filters, reader.take(address, stored), mask, size, self._part)
            else:
                block = reader.take(address, size)
            expect(block, 0, b"FHDB")
            if self._flags & _CHECKSUMMED:
                # The checksum stands inside the block and counts as zeros in its own sum.
                at = 5 + reader.fields.offset_size + self._offset_width
                verify(reader, block[:at] + bytes(4) + block[at + 4 :] + block[at : at + 4], self._part, address)
            if len(self._blocks) >= 256:
                self._blocks.clear()
            self._blocks[address] = block
        return block

    def _huge_object(self, heap_id: bytes) -> bytes:
        """Return an object that is too large for the blocks and lies in the file on its own."""
        reader, fields = self._reader, self._reader.fields
        width, extra = fields.offset_size + fields.length_size, fields.length_size + 4
        if len(heap_id) - 1 >= width + (extra if self._filters else 0):
            address, length = fields.address_length(heap_id, 1)
            mask = size = 0
            if self._filters:
                mask = int.from_bytes(heap_id[1 + width : 5 + width], "little")
                size = fields.length(heap_id, 5 + width)[0]
        else:
            if self._huge is None:
                self._huge = self._read_huge()
            key = int.from_bytes(heap_id[1 : min(9, self._id_size)], "little")
            if key not in self._huge:
                raise FormatError(f"the heap has no large object {key}")
            address, length, mask, size = self._huge[key]
        data = reader.take(address, length)
        if not self._filters:
            return data
        from keras_doctor.wire.hdf5.filters import unfilter

        return unfilter(reader, self._filters, data, mask, size, self._part)

    def _read_huge(self) -> dict[int, tuple[int, int, int, int]]:
        """Return (address, stored length, filter mask, length) of each large object by its key."""
        fields = self._reader.fields
        o, n = fields.offset_letter, fields.length_letter
        found: dict[int, tuple[int, int, int, int]] = {}
        for record in BTree2(self._reader, self._huge_tree, self._part).records():
            if self._filters:
                address, length, mask, size, key = struct.unpack_from(f"<{o}{n}I{n}{n}", record)
            else:
                address, length, key = struct.unpack_from(f"<{o}{n}{n}", record)
                mask = size = 0
            found[key] = address, length, mask, size
        return found
