"""Stored elements as Python values: numbers, strings, nested lists."""

from __future__ import annotations

import struct

from keras_doctor.records import replace
from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.globalheap import heap_object
from keras_doctor.wire.hdf5.reader import BROKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    from keras_doctor.wire.hdf5.dataset import Dataset
    from keras_doctor.wire.hdf5.datatype import Datatype
    from keras_doctor.wire.hdf5.reader import Reader

_INTEGERS = {1: "bB", 2: "hH", 4: "iI", 8: "qQ"}
_FLOATS = {"float16": "e", "float32": "f", "float64": "d"}


class Decoder:
    """Turns the bytes of one attribute into values.

    `undecodable` counts the strings that are not UTF-8; `lost` is why some text or sequence could not be fetched,
    `lost_at` the address where it should be.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.undecodable = 0
        self.lost: Exception | None = None
        self.lost_at: int | None = None

    def decode(self, datatype: Datatype, shape: tuple[int, ...], data: bytes) -> Any:
        """Return the value of `shape` elements. Raises `FormatError` or struct.error."""
        count = 1
        for length in shape:
            count *= length
        if count * datatype.size > len(data):
            raise FormatError(f"{len(data)} bytes where {count * datatype.size} belong")
        self.reader.spend(16 * count)
        return _nest(self._elements(datatype, count, data), shape, self.reader)

    def _elements(self, datatype: Datatype, count: int, data: bytes) -> list[Any]:
        many = _MANY.get(datatype.kind)
        if many is not None:
            return many(datatype, count, data)
        one = _ONE.get(datatype.kind)
        size = datatype.size
        if one is None:
            return [data[i : i + size] for i in range(0, count * size, size)]
        return [one(self, datatype, data[i : i + size]) for i in range(0, count * size, size)]

    def _string(self, datatype: Datatype, raw: bytes) -> Any:
        if datatype.padding == "space-padded":
            raw = raw.rstrip(b" ")
        elif datatype.padding == "null-padded":
            raw = raw.rstrip(b"\0")
        else:
            raw = raw.split(b"\0", 1)[0]
        return self.text(raw)

    def text(self, raw: bytes) -> str:
        """Return text; bytes that are not UTF-8 become surrogates, as h5py reads them."""
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.undecodable += 1
            return raw.decode("utf-8", "surrogateescape")

    def _vlen_string(self, datatype: Datatype, raw: bytes) -> str | None:
        found = self._follow(raw, 1)
        return None if found is None else self.text(found.split(b"\0", 1)[0])

    def _vlen(self, datatype: Datatype, raw: bytes) -> list[Any] | None:
        base = datatype.base
        if base is None:
            return None
        found = self._follow(raw, base.size)
        if found is None:
            return None
        count = len(found) // base.size
        self.reader.spend(16 * count)
        return self._elements(base, count, found)

    def _follow(self, raw: bytes, size: int) -> bytes | None:
        """Return the bytes that a variable-length element points to; None when they are lost, and `lost` says why."""
        count, address, index = self.reader.fields.vlen.unpack_from(raw)
        if not count or not address:
            return b""
        try:
            found = heap_object(self.reader, address, index)
        except (FormatError, struct.error) as error:
            if isinstance(error, LimitExceeded):
                raise
            self.lost, self.lost_at = error, address
            return None
        found = found[: count * size]
        self.reader.spend(len(found))
        return found

    def _array(self, datatype: Datatype, raw: bytes) -> Any:
        return None if datatype.base is None else self.decode(datatype.base, datatype.shape, raw)

    def _compound(self, datatype: Datatype, raw: bytes) -> Any:
        return [
            self._elements(member, 1, raw[offset : offset + member.size])[0] for _, offset, member in datatype.members
        ]


def dataset_value(dataset: Dataset) -> Any:
    """Return the elements of a dataset. Raises `FormatError`."""
    reader = dataset._reader
    if dataset.nbytes > reader.limits.text_bytes:
        raise LimitExceeded(f"{dataset.path}: {dataset.nbytes} bytes are too many to make Python values of")
    decoder = Decoder(reader)
    datatype, data = little_endian(dataset.datatype), dataset.read()
    memory = reader.memory_left
    try:
        value = decoder.decode(datatype, dataset.shape, data)
    except FormatError:
        raise
    except BROKEN:
        raise FormatError(f"{dataset.path}: the values do not fit their type") from None
    finally:
        reader.memory_left = memory  # the value is the caller's to keep or drop
    if decoder.lost is not None:
        raise FormatError(f"{dataset.path}: some of the values are lost: {decoder.lost}", decoder.lost_at)
    return value


def little_endian(datatype: Datatype) -> Datatype:
    """Return the type of elements after `Dataset.chunks` has swapped their bytes."""
    if datatype.kind in ("vlen", "vlen-string"):
        return datatype  # references into the heap; what they lead to stays as it is
    base = None if datatype.base is None else little_endian(datatype.base)
    members = tuple((name, offset, little_endian(member)) for name, offset, member in datatype.members)
    order = "little" if datatype.byte_order == "big" else datatype.byte_order
    return replace(datatype, base=base, members=members, byte_order=order)


def _mark(datatype: Datatype) -> str:
    return ">" if datatype.byte_order == "big" else "<"


def _integers(datatype: Datatype, count: int, data: bytes) -> list[Any]:
    letters = _INTEGERS.get(datatype.size)
    if letters is None:
        size = datatype.size
        order: Literal["big", "little"] = "big" if datatype.byte_order == "big" else "little"
        return [int.from_bytes(data[i : i + size], order, signed=datatype.signed) for i in range(0, count * size, size)]
    return list(struct.unpack_from(f"{_mark(datatype)}{count}{letters[not datatype.signed]}", data))


def _floats(datatype: Datatype, count: int, data: bytes) -> list[Any]:
    letter = _FLOATS.get(datatype.name)
    if letter is None:
        size = datatype.size
        return [data[i : i + size] for i in range(0, count * size, size)]
    return list(struct.unpack_from(f"{_mark(datatype)}{count}{letter}", data))


def _bools(datatype: Datatype, count: int, data: bytes) -> list[Any]:
    return [bool(value) for value in data[:count]]


_MANY: dict[str, Callable[[Datatype, int, bytes], list[Any]]] = {
    "integer": _integers, "enum": _integers, "float": _floats, "bool": _bools,
}  # fmt: skip
_ONE: dict[str, Callable[[Decoder, Datatype, bytes], Any]] = {
    "string": Decoder._string, "vlen-string": Decoder._vlen_string, "vlen": Decoder._vlen, "array": Decoder._array,
    "compound": Decoder._compound,
}  # fmt: skip


def _nest(flat: list[Any], shape: tuple[int, ...], reader: Reader) -> Any:
    if not shape:
        return flat[0]
    if not flat:  # some dimension is 0: nested lists down to that one
        shape = shape[: shape.index(0)]
        lists = 1
        for length in shape:
            lists *= length
        reader.spend(64 * lists)  # (1 << 40, 0) has no elements, but so many lists
        flat = [[] for _ in range(lists)] if shape else flat
    for length in reversed(shape[1:]):
        flat = [flat[i : i + length] for i in range(0, len(flat), length)]
    return flat
