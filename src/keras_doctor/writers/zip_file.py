"""A zip archive whose members are stored, written from its start to its end (APPNOTE.TXT 4.3, with ZIP64).

Only the checksum of a member is filled in afterwards: it stands before the bytes that it is of. All dates are the
earliest that the format knows.
"""

from __future__ import annotations

from struct import pack
from zlib import crc32

from keras_doctor.wire.zip_directory import CENTRAL, CENTRAL_SIGNATURE, LOCAL, LOCAL_SIGNATURE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_DATE = 1 << 5 | 1  # 1 January 1980
_UTF8 = 1 << 11
_ELSEWHERE = 0xFFFFFFFF  # stands for a number that is in the extra field
_LARGE = 0xFFFFFFFF  # numbers from here on are
_MODE = 0o100644 << 16
_UNIX = 3 << 8


class ZipWriter:
    """Writes members one after the other to a seekable file; `close` ends the archive."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: list[bytes] = []

    def text(self, name: str, content: bytes) -> None:
        """Write a member whose bytes are there."""
        self.member(name, len(content), lambda write: write(content))

    def member(self, name: str, size: int, emit: Callable[[Callable[[bytes], object]], object]) -> None:
        """Write a member of `size` bytes, which `emit` gives to the function that it is called with."""
        file = self._file
        start = file.tell()
        key = name.encode("utf-8", "surrogateescape")
        flags = 0 if key.isascii() else _UTF8
        large, far = size >= _LARGE, start >= _LARGE
        version = 45 if large or far else 20
        short = _ELSEWHERE if large else size
        local_extra = pack("<HHQQ", 1, 16, size, size) if large else b""
        sizes = (short, short, len(key), len(local_extra))
        file.write(LOCAL.pack(LOCAL_SIGNATURE, version, flags, 0, 0, _DATE, 0, *sizes) + key + local_extra)
        crc = _Crc(file)
        emit(crc.write)
        end = file.tell()
        file.seek(start + 14)
        file.write(pack("<I", crc.value))
        file.seek(end)
        wide = [size, size] * large + [start] * far
        extra = pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
        head = (CENTRAL_SIGNATURE, _UNIX | version, version, flags, 0, 0, _DATE, crc.value, short, short)
        tail = (len(key), len(extra), 0, 0, 0, _MODE, _ELSEWHERE if far else start)
        self._entries.append(CENTRAL.pack(*head, *tail) + key + extra)

    def close(self) -> None:
        """Write the directory, and the records that end the archive."""
        file = self._file
        start = file.tell()
        directory = b"".join(self._entries)
        file.write(directory)
        count, size = len(self._entries), len(directory)
        few, near = min(count, 0xFFFF), start
        if count >= 0xFFFF or start >= _LARGE:
            near = _ELSEWHERE
            at = start + size
            file.write(pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start))
            file.write(pack("<4sIQI", b"PK\x06\x07", 0, at, 1))
        file.write(pack("<4s4H2IH", b"PK\x05\x06", 0, 0, few, few, size, near, 0))


class _Crc:
    """Passes bytes on, and keeps their checksum."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.value = 0

    def write(self, data: bytes) -> None:
        self.value = crc32(data, self.value)
        self._file.write(data)
