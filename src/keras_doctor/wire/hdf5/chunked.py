"""Chunked datasets put together: C-order pieces out of chunks, one slab after the other."""

from __future__ import annotations

from bisect import bisect_left

from keras_doctor.wire.errors import FormatError, LimitExceeded, Truncated
from keras_doctor.wire.hdf5.chunkindex import ChunkIndex
from keras_doctor.wire.hdf5.filters import unfilter
from keras_doctor.wire.hdf5.pieces import PIECE, check_fill, fill_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.dataset import Dataset

_SUSPICIOUS_RATIO = 100  # honest values hardly ever deflate better than this
_SLAB = 32 << 20  # a slab is at most so large, unless one row of chunks is not


def stored_bytes(dataset: Dataset) -> int:
    """Return the bytes that the stored chunks take in the file."""
    if dataset._storage is None:
        return 0
    return sum(size for _, size, _ in ChunkIndex(dataset, dataset._storage).chunks.values())


def report_lost(dataset: Dataset) -> None:
    """Record how much of the values lies behind the end of the file."""
    if dataset._storage is None:
        return
    reader = dataset._reader
    index = ChunkIndex(dataset, dataset._storage)
    lost = [address for address, size, _ in index.chunks.values() if address + size > reader.size]
    if lost:
        what = f"{len(lost)} of {len(index.chunks)} chunks of the values lie behind the end of the file"
        nbytes = min(dataset.nbytes, len(lost) * index.chunk_bytes)
        reader.hurt("truncated", what, dataset.path, max(reader.size, min(lost)), nbytes)


def chunk_pieces(dataset: Dataset) -> Iterator[bytes]:
    """Yield the values in C order as stored (bytes not yet swapped). Raises `FormatError`."""
    if dataset._storage is None:
        raise FormatError(f"{dataset.path}: the file does not say any more how the values are chunked")
    index = ChunkIndex(dataset, dataset._storage)
    if index.broken is not None:
        raise FormatError(f"{dataset.path}: the list of the chunks that hold the values is damaged")
    _check_sizes(dataset, index)
    return _Assembly(dataset, index).pieces()


def _check_sizes(dataset: Dataset, index: ChunkIndex) -> None:
    """Raise `LimitExceeded` for what no honest file declares, before anything is allocated."""
    limits = dataset._reader.limits
    stored = sum(size for _, size, _ in index.chunks.values())
    if not index.chunks:
        check_fill(dataset, dataset.nbytes)
    elif dataset.nbytes > limits.inflated_bytes + stored * (limits.inflate_ratio if dataset.filters else 1):
        raise LimitExceeded(f"{dataset.path}: {dataset.nbytes} bytes of values are declared where {stored} are stored")
    work = len(index.chunks) * index.chunk_bytes
    if index.chunk_bytes > limits.inflated_bytes or work > limits.inflated_bytes + 16 * dataset.nbytes:
        raise LimitExceeded(f"{dataset.path}: chunks of {index.chunk_bytes} bytes are too large for its shape")
    if dataset.filters and index.chunk_bytes > limits.bomb_bytes:
        largest = max((size for _, size, _ in index.chunks.values()), default=0)
        if index.chunk_bytes > _SUSPICIOUS_RATIO * largest:
            what = f"chunks of {index.chunk_bytes} bytes are declared where {largest} are stored"
            raise LimitExceeded(f"{dataset.path}: {what}")


