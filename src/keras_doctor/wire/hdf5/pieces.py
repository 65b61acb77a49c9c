"""The values of a dataset that does not simply lie in the file as they are wanted.

Compact, big-endian, never written, chunked.
"""

from __future__ import annotations

import struct
from io import BytesIO

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.header import FILL, OLD_FILL, read_header, resolve
from keras_doctor.wire.hdf5.reader import BROKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.dataset import Dataset
    from keras_doctor.wire.hdf5.datatype import Datatype

PIECE = 1 << 20
_ELSEWHERE = {
    "external": "the values are kept in other files, which are not read",
    "virtual": "the values are those of other datasets, which are not followed",
    "": "the file does not say any more where the values are",
}


def whole(dataset: Dataset) -> bytes:
    """Return all the values in one piece. Raises `FormatError`."""
    limits = dataset._reader.limits
    if dataset.filters and dataset.nbytes > limits.inflated_bytes // 2 + 16 * dataset.stored_bytes:
        raise LimitExceeded(f"{dataset.path}: {dataset.nbytes} bytes of values are too many for one piece")
    made = BytesIO()  # joining a list would hold everything twice
    for piece in pieces(dataset):
        made.write(piece)
    return made.getvalue()


def pieces(dataset: Dataset) -> Iterator[bytes]:
    """Yield the values as little-endian bytes in C order. Raises `FormatError`."""
    if not dataset.nbytes:
        if not dataset.datatype.size:
            raise FormatError(f"{dataset.path}: the type of the values cannot be read")
        return iter(())
    order = little_endian_order(dataset.datatype)
    if dataset.extent is not None:
        stored = dataset._reader.source.chunks(*dataset._whole_extent(), _step(dataset))
    elif dataset.layout == "chunked":
        from keras_doctor.wire.hdf5.chunked import chunk_pieces

        stored = chunk_pieces(dataset)
    elif dataset.layout in _ELSEWHERE:
        raise FormatError(f"{dataset.path}: {_ELSEWHERE[dataset.layout]}")
    else:
        stored = _fill_pieces(dataset)
    return stored if order is None else _swapped(stored, order)


def _step(dataset: Dataset) -> int:
    """A piece's size: whole elements."""
    size = dataset.datatype.size
    return max(1, PIECE // size) * size


def _fill_pieces(dataset: Dataset) -> Iterator[bytes]:
    check_fill(dataset, dataset.nbytes)
    element = fill_value(dataset)
    step = _step(dataset)
    piece = element * (min(step, dataset.nbytes) // len(element))
    left = dataset.nbytes
    while left > 0:
        yield piece if left >= len(piece) else piece[:left]
        left -= len(piece)


def check_fill(dataset: Dataset, nbytes: int) -> None:
    """Raise `LimitExceeded` when a few bytes of file declare more values than memory should ever hold."""
    if nbytes > dataset._reader.limits.inflated_bytes // 2:
        raise LimitExceeded(f"{dataset.path}: {nbytes} bytes of values are declared that the file does not store")


def fill_value(dataset: Dataset) -> bytes:
    """Return the element that is read where nothing was written (IV.A.2.e, f), as stored. Raises `FormatError`."""
    if dataset._fill is None:
        try:
            dataset._fill = _find_fill(dataset)
        except BROKEN as error:
            reason = error.what if isinstance(error, FormatError) else "its fields contradict each other"
            raise FormatError(f"{dataset.path}: the fill value cannot be read: {reason}") from None
    return dataset._fill


def _find_fill(dataset: Dataset) -> bytes:
    reader, size = dataset._reader, dataset.datatype.size
    found = b""
    for message in read_header(reader, dataset.address, dataset.path):
        kind = message[0]
        if kind == FILL or (kind == OLD_FILL and not found):
            body = resolve(reader, message)
            value = body[4:] if kind == OLD_FILL else _defined_value(body)
            if len(value) >= size:
                found = value[:size]
    return found or bytes(size)


def _defined_value(body: bytes) -> bytes:
    version = body[0]
    if version == 3:
        at, defined = 2, body[1] & 0x20
    else:
        at, defined = 4, version == 1 or body[3]
    if not defined:
        return b""
    length = struct.unpack_from("<I", body, at)[0]
    return body[at + 4 : at + 4 + length]


def little_endian_order(datatype: Datatype) -> tuple[int, ...] | None:
    """Return where each byte of a little-endian element is taken from; None when the stored element is one already.

    Raises `LimitExceeded` for elements of more than 64 KiB that would have to be swapped.
    """
    if not _has_big_endian(datatype):
        return None
    if datatype.size > 65536:
        raise LimitExceeded(f"elements of {datatype.size} bytes are not swapped")
    order = list(range(datatype.size))
    _reorder(datatype, 0, order)
    return tuple(order)


def _has_big_endian(datatype: Datatype) -> bool:
    if datatype.kind == "compound":
        return any(_has_big_endian(member) for _, _, member in datatype.members)
    if datatype.kind == "array" and datatype.base is not None:
        return _has_big_endian(datatype.base)
    return datatype.byte_order == "big" and datatype.kind != "vlen"


def _reorder(datatype: Datatype, start: int, order: list[int]) -> None:
    if datatype.kind == "compound":
        for _, offset, member in datatype.members:
            _reorder(member, start + offset, order)
    elif datatype.kind == "array" and datatype.base is not None:
        for at in range(start, start + datatype.size, datatype.base.size):
            _reorder(datatype.base, at, order)
    elif datatype.byte_order == "big" and datatype.kind != "vlen":
        order[start : start + datatype.size] = reversed(order[start : start + datatype.size])


def _swapped(stored: Iterator[bytes], order: tuple[int, ...]) -> Iterator[bytes]:
    size = len(order)
    for piece in stored:
        swapped = bytearray(len(piece))
        for to, taken in enumerate(order):
            swapped[to::size] = piece[taken::size]
        yield bytes(swapped)
