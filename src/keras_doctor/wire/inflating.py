"""The beginning of a compressed file: as much as is asked for, never more, whatever the file declares."""

from __future__ import annotations

import zlib

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from keras_doctor.wire.source import Source

    Made: TypeAlias = tuple[Any, type[Exception]]

_STEP = 1 << 16
_LZMA_MEMORY = 64 << 20  # bytes that a stream may ask for its dictionary


@record
class Inflated:
    """What came out: `data`; `whole` when that is everything; `broken` says why it ended early, "" when it did not."""

    data: bytes
    whole: bool
    broken: str = ""


def _bzip2() -> Made:
    from bz2 import BZ2Decompressor

    return BZ2Decompressor(), OSError


def _lzma() -> Made:
    from lzma import LZMADecompressor, LZMAError

    return LZMADecompressor(memlimit=_LZMA_MEMORY), LZMAError


def _zstd() -> Made:
    # Python 3.14 and later
    from compression.zstd import ZstdDecompressor, ZstdError  # type: ignore[import-not-found,unused-ignore]

    return ZstdDecompressor(), ZstdError


# Compression → what makes its decompressor, with the error that this raises.
METHODS: dict[str, Callable[[], Made]] = {
    "gzip": lambda: (zlib.decompressobj(16 + zlib.MAX_WBITS), zlib.error),
    "zlib": lambda: (zlib.decompressobj(), zlib.error),
    "deflate": lambda: (zlib.decompressobj(-zlib.MAX_WBITS), zlib.error),
    "bzip2": _bzip2,
    "xz": _lzma,
    "zstd": _zstd,
}


def inflate(source: Source, method: str, most: int) -> Inflated:
    """Return up to `most` bytes of what a source inflates to.

    Raises `FormatError` when the very beginning is broken, and when this Python has no decompressor for the method.
    """
    try:
        decompressor, failure = METHODS[method]()
    except (ImportError, KeyError):
        raise FormatError(f"this Python cannot decompress {method}") from None
    pieces: list[bytes] = []
    left = most
    broken = ""
    position = 0
    try:
        while left > 0 and not decompressor.eof:
            given = getattr(decompressor, "unconsumed_tail", b"")
            if not given and getattr(decompressor, "needs_input", True):
                given = source.read_up_to(position, _STEP)
                position += len(given)
                if not given:
                    broken = "the compressed data ends early"
                    break
            made = decompressor.decompress(given, left)
            pieces.append(made)
            left -= len(made)
    except (failure, EOFError, ValueError, MemoryError) as error:
        broken = str(error) or type(error).__name__
        if not any(pieces):
            raise FormatError(f"not {method} data: {broken}", 0) from None
    return Inflated(b"".join(pieces), bool(decompressor.eof) and not broken, broken)
