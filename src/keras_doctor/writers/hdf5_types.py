"""HDF5's own encoding of types, shapes and attributes (IV.A.2 of its specification), as the oldest releases read them.

Versions of messages are those that HDF5 1.8 writes, as h5py does by default: each release of h5py reads them.
"""

from __future__ import annotations

from struct import pack

from keras_doctor.records import record
from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_MESSAGE = 65_528  # bytes that a message of a header can have: its length field has 16 bits, in steps of 8
_INLINE = 48_000  # a text up to this size is stored in the header itself


@record
class Attribute:
    """An attribute's type and shape, encoded, and its data; `text` goes to the global heap instead."""

    datatype: bytes
    shape: tuple[int, ...]
    data: bytes = b""
    text: bytes | None = None


def _float(size: int, *layout: int) -> bytes:
    """Return an IEEE type. `layout`: exponent at, exponent bits, mantissa at, mantissa bits, bias."""
    return pack("<BBBBIHHBBBBI", 0x11, 0x20, 8 * size - 1, 0, size, 0, 8 * size, *layout)


def _integer(size: int, signed: bool) -> bytes:
    return pack("<BBBBIHH", 0x10, 8 if signed else 0, 0, 0, size, 0, 8 * size)


def opaque(size: int) -> bytes:
    """Return the type of bytes without meaning: what h5py makes of NumPy's void."""
    return pack("<BBBBI", 0x15, 0, 0, 0, size)


def _bool() -> bytes:
    names = b"FALSE\0\0\0TRUE\0\0\0\0"
    return pack("<BBBBI", 0x18, 2, 0, 0, 1) + _integer(1, True) + names + b"\0\1"


def _complex(size: int, base: bytes) -> bytes:
    """Return the compound of r and i that h5py stores a complex number as."""
    body = b""
    for name, offset in ((b"r", 0), (b"i", size // 2)):
        body += name.ljust(8, b"\0") + pack("<IBxxxI4x16x", offset, 0, 0) + base
    return pack("<BBBBI", 0x16, 2, 0, 0, size) + body


_FLOAT32, _FLOAT64 = _float(4, 23, 8, 0, 23, 127), _float(8, 52, 11, 0, 52, 1023)
# dtype → its encoded type. Types that HDF5 does not know are opaque, as h5py writes them.
TYPES = {
    "float16": _float(2, 10, 5, 0, 10, 15),
    "float32": _FLOAT32,
    "float64": _FLOAT64,
    **{f"int{8 * size}": _integer(size, True) for size in (1, 2, 4, 8)},
    **{f"uint{8 * size}": _integer(size, False) for size in (1, 2, 4, 8)},
    "bool": _bool(),
    "complex64": _complex(8, _FLOAT32),
    "complex128": _complex(16, _FLOAT64),
}


def fixed_string(size: int) -> bytes:
    """Return the type of texts of a fixed size, padded with NULs: NumPy's bytes."""
    return pack("<BBBBI", 0x13, 1, 0, 0, max(size, 1))


def variable_string(utf8: bool) -> bytes:
    """Return the type of texts of any size, which lie in the global heap."""
    return pack("<BBBBI", 0x19, 1, int(utf8), 0, 16) + _integer(1, False)


def dataspace(shape: tuple[int, ...]) -> bytes:
    """Return a shape; () is a scalar."""
    return pack(f"<BBB5x{len(shape)}Q", 1, len(shape), 0, *shape)


def text(value: str) -> Attribute:
    """Return a scalar text as Keras's readers take it.

    Of fixed size where it fits: h5py gives bytes for it in every release, which old loaders decode and newer ones,
    too; a text of variable size is `bytes` to h5py 2 and `str` to h5py 3, which loaders before tf.keras 2.4 do not
    know.
    """
    data = value.encode("utf-8", "surrogateescape")
    if data and len(data) <= _INLINE:
        return Attribute(fixed_string(len(data)), (), data)
    return Attribute(variable_string(not data.isascii()), (), text=data)


def unicode_text(value: str) -> Attribute:
    """Return a scalar text that h5py 3 gives as `str`: loaders compare it with one."""
    return Attribute(variable_string(True), (), text=value.encode("utf-8", "surrogateescape"))


def texts(values: Sequence[bytes]) -> Attribute:
    """Return a list of texts as NumPy stores bytes; an empty one as the float64 that NumPy makes of an empty list."""
    if not values:
        return Attribute(_FLOAT64, (0,))
    width = max(1, max(map(len, values)))
    return Attribute(fixed_string(width), (len(values),), b"".join(value.ljust(width, b"\0") for value in values))


def attribute_body(name: str, attribute: Attribute, reference: bytes) -> bytes:
    """Return the message of an attribute. `reference`: where its text lies in the global heap. Raises `Refused`."""
    key = name.encode() + b"\0"
    space = dataspace(attribute.shape)
    data = reference if attribute.text is not None else attribute.data
    head = pack("<BxHHH", 1, len(key), len(attribute.datatype), len(space))
    body = head + b"".join(piece + bytes(-len(piece) % 8) for piece in (key, attribute.datatype, space)) + data
    if len(body) > _MESSAGE:
        raise Refused(f"the attribute {name} takes {len(body)} bytes, more than HDF5 has room for in one")
    return body
