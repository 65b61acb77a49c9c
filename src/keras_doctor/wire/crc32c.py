"""CRC-32C (Castagnoli), which TensorFlow's files use and the standard library has not.

Short data goes byte by byte. Long data is cut into lanes of 64 bytes that are taken through the table side by side,
one byte of all lanes at a time, with whole-string operations: about ten times as fast. A CRC is linear, so the lanes'
registers are then joined by what 64 bytes of zeros do to a register.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_POLYNOMIAL = 0x82F63B78  # reflected (RFC 3720, B.4)
_MASK_DELTA = 0xA282EAD8  # tensorflow/core/lib/hash/crc32c.h: Mask()
_LANE = 64
_FEWEST = 16 * _LANE  # from here on lanes pay
_MOST = 1024 * _LANE  # more do not stay in the processor's cache


def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return tuple(table)


_TABLE = _table()
_lanes: tuple[tuple[bytes, ...], tuple[tuple[int, ...], ...]] | None = None


def crc32c(pieces: Iterable[bytes]) -> int:
    """Return the CRC-32C of the pieces together."""
    register = 0xFFFFFFFF
    for piece in pieces:
        whole = len(piece) // _LANE * _LANE if len(piece) >= _FEWEST else 0
        for start in range(0, whole, _MOST):
            register = _through_lanes(register, piece[start : min(start + _MOST, whole)])
        register = _through(register, piece[whole:])
    return register ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    """Return a CRC as TensorFlow stores it: rotated and shifted, so that a CRC of data that holds CRCs stays a good
    one.
    """
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def _through(register: int, data: bytes) -> int:
    table = _TABLE
    for byte in data:
        register = table[(register ^ byte) & 255] ^ register >> 8
    return register


def _through_lanes(register: int, data: bytes) -> int:
    """Take data of whole lanes through; every lane starts from zero but the first."""
    global _lanes
    if _lanes is None:
        planes = tuple(bytes(value >> shift & 255 for value in _TABLE) for shift in (0, 8, 16, 24))
        basis = [_through(1 << bit, bytes(_LANE)) for bit in range(32)]
        _lanes = planes, tuple(_combinations(basis[shift : shift + 8]) for shift in (0, 8, 16, 24))
    (plane0, plane1, plane2, plane3), (shift0, shift1, shift2, shift3) = _lanes
    count = len(data) // _LANE
    from_bytes = int.from_bytes
    # The registers of all lanes, as four numbers: their lowest bytes, the next ones …
    low, second, third, high = (register >> shift & 255 for shift in (0, 8, 16, 24))
    for column in range(_LANE):
        index = (from_bytes(data[column::_LANE], "little") ^ low).to_bytes(count, "little")
        low = from_bytes(index.translate(plane0), "little") ^ second
        second = from_bytes(index.translate(plane1), "little") ^ third
        third = from_bytes(index.translate(plane2), "little") ^ high
        high = from_bytes(index.translate(plane3), "little")
    joined = 0
    for byte0, byte1, byte2, byte3 in zip(
        *(plane.to_bytes(count, "little") for plane in (low, second, third, high)), strict=True
    ):
        joined = shift0[joined & 255] ^ shift1[joined >> 8 & 255] ^ shift2[joined >> 16 & 255] ^ shift3[joined >> 24]
        joined ^= byte0 | byte1 << 8 | byte2 << 16 | byte3 << 24
    return joined


def _combinations(basis: list[int]) -> tuple[int, ...]:
    """Return what each byte does, from what each of its bits does."""
    values = [0]
    for bit in basis:
        values += [value ^ bit for value in values]
    return tuple(values)
