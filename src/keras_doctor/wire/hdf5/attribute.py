"""Attributes (IV.A.2.m): small named values on a group or dataset."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.dataspace import dataspace
from keras_doctor.wire.hdf5.datatype import datatype_of
from keras_doctor.wire.hdf5.header import ATTRIBUTE, ATTRIBUTE_INFO, DATASPACE, DATATYPE, resolve
from keras_doctor.wire.hdf5.reader import BROKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.wire.hdf5.datatype import Datatype
    from keras_doctor.wire.hdf5.header import Message
    from keras_doctor.wire.hdf5.reader import Reader

_HEAD = struct.Struct("<BBHHH").unpack_from
_PENDING = object()


class Attribute:
    """One attribute; `value` is decoded when first asked for.

    `shape` is None for an empty (null) attribute, () for a scalar; `nbytes` is the size of the elements as stored (a
    string of variable length counts its reference); `character_set` is "ascii", "utf-8", or "" when it holds no text.
    """

    __slots__ = ("_address", "_data", "_part", "_reader", "_value", "datatype", "name", "shape")

    def __init__(
        self,
        reader: Reader,
        part: str,
        name: str,
        datatype: Datatype,
        shape: tuple[int, ...] | None,
        data: bytes,
        address: int,
    ) -> None:
        self._reader = reader
        self._part = part
        self._data = data
        self._value: Any = _PENDING
        self.name = name
        self.datatype = datatype
        self.shape = shape
        self._address = address

    def __repr__(self) -> str:
        return f"Attribute({self.name!r}, {self.datatype.kind}, {self.shape})"

    @property
    def nbytes(self) -> int:
        """The size of the elements as stored, in bytes."""
        if self.shape is None:
            return 0
        size = self.datatype.size
        for length in self.shape:
            size *= length
        return size

    @property
    def character_set(self) -> str:
        """The character set of the text: "ascii", "utf-8", or ""."""
        return self.datatype.character_set

    @property
    def variable_length(self) -> bool:
        """Whether the elements are of variable length, kept in the global heap."""
        return self.datatype.kind in ("vlen", "vlen-string")

    @property
    def value(self) -> Any:
        """The value: str, bytes, int, float, bool, or lists of those nested by `shape`.

        None when empty or unreadable (damage says so).
        """
        if self._value is _PENDING:
            self._value = self._decode()
        return self._value

    def _decode(self) -> Any:
        if self.shape is None:
            return None
        from keras_doctor.wire.hdf5.values import Decoder

        reader, part = self._reader, f"{self._part}@{self.name}"
        decoder = Decoder(reader)
        try:
            value = decoder.decode(self.datatype, self.shape, self._data)
        except BROKEN as error:
            reader.hurt_by(error, f"the attribute {self.name!r}", part, self._address)
            return None
        if decoder.lost is not None:
            reader.hurt_by(decoder.lost, f"a part of the attribute {self.name!r}", part, decoder.lost_at)
        if decoder.undecodable:
            what = f"the text of the attribute {self.name!r} is not UTF-8"
            reader.hurt("text", what, part, self._address)
        return value


def read_attributes(reader: Reader, messages: list[Message], part: str) -> dict[str, Attribute]:
    """Return the attributes that the messages of an object header hold or lead to, in stored order."""
    found: dict[str, Attribute] = {}
    for message in messages:
        kind, _, body, address = message
        if kind == ATTRIBUTE:
            try:
                attribute = parse_attribute(reader, resolve(reader, message), address, part)
            except BROKEN as error:
                reader.hurt_by(error, "an attribute", part, address)
                continue
            found[attribute.name] = attribute
        elif kind == ATTRIBUTE_INFO:
            from keras_doctor.wire.hdf5.dense import add_dense_attributes

            add_dense_attributes(reader, body, address, part, found)
    return found


def parse_attribute(reader: Reader, body: bytes, address: int, part: str) -> Attribute:
    """Return the attribute of a message body. Raises `FormatError` or struct.error."""
    version, flags, name_size, type_size, space_size = _HEAD(body)
    at = 8
    if version == 1:
        flags = 0
        steps = [(size + 7) // 8 * 8 for size in (name_size, type_size, space_size)]
    elif version in (2, 3):
        at += version - 2  # version 3 states the character set of the name
        steps = [name_size, type_size, space_size]
    else:
        raise FormatError(f"version {version} of the attribute message is unknown", reader.base + address)
    name = body[at : at + name_size].split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
    at += steps[0]
    type_body = body[at : at + type_size]
    at += steps[1]
    space_body = body[at : at + space_size]
    at += steps[2]
    if flags & 3:
        from keras_doctor.wire.hdf5.shared import fetch

        type_body = fetch(reader, DATATYPE, type_body) if flags & 1 else type_body
        space_body = fetch(reader, DATASPACE, space_body) if flags & 2 else space_body
    shape, _, _, null = dataspace(reader, space_body)
    return Attribute(
        reader, part, name, datatype_of(reader, type_body), None if null else shape, body[at:], address + at
    )
