"""Datatypes (IV.A.2.d): what the elements of a dataset or attribute are."""

from __future__ import annotations

import struct

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError, LimitExceeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from keras_doctor.wire.hdf5.reader import Reader


@record
class Datatype:
    """The type of an element.

    `kind`: "integer", "float", "bool", "string", "vlen-string", "vlen", "array", "compound", "enum", "reference",
    "opaque", "bitfield" or "time"; `size`: bytes of an element as stored; `name`: NumPy's or ml_dtypes' name
    ("float32", "bfloat16", "bool", "string" …), "" when they have none; `byte_order`: "little", "big" or "". `base` is
    what an array, enum or variable-length type is of; `members` are a compound's, each (name, offset, type), or an
    enum's, each (name, value); `shape` an array type's dimensions; `padding` of strings: "null-terminated",
    "null-padded" or "space-padded".
    """

    kind: str
    size: int
    name: str = ""
    byte_order: str = ""
    signed: bool = False
    character_set: str = ""
    padding: str = ""
    base: Datatype | None = None
    shape: tuple[int, ...] = ()
    members: tuple[tuple[str, int, Datatype], ...] = ()
    values: tuple[tuple[str, int], ...] = ()
    tag: str = ""

    @property
    def variable_length(self) -> bool:
        """Whether elements point into the global heap."""
        return self.kind in ("vlen", "vlen-string") or any(member[2].variable_length for member in self.members) or (
            self.base is not None and self.base.variable_length
        )  # fmt: skip


_HEAD = struct.Struct("<BBBBI").unpack_from
_INTEGER = struct.Struct("<HH").unpack_from
_FLOAT = struct.Struct("<HHBBBBI").unpack_from
_U32 = struct.Struct("<I").unpack_from

# (size, bit offset, precision, exponent at, exponent bits, mantissa at, mantissa bits, bias, sign at) -> name.
# IEEE 754; the others as ml_dtypes' documentation and HDF5 2.0's H5Tpublic.h define them.
_FLOATS = {
    (2, 0, 16, 10, 5, 0, 10, 15, 15): "float16",
    (4, 0, 32, 23, 8, 0, 23, 127, 31): "float32",
    (8, 0, 64, 52, 11, 0, 52, 1023, 63): "float64",
    (2, 0, 16, 7, 8, 0, 7, 127, 15): "bfloat16",
    (1, 0, 8, 3, 4, 0, 3, 7, 7): "float8_e4m3fn",
    (1, 0, 8, 2, 5, 0, 2, 15, 7): "float8_e5m2",
}
_CHARACTERS = {0: "ascii", 1: "utf-8"}
_PADDING = {0: "null-terminated", 1: "null-padded", 2: "space-padded"}
_DEPTH = 16


def datatype_of(reader: Reader, body: bytes) -> Datatype:
    """Return the datatype of a message body, remembered by its bytes. Raises `FormatError` or struct.error."""
    known = reader.types.get(body)
    if known is None:
        if len(reader.types) > 4096:
            reader.types.clear()
        reader.work(len(body) >> 1)
        known = reader.types[body] = _parse(body, 0, 0)[0]
    return known


def _parse(body: bytes, at: int, depth: int) -> tuple[Datatype, int]:
    """Return the datatype at `at` and where it ends."""
    if depth > _DEPTH:
        raise LimitExceeded("datatypes nested too deep")
    head, bits, bits1, _, size = _HEAD(body, at)
    kind, version = head & 15, head >> 4
    if not size and kind != 3:
        raise FormatError("a datatype without size")
    parse = _CLASSES.get(kind)
    if parse is None or not 1 <= version <= 5:
        raise FormatError(f"datatype class {kind} of version {version} does not exist")
    return parse(body, at + 8, depth, version, bits | bits1 << 8, size)


def _order(bits: int) -> str:
    return "big" if bits & 1 else "little"


