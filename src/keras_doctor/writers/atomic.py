"""A file that appears whole or not at all.

It is written under another name beside its place, brought to the disk and moved there. Whatever ends the process, the
target is what it was before, or the new file.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from io import BufferedRandom, FileIO

from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from _typeshed import ReadableBuffer

_BUFFER = 1 << 20
_STRETCH = 1 << 25  # bytes that are written before the disk is told of them
_ENDING = ".partial"  # no reader takes such a file for a model
_NAME = 50  # characters of the target's name in it: a longer one could be too long
_TRIES = 1000


@contextmanager
def placed(path: str, *, force: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write to, which stands at `path` once the block has ended without an error.

    A link is followed: the file that it leads to is replaced, with its mode kept. Raises `Refused` when something is
    there and `force` is not given, and OSError as `open` does.
    """
    path = os.path.realpath(path)
    before = _status(path)
    if before is not None and not force:
        raise _exists(path)
    descriptor, fresh = _beside(path)
    try:
        with BufferedRandom(_Flowing(descriptor, "w+b"), _BUFFER) as file:
            if before is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, before.st_mode & 0o7777)
            yield file
            file.flush()
            os.fsync(descriptor)
        _move(fresh, path, force)
    finally:
        if os.path.lexists(fresh):
            os.unlink(fresh)
    _settle(os.path.dirname(path))


class _Flowing(FileIO):
    """A file whose bytes go to the disk while others are still computed; else all would wait for the end."""

    _fresh = 0

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, and have the system begin with what has come together."""
        written = super().write(data)
        self._fresh += written
        if self._fresh >= _STRETCH and hasattr(os, "posix_fadvise"):
            end = self.tell()
            # Pages that are not wanted any more are written first, and nobody waits for it.
            os.posix_fadvise(self.fileno(), max(0, end - self._fresh), self._fresh, os.POSIX_FADV_DONTNEED)
            self._fresh = 0
        return written


def _beside(path: str) -> tuple[int, str]:
    """Open a new file beside `path`; return its descriptor and name. What a killed process left is passed over."""
    folder, name = os.path.split(path)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    for number in range(_TRIES):
        fresh = os.path.join(folder, f"{name[:_NAME]}.{os.getpid()}-{number}{_ENDING}")
        try:
            return os.open(fresh, flags, 0o666), fresh
        except FileExistsError:
            continue
    raise FileExistsError(f"{folder} is full of files of killed processes: remove the {_ENDING} ones")


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _exists(path: str) -> Refused:
    return Refused(f"{path} is there already (--force replaces it)")


def _move(fresh: str, path: str, force: bool) -> None:
    """Move the finished file to its place. Without `force`, nothing that came there in the meantime is replaced."""
    if not force:
        try:
            os.link(fresh, path)  # fails where a rename would replace
            return
        except FileExistsError:
            raise _exists(path) from None
        except OSError:  # a file system without links
            if _status(path) is not None:
                raise _exists(path) from None
    os.replace(fresh, path)


def _settle(folder: str) -> None:
    """Bring the folder's new entry to the disk, where folders can be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:  # a file system that does not do this
        pass
    finally:
        os.close(descriptor)
