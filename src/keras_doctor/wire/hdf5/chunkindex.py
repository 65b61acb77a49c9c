"""Chunk indexes: from the layout message to the list of stored chunks."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.layout import BTREE1, BTREE2, EXTENSIBLE_ARRAY, FIXED_ARRAY, IMPLICIT, SINGLE, Chunking
from keras_doctor.wire.hdf5.reader import BROKEN, expect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keras_doctor.wire.hdf5.dataset import Dataset

    Found = tuple[int, int, int]  # address, stored bytes, mask of skipped filters


class ChunkIndex:
    """The stored chunks of one dataset.

    `chunks`: position -> (address, stored bytes, mask of skipped filters), where a chunk's position is its number in C
    order over `grid`, the numbers of chunks along each dimension; `broken`: why some of the index could not be read,
    None when all of it was.
    """

    __slots__ = ("_dataset", "broken", "chunk_bytes", "chunking", "chunks", "grid", "strides")

    def __init__(self, dataset: Dataset, chunking: Chunking) -> None:
        self._dataset = dataset
        self.chunking = chunking
        self.broken: Exception | None = None
        self.grid = tuple(-(-length // chunk) for length, chunk in zip(dataset.shape, chunking.chunk, strict=True))
        self.strides = _strides(self.grid)
        size = dataset.datatype.size
        for length in chunking.chunk:
            size *= length
        self.chunk_bytes = size
        self.chunks: dict[int, Found] = {}
        reader = dataset._reader
        if chunking.address == reader.fields.undefined or not dataset.nbytes:
            return
        left = reader.limits.objects
        steps, again = reader.steps_left, dataset.address in reader.indexed
        if again:  # what was read once may be read again, however often
            reader.steps_left = 8 * left
        reader.indexed.add(dataset.address)
        try:
            for position, found in _READERS[chunking.index](self):
                self.chunks[position] = found
                left -= 1
                if left < 0:
                    raise LimitExceeded("more chunks than are read")
        except BROKEN as error:
            self.hurt(error, chunking.address)
        if again:
            reader.steps_left = steps

    @property
    def part(self) -> str:
        """The path of the dataset, for damage records."""
        return self._dataset.path

    def hurt(self, error: Exception, address: int) -> None:
        """Record that a part of the index at `address` cannot be read."""
        self.broken = error
        dataset = self._dataset
        dataset._reader.hurt_by(error, "the list of the chunks that hold the values", dataset.path, address)

    # Each of the following yields (position, chunk) for one kind of index.

    def _single(self) -> Iterator[tuple[int, Found]]:
        chunking = self.chunking
        yield 0, (chunking.address, chunking.size or self.chunk_bytes, chunking.mask)

    def _implicit(self) -> Iterator[tuple[int, Found]]:
        """Every chunk is stored, one behind the other."""
        total = 1
        for count in self.grid:
            total *= count
        if total > self._dataset._reader.limits.objects:
            raise LimitExceeded("more chunks than are read")
        strides = self._array_strides(swizzle=False)
        for position in range(total):
            number = sum(position // self.strides[axis] % self.grid[axis] * step for axis, step in strides)
            yield position, (self.chunking.address + number * self.chunk_bytes, self.chunk_bytes, 0)

    def _btree1(self) -> Iterator[tuple[int, Found]]:
        """III.A.1, node type 1.

        A key is: stored bytes, filter mask, offsets of the chunk in elements and in its element (0).
        """
        reader, rank = self._dataset._reader, len(self.grid)
        head = reader.fields.node
        key = struct.Struct(f"<II{rank}Q8x{reader.fields.offset_letter}")
        met = set()
        stack = [(self.chunking.address, -1)]
        while stack:
            address, level = stack.pop()
            try:
                if address in met:
                    raise FormatError("it was met before")
                met.add(address)
                page, at = reader.at(address)
                expect(page, at, b"TREE")
                _, kind, own, used, _, _ = head.unpack_from(page, at)
                if kind != 1 or (level >= 0 and own != level):
                    raise FormatError("it is of another kind or level than its parent says")
                reader.work(used)
                body = reader.take_some(address + head.size, used * key.size)
                if len(body) < used * key.size:
                    self.hurt(FormatError("the file ends inside it"), address)
                    body = body[: len(body) // key.size * key.size]
            except BROKEN as error:
                if isinstance(error, LimitExceeded):
                    raise
                self.hurt(error, address)
                continue
            entries = list(key.iter_unpack(body))
            if own:
                stack.extend((entry[-1], own - 1) for entry in reversed(entries))
                continue
            for size, mask, *offsets, where in entries:
                position = self._position(offsets, self.chunking.chunk)
                if position >= 0:
                    yield position, (where, size, mask)

    def _btree2(self) -> Iterator[tuple[int, Found]]:
        """III.A.2, record types 10 and 11.

        Address, stored bytes and filter mask where there are filters, numbers of the chunk.
        """
        from keras_doctor.wire.hdf5.btree2 import BTree2

        dataset, rank = self._dataset, len(self.grid)
        tree = BTree2(dataset._reader, self.chunking.address, dataset.path)
        width = dataset._reader.fields.offset_size
        ones = (1,) * rank
        sized = tree.record_size - width - 8 * rank
        for record in tree.records():
            where = dataset._reader.fields.address(record)[0]
            numbers = struct.unpack_from(f"<{rank}Q", record, tree.record_size - 8 * rank)
            size, mask = self._sized(record[width : width + sized])
            position = self._position(numbers, ones)
            if position >= 0:
                yield position, (where, size, mask)
        self.broken = self.broken or tree.broken

    def _array(self) -> Iterator[tuple[int, Found]]:
        """VII.C, VII.D: the elements of a fixed or extensible array are the chunks in order."""
        from keras_doctor.wire.hdf5.chunkarrays import extensible_array, fixed_array

        reader = self._dataset._reader
        swizzle = self.chunking.index == EXTENSIBLE_ARRAY
        read = extensible_array if swizzle else fixed_array
        width, undefined = reader.fields.offset_size, reader.fields.undefined
        strides = self._array_strides(swizzle)
        for number, element in read(self, reader, self.chunking.address):
            where = reader.fields.address(element)[0]
            position = self._position_of(number, strides)
            if where != undefined and position >= 0:
                size, mask = self._sized(element[width:])
                yield position, (where, size, mask)

    def _sized(self, field: bytes) -> tuple[int, int]:
        """Return stored bytes and filter mask of a chunk with filters: a length of some bytes and a mask of 4."""
        if len(field) < 5:
            return self.chunk_bytes, 0
        return int.from_bytes(field[:-4], "little"), int.from_bytes(field[-4:], "little")

    def _position(self, offsets: Iterable[int], unit: tuple[int, ...]) -> int:
        """Return the position of the chunk at `offsets`, -1 when it lies outside the dataset."""
        position = 0
        for offset, size, count, stride in zip(offsets, unit, self.grid, self.strides, strict=True):
            number = offset // size
            if number >= count:
                return -1
            position += number * stride
        return position

    def _array_strides(self, swizzle: bool) -> list[tuple[int, int]]:
        """Return (axis, step) of the numbering that arrays use, outermost first.

        It is C order over the grid of the maximum shape; an extensible array moves the dimension without limit to the
        front (H5Dearray.c).
        """
        dataset = self._dataset
        unlimited = (1 << 8 * dataset._reader.fields.length_size) - 1
        most = [
            count if limit == unlimited else -(-limit // size)
            for count, limit, size in zip(self.grid, dataset.maximum, self.chunking.chunk, strict=True)
        ]
        axes = list(range(len(most)))
        if swizzle:
            axes.sort(key=lambda axis: dataset.maximum[axis] != unlimited)
        return list(zip(axes, _strides([most[axis] for axis in axes]), strict=True))

    def _position_of(self, number: int, strides: list[tuple[int, int]]) -> int:
        """Return the position of an array's element, -1 when its chunk lies outside the dataset."""
        position = 0
        for axis, step in strides:
            at, number = divmod(number, step)
            if at >= self.grid[axis]:
                return -1
            position += at * self.strides[axis]
        return position


def _strides(counts: Iterable[int]) -> tuple[int, ...]:
    """Return how many places one step along each axis is, in C order."""
    strides = []
    step = 1
    for count in reversed(list(counts)):
        strides.append(step)
        step *= max(1, count)
    return tuple(reversed(strides))


_READERS: dict[int, Callable[[ChunkIndex], Iterator[tuple[int, Found]]]] = {
    BTREE1: ChunkIndex._btree1, SINGLE: ChunkIndex._single, IMPLICIT: ChunkIndex._implicit, BTREE2: ChunkIndex._btree2,
    FIXED_ARRAY: ChunkIndex._array, EXTENSIBLE_ARRAY: ChunkIndex._array,
}  # fmt: skip
