"""Random access to bytes: a file, bytes in memory, any seekable binary file, or a window of another source.

`pread` with a small cache instead of `mmap`: a mapped file that somebody truncates kills the process (SIGBUS), and its
touched pages count as memory of a check that promises to stay small.
"""

from __future__ import annotations

import os
from stat import S_ISREG

from keras_doctor.wire.errors import FormatError, Truncated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

_SMALL = 1 << 20  # a file up to this size is read at once: one system call
_BLOCK = 1 << 16
_BLOCKS = 128  # blocks kept: 8 MiB
# Without waiting: the name that a model's folder gives may be that of a pipe.
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


class Source:
    """Bytes at offsets 0 … size. `read` returns exactly what was asked for or raises `Truncated`."""

    __slots__ = ("name", "size")

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`. Raises `Truncated` when they are not all there."""
        raise NotImplementedError

    def read_up_to(self, offset: int, length: int) -> bytes:
        """Return what there is of `length` bytes from `offset`, b"" past the end."""
        if offset >= self.size or offset < 0 or length <= 0:
            return b""
        return self.read(offset, min(length, self.size - offset))

    def window(self, offset: int, length: int, name: str = "") -> Source:
        """Return the `length` bytes from `offset` as a source of its own; it may be cut short by the end of this
        one.
        """
        offset = max(0, min(offset, self.size))
        return _Window(self, offset, max(0, min(length, self.size - offset)), name or self.name)

    def chunks(self, offset: int = 0, length: int | None = None, step: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes from `offset` in pieces of at most `step`."""
        end = self.size if length is None else min(self.size, offset + length)
        while offset < end:
            piece = self.read(offset, min(step, end - offset))
            yield piece
            offset += len(piece)

    def close(self) -> None:
        """Release what the source holds open; reading afterwards is an error."""


class BytesSource(Source):
    """Bytes in memory."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes, name: str = "<bytes>") -> None:
        super().__init__(name, len(data))
        self._data = data

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Truncated(f"{length} bytes wanted where {max(0, self.size - offset)} are left", offset)
        return self._data[offset : offset + length]


class BufferSource(Source):
    """Bytes in a buffer, which is not copied."""

    __slots__ = ("_view",)

    def __init__(self, data: bytearray, name: str = "<buffer>") -> None:
        super().__init__(name, len(data))
        self._view = memoryview(data)

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Truncated(f"{length} bytes wanted where {max(0, self.size - offset)} are left", offset)
        return self._view[offset : offset + length].tobytes()


class _Blocks(Source):
    """A file too large to hold: blocks are read when wanted and the last few kept."""

    __slots__ = ("_blocks", "_close", "_pread")

    def __init__(self, name: str, size: int, pread: Callable[[int, int], bytes], close: Callable[[], None]) -> None:
        super().__init__(name, size)
        self._pread = pread
        self._close = close
        self._blocks: dict[int, bytes] = {}

    def read(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Truncated(f"{length} bytes wanted where {max(0, self.size - offset)} are left", offset)
        index, start = divmod(offset, _BLOCK)
        if start + length <= _BLOCK:
            data = self._block(index)[start : start + length]
        elif length <= 2 * _BLOCK:
            last = (offset + length - 1) // _BLOCK
            data = b"".join(self._block(i) for i in range(index, last + 1))[start : start + length]
        else:
            data = self._exactly(offset, length)
        if len(data) != length:
            raise Truncated("the file became shorter while it was read", offset)
        return data

    def _exactly(self, offset: int, length: int) -> bytes:
        try:
            data = self._pread(length, offset)
            while len(data) < length:  # a read may return less than was asked for (2 GiB on Linux, pipes)
                more = self._pread(length - len(data), offset + len(data))
                if not more:
                    break
                data += more
        except OSError as error:  # a failing disk, a network file system that went away
            raise FormatError(f"the bytes cannot be read: {error.strerror or error}", offset) from None
        return data

    def _block(self, index: int) -> bytes:
        block = self._blocks.get(index)
        if block is None:
            offset = index * _BLOCK
            block = self._exactly(offset, min(_BLOCK, self.size - offset))
            if len(self._blocks) >= _BLOCKS:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[index] = block
        return block

    def close(self) -> None:
        self._close()


class _Window(Source):
    __slots__ = ("_parent", "_start")
    _parent: Source
    _start: int

    def __init__(self, parent: Source, start: int, length: int, name: str) -> None:
        super().__init__(name, length)
        if isinstance(parent, _Window):  # a window of a window reads from the source below both
            start += parent._start
            parent = parent._parent
        self._parent = parent
        self._start = start

    def read(self, offset: int, length: int) -> bytes:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Truncated(f"{length} bytes wanted where {max(0, self.size - offset)} are left", offset)
        return self._parent.read(self._start + offset, length)


def origin(source: Source) -> tuple[Source, int]:
    """Return the source that a window is of, and where the window starts in it; any other source is its own origin."""
    return (source._parent, source._start) if isinstance(source, _Window) else (source, 0)


def open_path(path: str) -> Source:
    """Open a regular file. Raises OSError as `open` does; for names no file can have, folders and pipes as well."""
    try:
        fd = os.open(path, _READING)
    except ValueError as error:  # a NUL or a lone surrogate in a name that a file gave
        raise _refusal("ENOENT", str(error), path) from None
    try:
        status = os.fstat(fd)
        if not S_ISREG(status.st_mode):
            raise _refusal("EINVAL", "not a regular file", path)
        size = status.st_size
        if size > _SMALL:
            descriptor = _Descriptor(fd)
            fd = -1
            return _Blocks(path, size, descriptor.pread, descriptor.close)
        with os.fdopen(fd, "rb", buffering=0) as file:
            fd = -1
            return BytesSource(file.read(), path)
    finally:
        if fd >= 0:
            os.close(fd)


def _refusal(name: str, reason: str, path: str) -> OSError:
    import errno

    return OSError(getattr(errno, name), reason, path)


class _Descriptor:
    """An open file that is closed when nobody refers to it any more: a document may be kept as long as its tensors are
    wanted.
    """

    __slots__ = ("_fd",)

    def __init__(self, fd: int) -> None:
        self._fd = fd

    if hasattr(os, "pread"):

        def pread(self, length: int, offset: int) -> bytes:
            return os.pread(self._fd, length, offset)

    else:  # Windows

        def pread(self, length: int, offset: int) -> bytes:
            os.lseek(self._fd, offset, os.SEEK_SET)
            return os.read(self._fd, length)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    __del__ = close


def open_file(file: BinaryIO, name: str = "<file>") -> Source:
    """Wrap any seekable binary file (io.BytesIO, fsspec, a socket-backed file). Raises OSError when it cannot seek."""
    size = file.seek(0, os.SEEK_END)

    def pread(length: int, offset: int) -> bytes:
        file.seek(offset)
        return file.read(length) or b""

    return _Blocks(name, size, pread, file.close)
