"""Data layout messages (IV.A.2.i) other than the usual one: compact, chunked, virtual, external, and old versions."""

from __future__ import annotations

import struct

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.header import SHARED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.dataset import Dataset
    from keras_doctor.wire.hdf5.header import Message
    from keras_doctor.wire.hdf5.reader import Reader

COMPACT, CONTIGUOUS, CHUNKED, VIRTUAL = range(4)
BTREE1, SINGLE, IMPLICIT, FIXED_ARRAY, EXTENSIBLE_ARRAY, BTREE2 = range(6)  # chunk indexes; 0 is what version 3 means


@record
class Chunking:
    """How a dataset is chunked: which index, where it is, the dimensions of a chunk in elements.

    `size` and `mask` are of the one chunk of a SINGLE index: its stored bytes, the filters that were skipped.
    """

    index: int
    address: int
    chunk: tuple[int, ...]
    size: int = 0
    mask: int = 0


def set_layout(dataset: Dataset, reader: Reader, message: Message) -> None:
    """Set what the layout message says on the dataset. Raises `FormatError` or struct.error."""
    _, flags, body, address = message
    if flags & SHARED:
        raise FormatError("a layout cannot be shared")
    version = body[0]
    if version in (1, 2):
        _set_old(dataset, reader, body, address)
    elif 3 <= version <= 5:
        kind = body[1]
        if kind == COMPACT:
            length = body[2] | body[3] << 8
            _set_compact(dataset, reader, body[4 : 4 + length], address + 4)
        elif kind == CONTIGUOUS:
            dataset._set_contiguous(*reader.fields.address_length(body, 2))
        elif kind == CHUNKED:
            chunking = _chunking3(reader, body) if version == 3 else _chunking4(reader, body)
            _set_chunked(dataset, reader, chunking)
        elif kind == VIRTUAL:
            dataset.layout = "virtual"
            what = "its values are those of other datasets, possibly in other files (a virtual dataset)"
            reader.odd("virtual-dataset", what, dataset.path)
        else:
            raise FormatError(f"layout class {kind} does not exist")
    else:
        raise FormatError(f"version {version} of the layout message is unknown")


def _set_old(dataset: Dataset, reader: Reader, body: bytes, address: int) -> None:
    """Versions 1 and 2, up to HDF5 1.6.2."""
    rank, kind, at = body[1], body[2], 8
    where = reader.fields.undefined
    if kind != COMPACT:
        where = reader.fields.address(body, at)[0]
        at += reader.fields.offset_size
    dimensions = struct.unpack_from(f"<{rank}I", body, at)
    at += 4 * rank
    if kind == COMPACT:
        length = int.from_bytes(body[at : at + 4], "little")
        _set_compact(dataset, reader, body[at + 4 : at + 4 + length], address + at + 4)
    elif kind == CONTIGUOUS:
        dataset._set_contiguous(where, dataset.nbytes)  # these versions state no size
    elif kind == CHUNKED:
        _set_chunked(dataset, reader, Chunking(BTREE1, where, dimensions[:-1]))
    else:
        raise FormatError(f"layout class {kind} does not exist")


def _set_compact(dataset: Dataset, reader: Reader, data: bytes, address: int) -> None:
    dataset.layout = "compact"
    if not dataset.nbytes:
        return
    dataset.extent = reader.base + address, min(len(data), dataset.nbytes)
    if len(data) < dataset.nbytes:
        what = f"{len(data)} bytes are stored where the shape needs {dataset.nbytes}"
        reader.hurt("size", what, dataset.path, address, len(data))


def _chunking3(reader: Reader, body: bytes) -> Chunking:
    rank = body[2]
    where = reader.fields.address(body, 3)[0]
    dimensions = struct.unpack_from(f"<{rank}I", body, 3 + reader.fields.offset_size)
    return Chunking(BTREE1, where, dimensions[:-1])


def _chunking4(reader: Reader, body: bytes) -> Chunking:
    flags, rank, width = body[2], body[3], body[4]
    at = 5
    dimensions = []
    for _ in range(rank):
        dimensions.append(int.from_bytes(body[at : at + width], "little"))
        at += width
    index = body[at]
    at += 1
    size = mask = 0
    if index == SINGLE:
        if flags & 2:
            size = reader.fields.length(body, at)[0]
            at += reader.fields.length_size
            mask = int.from_bytes(body[at : at + 4], "little")
            at += 4
    elif index in _INDEX_PARAMETERS:
        at += _INDEX_PARAMETERS[index]  # repeated in the index's own header
    else:
        raise FormatError(f"chunk index {index} does not exist")
    return Chunking(index, reader.fields.address(body, at)[0], tuple(dimensions[:-1]), size, mask)


_INDEX_PARAMETERS = {IMPLICIT: 0, FIXED_ARRAY: 1, EXTENSIBLE_ARRAY: 5, BTREE2: 6}


def _set_chunked(dataset: Dataset, reader: Reader, chunking: Chunking) -> None:
    dataset.layout = "chunked"
    if len(chunking.chunk) != len(dataset.shape):
        raise FormatError(f"chunks of {len(chunking.chunk)} dimensions in a dataset of {len(dataset.shape)}")
    if not all(chunking.chunk):
        raise FormatError("chunks without elements")
    dataset._storage = chunking
    whole = chunking.index == SINGLE and chunking.chunk == dataset.shape and not dataset.filters
    if whole and chunking.address != reader.fields.undefined and dataset.nbytes:
        dataset.extent = reader.base + chunking.address, dataset.nbytes
    if reader.truncated and dataset.nbytes:
        from keras_doctor.wire.hdf5.chunked import report_lost

        report_lost(dataset)


def set_external(dataset: Dataset, reader: Reader, message: Message) -> None:
    """Note that the values are kept in other files, by their names (IV.A.2.h)."""
    from keras_doctor.wire.hdf5.symbols import read_local_heap

    dataset.layout = "external"
    dataset.extent = None
    _, _, body, _ = message
    used = body[6] | body[7] << 8
    heap = reader.fields.address(body, 8)[0]
    names = read_local_heap(reader, heap, dataset.path)
    width = reader.fields.length_size
    found = []
    for slot in range(min(used, 64)):
        at = 8 + reader.fields.offset_size + slot * 3 * width
        where = reader.fields.length(body, at)[0]
        found.append(names[where : where + 4096].split(b"\0", 1)[0].decode("utf-8", "surrogateescape"))
    detail = tuple(("file", name) for name in found)
    what = f"its values are kept in other files: {', '.join(found)}"
    reader.odd("external-storage", what, dataset.path, detail)
