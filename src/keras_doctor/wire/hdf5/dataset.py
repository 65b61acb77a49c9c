"""Datasets: shape, type, where the bytes lie, and the bytes themselves."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError, Truncated
from keras_doctor.wire.hdf5.attribute import read_attributes
from keras_doctor.wire.hdf5.dataspace import NULL, dataspace
from keras_doctor.wire.hdf5.datatype import Datatype, datatype_of
from keras_doctor.wire.hdf5.header import DATASPACE, DATATYPE, EXTERNAL, FILTERS, LAYOUT, SHARED, read_header, resolve
from keras_doctor.wire.hdf5.reader import BROKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.wire.hdf5.attribute import Attribute
    from keras_doctor.wire.hdf5.header import Message
    from keras_doctor.wire.hdf5.layout import Chunking
    from keras_doctor.wire.hdf5.reader import Reader

_PIECE = 1 << 20
_UNKNOWN = Datatype("opaque", 0)
_PARTS = {DATASPACE: "the shape", DATATYPE: "the type", FILTERS: "the list of filters"}


@record
class Filter:
    """One step of a dataset's filter pipeline.

    `id` as registered with the HDF Group, `name`, and the values the writer gave it.
    """

    id: int
    name: str
    values: tuple[int, ...] = ()


class Dataset:
    """One dataset.

    `path`; `shape`: dimensions, () for a scalar and for an empty (null) one, which `null` tells apart; `datatype`;
    `nbytes`: size of all elements in bytes; `layout`: "contiguous", "compact", "chunked", "virtual", "external", or ""
    when the file does not say any more; `filters`: the steps that its chunks went through; `extent`: (offset in the
    source, length) when the bytes lie uncompressed in one piece, else None; `address`: where its header is.
    """

    __slots__ = (
        "_attributes",
        "_fill",
        "_reader",
        "_storage",
        "address",
        "datatype",
        "extent",
        "filters",
        "layout",
        "maximum",
        "nbytes",
        "null",
        "path",
        "shape",
    )

    def __init__(self, reader: Reader, path: str, address: int, messages: list[Message]) -> None:
        self._reader = reader
        self._attributes: dict[str, Attribute] | None = None
        self.path = path
        self.address = address
        self.filters: tuple[Filter, ...] = ()
        space, datatype, layout, external = None, _UNKNOWN, None, None
        for message in messages:
            kind = message[0]
            try:
                if kind == DATASPACE:
                    space = dataspace(reader, message[2] if not message[1] & SHARED else resolve(reader, message))
                elif kind == DATATYPE:
                    datatype = datatype_of(reader, message[2] if not message[1] & SHARED else resolve(reader, message))
                elif kind == LAYOUT:
                    layout = message
                elif kind == FILTERS:
                    from keras_doctor.wire.hdf5.filters import parse_filters

                    self.filters = parse_filters(reader, resolve(reader, message), path)
                elif kind == EXTERNAL:
                    external = message
            except BROKEN as error:
                reader.hurt_by(error, _PARTS[kind], path, message[3])
        if space is None:
            reader.hurt("missing", "the file does not say any more which shape the values have", path, address)
            space, datatype = NULL, _UNKNOWN
        elif datatype is _UNKNOWN:
            reader.hurt("missing", "the file does not say any more which type the values have", path, address)
        self.shape, count, self.maximum, self.null = space
        self.datatype = datatype
        self.nbytes = count * datatype.size
        self.extent: tuple[int, int] | None = None
        self.layout = ""
        self._storage: Chunking | None = None
        self._fill: bytes | None = None
        if layout is None:
            reader.hurt("missing", "the file does not say any more where the values are", path, address)
            return
        body = layout[2]
        try:
            if body[0] == 3 and body[1] == 1:  # what HDF5 writes by default
                _, _, where, length = reader.fields.contiguous(body)
                self._set_contiguous(where, length)
            else:
                from keras_doctor.wire.hdf5.layout import set_layout

                set_layout(self, reader, layout)
            if external is not None:
                from keras_doctor.wire.hdf5.layout import set_external

                set_external(self, reader, external)
        except BROKEN as error:
            reader.hurt_by(error, "the description of where the values are", path, layout[3])

    def __repr__(self) -> str:
        return f"Dataset({self.path!r}, {self.datatype.name or self.datatype.kind}{list(self.shape)})"

    def _set_contiguous(self, where: int, length: int) -> None:
        self.layout = "contiguous"
        reader, nbytes = self._reader, self.nbytes
        if where == reader.fields.undefined or not nbytes:
            return
        self.extent = reader.base + where, min(nbytes, length)
        if where + nbytes > reader.size:
            lost = min(nbytes, where + nbytes - reader.size)
            kind = "truncated" if reader.truncated else "structure"
            what = f"{lost} of {nbytes} bytes of the values lie behind the end of the file"
            reader.hurt(kind, what, self.path, max(where, reader.size), lost)
        elif length < nbytes:
            what = f"{length} bytes are stored where the shape needs {nbytes}"
            reader.hurt("size", what, self.path, where, length)

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by name, in stored order."""
        if self._attributes is None:
            self._attributes = read_attributes(self._reader, self._messages(), self.path)
        return self._attributes

    def _messages(self) -> list[Message]:
        """The messages of the header, read again: few datasets need them after the first look."""
        try:
            return read_header(self._reader, self.address, self.path)
        except BROKEN as error:
            self._reader.hurt_by(error, "the description of this object", self.path, self.address)
            return []

    @property
    def stored_bytes(self) -> int:
        """The bytes that the values take in the file.

        0 when none was ever written: then they read as the fill value.
        """
        if self.extent is not None:
            return self.extent[1]
        if self.layout == "chunked":
            from keras_doctor.wire.hdf5.chunked import stored_bytes

            return stored_bytes(self)
        return 0

    def chunks(self) -> Iterator[bytes]:
        """Yield the values as little-endian bytes in C order, in pieces.

        Memory stays near 1 MiB or one HDF5 chunk. Elements of variable length are yielded as the references that are
        stored. Raises `FormatError` when the bytes are damaged, cannot be unfiltered, or are not all there.
        """
        if self._lies_plain():
            return self._plain()
        from keras_doctor.wire.hdf5.pieces import pieces

        return pieces(self)

    def _lies_plain(self) -> bool:
        """Tell whether the bytes lie in the file in one piece as they are wanted."""
        datatype = self.datatype
        in_order = datatype.byte_order != "big" and datatype.kind not in ("compound", "array")
        return self.extent is not None and in_order

    def _plain(self) -> Iterator[bytes]:
        offset, length = self._whole_extent()
        return self._reader.source.chunks(offset, length, _PIECE)

    def _whole_extent(self) -> tuple[int, int]:
        """The extent, when all of it lies in the file. Raises `Truncated`."""
        offset, length = self.extent or (0, 0)
        lost = min(length, offset + length - self._reader.source.size)
        if lost > 0:
            raise Truncated(f"{self.path}: {lost} of {length} bytes lie behind the end of the file", offset)
        if length < self.nbytes:
            raise FormatError(f"{self.path}: {length} bytes are stored where the shape needs {self.nbytes}", offset)
        return offset, length

    def value(self) -> Any:
        """Return the elements as an attribute's value is: str, int, float …, or lists of those; None when null.

        Raises `FormatError` as `chunks` does, and when there are too many to make Python objects of.
        """
        if self.null and self.datatype.size:
            return None
        from keras_doctor.wire.hdf5.values import dataset_value

        return dataset_value(self)

    def read(self) -> bytes:
        """Return all the values as little-endian bytes in C order.

        Raises `FormatError` as `chunks` does, and where compressed values are too many to be held at once.
        """
        if not self._lies_plain():
            from keras_doctor.wire.hdf5.pieces import whole

            return whole(self)
        return self._reader.source.read(*self._whole_extent())