def _fixed(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    offset, precision = _INTEGER(body, at)
    signed = bool(bits & 8)
    whole = offset == 0 and precision == size * 8 and size in (1, 2, 4, 8)
    name = f"{'int' if signed else 'uint'}{precision}" if whole else ""
    return Datatype("integer", size, name, _order(bits) if size > 1 else "", signed), at + 4


def _float(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    offset, precision, exponent, exponent_bits, mantissa, mantissa_bits, bias = _FLOAT(body, at)
    sign = bits >> 8
    name = _FLOATS.get((size, offset, precision, exponent, exponent_bits, mantissa, mantissa_bits, bias, sign), "")
    order = "" if size == 1 else ("vax" if bits & 0x40 else _order(bits))
    return Datatype("float", size, "" if order == "vax" else name, "" if order == "vax" else order, True), at + 12


def _time(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    return Datatype("time", size, "", _order(bits)), at + 2


def _string(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    characters, padding = _CHARACTERS.get(bits >> 4 & 15, ""), _PADDING.get(bits & 15, "")
    return Datatype("string", size, "string", character_set=characters, padding=padding), at


def _bitfield(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    return Datatype("bitfield", size, "", _order(bits) if size > 1 else ""), at + 4


def _opaque(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    length = bits & 255
    tag = body[at : at + length].split(b"\0")[0].decode("utf-8", "surrogateescape")
    return Datatype("opaque", size, tag=tag), at + length


def _reference(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    return Datatype("reference", size, tag="object" if bits & 15 in (0, 2) else "region"), at


def _member_name(body: bytes, at: int, padded: bool) -> tuple[str, int]:
    """Return a NUL-terminated name and where the next field starts; versions 1 and 2 pad it to 8 bytes."""
    end = body.index(b"\0", at)
    name = body[at:end].decode("utf-8", "surrogateescape")
    return name, at + (end - at + 8) // 8 * 8 if padded else end + 1


def _compound(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    width = (size.bit_length() + 7) // 8
    members = []
    for _ in range(bits):
        name, at = _member_name(body, at, version < 3)
        dimensions: tuple[int, ...] = ()
        if version < 3:
            offset = _U32(body, at)[0]
            at += 4
            if version == 1:
                rank = body[at]
                dimensions = struct.unpack_from("<4I", body, at + 12)[: min(rank, 4)]
                at += 28
        else:
            offset = int.from_bytes(body[at : at + width], "little")
            at += width
        datatype, at = _parse(body, at, depth + 1)
        if dimensions:
            datatype = _array_of(datatype, dimensions)
        if offset + datatype.size > size:
            raise FormatError("a compound's member sticks out of it")
        members.append((name, offset, datatype))
    return Datatype("compound", size, _complex(members), _order_of(members), members=tuple(members)), at


def _order_of(members: list[tuple[str, int, Datatype]]) -> str:
    orders = {member[2].byte_order for member in members}
    return orders.pop() if len(orders) == 1 else ""


def _complex(members: list[tuple[str, int, Datatype]]) -> str:
    """Return NumPy's name when the members are what h5py stores a complex number as: r and i, both float."""
    if [member[:2] for member in members] == [("r", 0), ("i", members[0][2].size if members else 0)]:
        parts = {member[2].name for member in members}
        return {"float32": "complex64", "float64": "complex128"}.get(parts.pop(), "") if len(parts) == 1 else ""
    return ""


def _array_of(base: Datatype, shape: tuple[int, ...]) -> Datatype:
    count = 1
    for length in shape:
        count *= length
    return Datatype("array", base.size * count, base.name, base.byte_order, base=base, shape=tuple(shape))


def _array(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    rank = body[at]
    at += 4 if version < 3 else 1
    shape = struct.unpack_from(f"<{rank}I", body, at)
    at += 4 * rank * (2 if version < 3 else 1)  # versions before 3 add a permutation index for each dimension
    base, at = _parse(body, at, depth + 1)
    made = _array_of(base, shape)
    if made.size != size:
        raise FormatError("an array type whose size does not fit its dimensions")
    return made, at


def _enum(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    base, at = _parse(body, at, depth + 1)
    if base.kind != "integer" or base.size != size:
        raise FormatError("an enumeration of something else than integers")
    names = []
    for _ in range(bits):
        name, at = _member_name(body, at, version < 3)
        names.append(name)
    order: Literal["big", "little"] = "big" if base.byte_order == "big" else "little"
    values = []
    for name in names:
        values.append((name, int.from_bytes(body[at : at + size], order, signed=base.signed)))
        at += size
    if values in ([("FALSE", 0), ("TRUE", 1)], [("TRUE", 1), ("FALSE", 0)]) and size == 1:  # h5py's bool
        return Datatype("bool", 1, "bool", base=base), at
    return Datatype("enum", size, base.name, base.byte_order, base.signed, base=base, values=tuple(values)), at


def _vlen(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    base, at = _parse(body, at, depth + 1)
    if bits & 15 == 1:
        characters, padding = _CHARACTERS.get(bits >> 8 & 15, ""), _PADDING.get(bits >> 4 & 15, "")
        return Datatype("vlen-string", size, "string", character_set=characters, padding=padding, base=base), at
    return Datatype("vlen", size, "", base.byte_order, base=base), at


def _pair(body: bytes, at: int, depth: int, version: int, bits: int, size: int) -> tuple[Datatype, int]:
    """HDF5 2.0's own complex number; it is read as the compound that h5py writes for one."""
    base, at = _parse(body, at, depth + 1)
    if 2 * base.size != size:
        raise FormatError("a complex number whose size does not fit its parts")
    members = [("r", 0, base), ("i", base.size, base)]
    return Datatype("compound", size, _complex(members), base.byte_order, members=tuple(members)), at


_CLASSES = {
    0: _fixed, 1: _float, 2: _time, 3: _string, 4: _bitfield, 5: _opaque, 6: _compound, 7: _reference, 8: _enum,
    9: _vlen, 10: _array, 11: _pair,
}  # fmt: skip
