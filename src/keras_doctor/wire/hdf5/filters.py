"""Filters of chunks (IV.A.2.l): what was done to the bytes before they were stored, and how it is undone."""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.dataset import Filter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.wire.hdf5.reader import Reader

_U16 = struct.Struct("<H").unpack_from
DEFLATE, SHUFFLE, FLETCHER32, LZF = 1, 2, 3, 32000

# As registered with the HDF Group (hdf5_plugins, RegisteredFilterPlugins.md); 1 to 6 are part of the library, 32000
# comes with h5py.
_NAMES = {
    1: "deflate", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset", 305: "lzo", 307: "bzip2",
    32000: "lzf", 32001: "blosc", 32004: "lz4", 32008: "bitshuffle", 32013: "zfp", 32015: "zstd", 32017: "sz",
    32026: "blosc2",
}  # fmt: skip


def parse_filters(reader: Reader, body: bytes, part: str) -> tuple[Filter, ...]:
    """Return the filters of a message body in the order of writing, and note those that cannot be undone.

    Raises `FormatError` or struct.error.
    """
    version, count = body[0], body[1]
    if version not in (1, 2):
        raise FormatError(f"version {version} of the filter message is unknown")
    if count > 32:
        raise LimitExceeded(f"{count} filters, where HDF5 allows 32")
    at = 8 if version == 1 else 2
    filters = []
    for _ in range(count):
        number = _U16(body, at)[0]
        at += 2
        length = 0
        if version == 1 or number >= 256:
            length = _U16(body, at)[0]
            at += 2
        values = _U16(body, at + 2)[0]
        at += 4
        name = body[at : at + length].split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
        at += (length + 7) // 8 * 8 if version == 1 else length
        client = struct.unpack_from(f"<{values}I", body, at)
        at += 4 * (values + (values & 1 if version == 1 else 0))
        made = Filter(number, _NAMES.get(number) or name or str(number), client)
        if number not in _UNDO:
            what = f"the values went through the filter {made.name!r} ({number}), which cannot be undone here"
            reader.odd("unknown-filter", what, part, (("id", number), ("name", made.name)))
        filters.append(made)
    return tuple(filters)


def unfilter(reader: Reader, filters: tuple[Filter, ...], data: bytes, mask: int, size: int, part: str) -> bytes:
    """Return the bytes of a chunk of `size` bytes as they were before the filters. `mask` has a bit for each filter
    that was skipped.

    Raises `FormatError`.
    """
    limit = min(size + 16, reader.limits.inflated_bytes)  # fletcher32 adds 4 bytes; more is a bomb
    for i in range(len(filters) - 1, -1, -1):
        if mask >> i & 1:
            continue
        step = filters[i]
        undo = _UNDO.get(step.id)
        if undo is None:
            raise FormatError(f"{part}: the filter {step.name!r} ({step.id}) cannot be undone here")
        data = undo(data, step.values, limit)
    if len(data) != size:
        raise FormatError(f"{part}: a chunk holds {len(data)} bytes where {size} belong")
    return data


def _inflate(data: bytes, values: tuple[int, ...], limit: int) -> bytes:
    import zlib

    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(data, limit)
    except zlib.error as error:
        raise FormatError(f"a compressed chunk is broken: {error}") from None
    if not inflater.eof:
        raise FormatError(
            "a compressed chunk is broken off" if len(found) < limit else "a compressed chunk is too long"
        )
    return found


def _unshuffle(data: bytes, values: tuple[int, ...], limit: int) -> bytes:
    size = values[0] if values else 1
    count = len(data) // size if size else 0
    if size < 2 or count < 2:
        return data
    made = bytearray(data)  # bytes behind the last whole element were not shuffled
    for i in range(size):
        made[i : count * size : size] = data[i * count : (i + 1) * count]
    return bytes(made)


def _verify_fletcher32(data: bytes, values: tuple[int, ...], limit: int) -> bytes:
    if len(data) < 4:
        raise FormatError("a chunk is shorter than its checksum")
    data, stored = data[:-4], struct.unpack("<HH", data[-4:])
    low, high = fletcher32(data)
    # 0 and 65535 are the same in this arithmetic; HDF5 before 1.6.3 stored the bytes of both halves swapped.
    wanted = (low % 65535, high % 65535)
    swapped = tuple((half >> 8 | half << 8 & 0xFF00) % 65535 for half in stored)
    if wanted not in (tuple(half % 65535 for half in stored), swapped):
        raise FormatError("the checksum of a chunk does not match (fletcher32)")
    return data


def fletcher32(data: bytes) -> tuple[int, int]:
    """Return the two sums modulo 65535 of `data` as big-endian 16-bit words, as H5checksum.c computes them."""
    from itertools import accumulate

    words = struct.unpack(f">{len(data) // 2}H", data[: len(data) & ~1])
    if len(data) & 1:
        words += (data[-1] << 8,)
    return sum(words) % 65535, sum(accumulate(words)) % 65535


def _unlzf(data: bytes, values: tuple[int, ...], limit: int) -> bytes:
    from keras_doctor.wire.hdf5.lzf import decompress

    return decompress(data, limit)


_UNDO: dict[int, Callable[[bytes, tuple[int, ...], int], bytes]] = {
    DEFLATE: _inflate, SHUFFLE: _unshuffle, FLETCHER32: _verify_fletcher32, LZF: _unlzf,
}  # fmt: skip
