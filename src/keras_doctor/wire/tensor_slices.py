"""Tensors that TensorFlow 1 stored in slices, one for each part of a partitioned variable.

The bundle has an entry for the whole tensor that lists the slices, and one with the bytes of each under a key that is
an ordered code of its name and place. Sources: tensorflow/core/util/saved_tensor_slice_util.cc (EncodeTensorNameSlice),
tensorflow/core/framework/tensor_slice.proto, tensorflow/core/lib/strings/ordered_code.h.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.protobuf import Decoder
from keras_doctor.wire.source import BytesSource

# TensorSliceProto: a dimension without a length is there in full.
_SLICE = {1: ("extents", {1: ("start", "int", ""), 2: ("length", "int", "")}, "list")}


def owner(key: bytes) -> str:
    """Return the name of the tensor that the slice under `key` belongs to; "" when the key is no slice's."""
    name, end, _ = key[1:].partition(b"\0\1")
    return name.decode("utf-8", "replace") if end else ""


def starts(slices: list[bytes]) -> list[tuple[int, ...]]:
    """Return where each slice starts in every dimension, in the order of their keys in the table."""
    extents = []
    for data in slices:
        found = Decoder(BytesSource(data)).message(_SLICE).get("extents", ())
        extents.append([(extent.get("start", 0), extent.get("length", -1)) for extent in found])
    return [tuple(start for start, _ in places) for places in sorted(extents)]


def assembled(shape: tuple[int, ...], item: int, slices: list[tuple[tuple[int, ...], tuple[int, ...], bytes]]) -> bytes:
    """Put slices (start, shape, bytes) of elements of `item` bytes together.

    Raises `FormatError` when they are not exactly the tensor.
    """
    size = item
    for length in shape:
        size *= length
    if sum(len(data) for _, _, data in slices) != size:
        raise FormatError("the slices of a tensor are not all of it")
    whole = bytearray(size)
    for start, own, data in slices:
        if len(start) != len(shape) or len(own) != len(shape):
            raise FormatError("a slice has other dimensions than its tensor")
        if any(first < 0 or first + length > full for first, length, full in zip(start, own, shape, strict=True)):
            raise FormatError("a slice goes past the end of its tensor")
        for offset, row in _rows(shape, item, start, own, data):
            whole[offset : offset + len(row)] = row
    return bytes(whole)


def _rows(
    shape: tuple[int, ...], item: int, start: tuple[int, ...], own: tuple[int, ...], data: bytes
) -> list[tuple[int, bytes]]:
    """Return the runs of a slice that lie in one piece in the tensor, and where."""
    rows = [(0, data)]
    stride = item
    strides: list[int] = []
    for length in reversed(shape):
        strides.insert(0, stride)
        stride *= length
    for axis, length in enumerate(own):
        rows = [(offset + start[axis] * strides[axis], row) for offset, row in rows]
        if own[axis + 1 :] == shape[axis + 1 :]:  # everything below is whole: the rest is one piece
            break
        rows = [
            (offset + index * strides[axis], row[index * len(row) // length : (index + 1) * len(row) // length])
            for offset, row in rows
            for index in range(length)
        ]
    return rows
