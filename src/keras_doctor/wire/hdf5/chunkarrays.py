"""Fixed and extensible arrays (VII.C, VII.D): the chunks of datasets of which at most one dimension has no limit."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.checksum import verify
from keras_doctor.wire.hdf5.reader import BROKEN, expect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.chunkindex import ChunkIndex
    from keras_doctor.wire.hdf5.reader import Reader

_FIXED = struct.Struct("<4sBBBB").unpack_from
_EXTENSIBLE = struct.Struct("<4sBBBBBBBB").unpack_from


def fixed_array(index: ChunkIndex, reader: Reader, address: int) -> Iterator[tuple[int, bytes]]:
    """Yield (number, element) of the fixed array at `address`.

    Raises `FormatError` or struct.error; broken pages are recorded.
    """
    fields = reader.fields
    header = _checked(reader, address, 8 + fields.length_size + fields.offset_size, b"FAHD", index.part)
    _, _, _, size, page_bits = _FIXED(header)
    count = fields.length(header, 8)[0]
    where = fields.address(header, 8 + fields.length_size)[0]
    if where == fields.undefined:
        return
    _check_count(reader, index, count, size)
    prefix = 6 + fields.offset_size
    page = 1 << page_bits
    if count <= page:
        block = _checked(reader, where, prefix + count * size, b"FADB", index.part)
        yield from _elements(block, prefix, 0, count, size)
        return
    pages = -(-count // page)
    bitmap = (pages + 7) // 8
    block = _checked(reader, where, prefix + bitmap, b"FADB", index.part)
    held = _Pages(index, reader, block[prefix : prefix + bitmap], 0, page, size)
    yield from held.elements(where + prefix + bitmap + 4, 0, count, whole=False)


def extensible_array(index: ChunkIndex, reader: Reader, address: int) -> Iterator[tuple[int, bytes]]:
    """Yield (number, element) of the extensible array at `address`.

    Raises `FormatError` or struct.error; broken blocks are recorded.
    """
    yield from _ExtensibleArray(index, reader, address).elements()


class _ExtensibleArray:
    """Index block, then data blocks that grow, then super blocks of data blocks; sizes as H5EAhdr.c computes them."""

    def __init__(self, index: ChunkIndex, reader: Reader, address: int) -> None:
        self.index = index
        self.reader = reader
        fields = reader.fields
        header = _checked(reader, address, 12 + 6 * fields.length_size + fields.offset_size, b"EAHD", index.part)
        _, _, _, self.size, bits, self.inline, self.smallest, self.pointers, page_bits = _EXTENSIBLE(header)
        self.count = fields.length(header, 12 + 4 * fields.length_size)[0]  # the highest number that was set, plus 1
        self.where = fields.address(header, 12 + 6 * fields.length_size)[0]
        powers = (
            self.smallest
            and self.pointers
            and not (self.smallest & self.smallest - 1 or self.pointers & self.pointers - 1)
        )
        if not powers or not self.size or not 0 < bits <= 64:
            raise FormatError("an extensible array of impossible proportions", reader.base + address)
        self.page = 1 << page_bits
        self.offset_width = (bits + 7) // 8
        self.super_blocks = 1 + bits - (self.smallest.bit_length() - 1)
        _check_count(reader, index, self.count, self.size)

    def elements(self) -> Iterator[tuple[int, bytes]]:
        fields, reader = self.reader.fields, self.reader
        if self.where == fields.undefined:
            return
        direct = 2 * (self.pointers - 1)
        first_super = 2 * (self.pointers.bit_length() - 1)
        supers = max(0, self.super_blocks - first_super)
        prefix = 6 + fields.offset_size
        size = prefix + self.inline * self.size + (direct + supers) * fields.offset_size
        block = _checked(reader, self.where, size, b"EAIB", self.index.part)
        yield from _elements(block, prefix, 0, min(self.inline, self.count), self.size)
        at = prefix + self.inline * self.size
        number = self.inline
        for level in range(self.super_blocks):
            if number >= self.count:
                return
            blocks, length = 1 << level // 2, (1 << (level + 1) // 2) * self.smallest
            if level < first_super:
                addresses = [fields.address(block, at + i * fields.offset_size)[0] for i in range(blocks)]
                at += blocks * fields.offset_size
                yield from self._data_blocks(addresses, b"", length, number)
            else:
                where = fields.address(block, at)[0]
                at += fields.offset_size
                if where != fields.undefined:
                    yield from self._super_block(where, blocks, length, number)
            number += blocks * length

    def _super_block(self, where: int, blocks: int, length: int, number: int) -> Iterator[tuple[int, bytes]]:
        fields = self.reader.fields
        prefix = 6 + fields.offset_size + self.offset_width
        bitmap = (length // self.page + 7) // 8 if length > self.page else 0
        size = prefix + blocks * (bitmap + fields.offset_size)
        try:
            block = _checked(self.reader, where, size, b"EASB", self.index.part)
        except BROKEN as error:
            self.index.hurt(error, where)
            return
        at = prefix + blocks * bitmap
        addresses = [fields.address(block, at + i * fields.offset_size)[0] for i in range(blocks)]
        yield from self._data_blocks(addresses, block[prefix:at], length, number)

    def _data_blocks(
        self, addresses: list[int], bitmap: bytes, length: int, number: int
    ) -> Iterator[tuple[int, bytes]]:
        fields = self.reader.fields
        prefix = 6 + fields.offset_size + self.offset_width
        for i, where in enumerate(addresses):
            if number >= self.count:
                return
            if where != fields.undefined:
                count = min(length, self.count - number)
                try:
                    if length > self.page:
                        _checked(self.reader, where, prefix, b"EADB", self.index.part)
                        pages = _Pages(self.index, self.reader, bitmap, i * (length // self.page), self.page, self.size)
                        yield from pages.elements(where + prefix + 4, number, count, whole=True)
                    else:
                        block = _checked(self.reader, where, prefix + length * self.size, b"EADB", self.index.part)
                        yield from _elements(block, prefix, number, count, self.size)
                except BROKEN as error:
                    self.index.hurt(error, where)
            number += length


def _checked(reader: Reader, address: int, size: int, signature: bytes, part: str) -> bytes:
    """Return `size` bytes at `address`, which start with `signature` and are followed by their checksum."""
    block = reader.take(address, size + 4)
    expect(block, 0, signature)
    verify(reader, block, part, address)
    return block


def _check_count(reader: Reader, index: ChunkIndex, count: int, size: int) -> None:
    if not size or count > min(reader.limits.objects, reader.size // size):
        raise LimitExceeded(f"{count} chunks are declared, more than the file can hold or than are read")
    reader.work(count)


def _elements(block: bytes, at: int, number: int, count: int, size: int) -> Iterator[tuple[int, bytes]]:
    for i in range(count):
        yield number + i, block[at : at + size]
        at += size


class _Pages:
    """Pages of elements, each with its checksum. Bits of `bitmap`, from `first` on, say which were ever written."""

    def __init__(self, index: ChunkIndex, reader: Reader, bitmap: bytes, first: int, page: int, size: int) -> None:
        self.index = index
        self.reader = reader
        self.bitmap = bitmap
        self.first = first
        self.page = page
        self.size = size

    def elements(self, at: int, number: int, count: int, whole: bool) -> Iterator[tuple[int, bytes]]:
        """Yield the first `count` elements, which begin at address `at`.

        `whole` says whether the last page is stored in full.
        """
        for i in range(-(-count // self.page)):
            held = min(self.page, count - i * self.page)
            stored = (self.page if whole else held) * self.size + 4
            bit = self.first + i
            if self.bitmap[bit // 8] & 0x80 >> bit % 8:
                try:
                    block = self.reader.take(at, stored)
                    verify(self.reader, block, self.index.part, at)
                except BROKEN as error:
                    self.index.hurt(error, at)
                else:
                    yield from _elements(block, 0, number + i * self.page, held, self.size)
            at += stored