class _Assembly:
    """Cuts the dataset into slabs, whole rows along one axis, and copies the parts of chunks into them."""

    def __init__(self, dataset: Dataset, index: ChunkIndex) -> None:
        self.dataset = dataset
        self.index = index
        self.shape = dataset.shape
        self.chunk = index.chunking.chunk
        self.item = dataset.datatype.size
        self.fill = fill_value(dataset)
        self.positions = sorted(index.chunks)
        self.axis, self.row = self._cut()
        self._kept: dict[int, bytes] = {}
        self._filled = b""

    def _cut(self) -> tuple[int, int]:
        """Return the axis along which slabs are cut, and the bytes of one index along it."""
        row = self.dataset.nbytes // self.shape[0]
        for axis in range(len(self.shape) - 1):
            if row <= _SLAB:
                return axis, row
            row //= self.shape[axis + 1]
        return len(self.shape) - 1, row

    def pieces(self) -> Iterator[bytes]:
        axis, chunk, row = self.axis, self.chunk[self.axis], self.row
        rows = chunk * max(1, PIECE // (chunk * row))
        if rows * row > _SLAB:
            rows = max(1, _SLAB // row)
        length = self.shape[axis]
        outer = self.dataset.nbytes // (row * length)
        for number in range(outer):
            lead = []
            rest = number
            for size in reversed(self.shape[:axis]):
                rest, at = divmod(rest, size)
                lead.append(at)
            lead.reverse()
            for first in range(0, length, rows):
                yield self._slab(lead, first, min(first + rows, length))

    def _slab(self, lead: list[int], first: int, last: int) -> bytes:
        """Return the values at the indices `lead`, from `first` to `last` along the axis, all along those behind it."""
        index, axis, chunk = self.index, self.axis, self.chunk
        base = sum(at // size * stride for at, size, stride in zip(lead, chunk, index.strides, strict=False))
        stride = index.strides[axis]
        low, high = base + first // chunk[axis] * stride, base + ((last - 1) // chunk[axis] + 1) * stride
        positions = self.positions[bisect_left(self.positions, low) : bisect_left(self.positions, high)]
        if not positions:
            return self._fill_slab((last - first) * self.row)
        made = bytearray((last - first) * self.row)
        if len(positions) < high - low and any(self.fill):
            made[:] = self.fill * (len(made) // self.item)
        for position in positions:
            self._copy(made, position, lead, first, last)
        return bytes(made)

    def _fill_slab(self, size: int) -> bytes:
        """Return a slab of which nothing was written; the last one is kept."""
        if len(self._filled) != size:
            self._filled = self.fill * (size // self.item)
        return self._filled

    def _copy(self, made: bytearray, position: int, lead: list[int], first: int, last: int) -> None:
        """Copy what the slab `made` covers of the chunk at `position`."""
        data = self._chunk_at(position)
        steps: list[
            tuple[int, int, int]
        ] = []  # along each axis of the slab: indices, bytes from one to the next there and here
        source = target = 0
        there = here = self.item
        for axis in range(len(self.shape) - 1, -1, -1):
            size = self.chunk[axis]
            origin = position // self.index.strides[axis] % self.index.grid[axis] * size
            if axis < self.axis:
                source += (lead[axis] - origin) * there
            else:
                low, high = (first, last) if axis == self.axis else (0, self.shape[axis])
                start, stop = max(low, origin), min(high, origin + size)
                source += (start - origin) * there
                target += (start - low) * here
                steps.append((stop - start, there, here))
                here *= high - low
            there *= size
        run = self.item
        while steps and steps[0][1] == steps[0][2] == run:  # rows that lie side by side in both are one run
            run *= steps.pop(0)[0]
        _copy_runs(data, source, made, target, run, steps)

    def _chunk_at(self, position: int) -> bytes:
        """Return the unfiltered bytes of a chunk; the last ones are kept, since slabs may cut through chunks."""
        kept = self._kept.get(position)
        if kept is not None:
            return kept
        reader, dataset, index = self.dataset._reader, self.dataset, self.index
        address, size, mask = index.chunks[position]
        if not dataset.filters:
            size = index.chunk_bytes
        try:
            data = reader.take(address, size)
        except FormatError as error:
            raise Truncated(
                f"{dataset.path}: a chunk of the values lies behind the end of the file", error.offset
            ) from None
        if dataset.filters:
            data = unfilter(reader, dataset.filters, data, mask, index.chunk_bytes, dataset.path)
        while self._kept and len(data) * (len(self._kept) + 1) > _SLAB:
            del self._kept[next(iter(self._kept))]
        self._kept[position] = data
        return data


def _copy_runs(
    data: bytes, source: int, made: bytearray, target: int, run: int, steps: list[tuple[int, int, int]]
) -> None:
    """Copy runs of `run` bytes; `steps` lists the axes around them, the innermost first."""
    if not steps:
        made[target : target + run] = data[source : source + run]
    elif len(steps) == 1:
        count, there, here = steps[0]
        if run < count:  # many short runs: copy the first byte of all of them at once, then the second
            for i in range(run):
                made[target + i : target + i + (count - 1) * here + 1 : here] = data[
                    source + i : source + i + (count - 1) * there + 1 : there
                ]
        else:
            for i in range(count):
                at, to = source + i * there, target + i * here
                made[to : to + run] = data[at : at + run]
    else:
        count, there, here = steps[-1]
        for i in range(count):
            _copy_runs(data, source + i * there, made, target + i * here, run, steps[:-1])
