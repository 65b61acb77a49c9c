"""LibLZF's format, which h5py's filter "lzf" writes: literal runs and copies of what came up to 8 KiB before."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError


def decompress(data: bytes, limit: int) -> bytes:
    """Return the decompressed bytes. Raises `FormatError` when `data` is broken or yields more than `limit` bytes."""
    made = bytearray()
    at, end = 0, len(data)
    try:
        while at < end:
            control = data[at]
            at += 1
            if control < 32:  # a run of literals
                made += data[at : at + control + 1]
                at += control + 1
            else:
                length = control >> 5
                if length == 7:
                    length += data[at]
                    at += 1
                back = ((control & 31) << 8 | data[at]) + 1
                at += 1
                length += 2
                start = len(made) - back
                if start < 0:
                    raise FormatError("a chunk compressed with lzf is broken")
                if back >= length:
                    made += made[start : start + length]
                else:  # the copy overlaps itself: it repeats
                    made += (made[start:] * (length // back + 1))[:length]
            if len(made) > limit:
                raise FormatError("a chunk compressed with lzf is too long")
    except IndexError:
        at = end + 1
    if at > end:
        raise FormatError("a chunk compressed with lzf is broken off")
    return bytes(made)
