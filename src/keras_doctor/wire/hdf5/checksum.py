"""Checksums of the structures that HDF5 1.8 and later write.

Bob Jenkins's lookup3 (appendix "Checksum" of the specification).
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.reader import Reader

_M = 0xFFFFFFFF


def verify(reader: Reader, block: bytes, part: str, address: int) -> bool:
    """Compare the checksum that ends `block`, read at `address`, and record damage when it does not match.

    Pure Python takes a sixth of a second a mebibyte, so only so many bytes of a file are verified; the rest passes.
    """
    if len(block) > reader.unverified:
        return True
    reader.unverified -= len(block)
    if lookup3(block[:-4]) == int.from_bytes(block[-4:], "little"):
        return True
    reader.hurt("checksum", "the checksum of a part of its description does not match", part, address, len(block))
    return False


def lookup3(data: bytes) -> int:
    """Return the 32-bit hash of `data` (hashlittle with an initial value of 0)."""
    length = len(data)
    a = b = c = (0xDEADBEEF + length) & _M
    if not length:
        return c
    words = struct.unpack(f"<{(length + 11) // 12 * 3}I", data + bytes(-length % 12))
    last = len(words) - 3
    for i in range(0, last, 3):
        # Values are masked only before a rotation looks at their high bits.
        c += words[i + 2]
        b += words[i + 1]
        c &= _M
        a = (a + words[i] - c) & _M ^ (c << 4 & _M | c >> 28)
        c += b
        b = (b - a) & _M ^ (a << 6 & _M | a >> 26)
        a += c
        c = (c - b) & _M ^ (b << 8 & _M | b >> 24)
        b += a
        a = (a - c) & _M ^ (c << 16 & _M | c >> 16)
        c += b
        b = (b - a) & _M ^ (a << 19 & _M | a >> 13)
        a = (a + c) & _M
        c = (c - b) & _M ^ (b << 4 & _M | b >> 28)
        b = (b + a) & _M
    a = (a + words[last]) & _M
    b = (b + words[last + 1]) & _M
    c = (c + words[last + 2]) & _M
    c = ((c ^ b) - (b << 14 & _M | b >> 18)) & _M
    a = ((a ^ c) - (c << 11 & _M | c >> 21)) & _M
    b = ((b ^ a) - (a << 25 & _M | a >> 7)) & _M
    c = ((c ^ b) - (b << 16 & _M | b >> 16)) & _M
    a = ((a ^ c) - (c << 4 & _M | c >> 28)) & _M
    b = ((b ^ a) - (a << 14 & _M | a >> 18)) & _M
    result: int = ((c ^ b) - (b << 24 & _M | b >> 8)) & _M
    return result
