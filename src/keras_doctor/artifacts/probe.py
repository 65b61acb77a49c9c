"""What is at a path, looked at once: the candidates of `sniff` share its head, its listing and its parsed container."""

from __future__ import annotations

import os
import stat

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits
from keras_doctor.wire.source import BytesSource, Source, open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.archive import Archive
    from keras_doctor.wire.hdf5 import File

HEAD = 4096


class Probe:
    """A path (or bytes) under examination.

    `kind`: "file", "directory", "missing", "unreadable" or "special"; `reason` says why for the last three. `source`
    reads a file's bytes; `entries` lists a directory's names, sorted. `head` is the file's first 4096 bytes.
    """

    def __init__(
        self, path: str, source: Source | None = None, limits: Limits = DEFAULT_LIMITS, deep: bool = False
    ) -> None:
        self.path = path
        self.limits = limits
        self.deep = deep
        self.kind = "file"
        self.reason = ""
        self.entries: tuple[str, ...] = ()
        self.source: Source = source or BytesSource(b"", path)
        self._archive: Archive | FormatError | None = None
        self._hdf5: File | FormatError | None = None
        self._remains: File | FormatError | None = None
        if source is None:
            self._open()
        self.head = self.source.read_up_to(0, HEAD)

    def _open(self) -> None:
        try:
            mode = os.stat(self.path).st_mode
            if stat.S_ISDIR(mode):
                self.kind = "directory"
                self.entries = tuple(sorted(os.listdir(self.path)))
            elif stat.S_ISREG(mode):
                self.source = open_path(self.path)
            else:
                self.kind, self.reason = "special", "it is neither a regular file nor a directory"
        except FileNotFoundError as error:
            self.kind, self.reason = "missing", error.strerror or ""
            if os.path.islink(self.path):
                self.reason = f"a link to {os.readlink(self.path)}, where nothing is"
        except NotADirectoryError as error:
            self.kind, self.reason = "missing", error.strerror or ""
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            self.kind, self.reason = "unreadable", str(getattr(error, "strerror", None) or error)

    @property
    def extension(self) -> str:
        """The file name's extension in lower case, with the dot; ".weights.h5" and ".weights.json" count as one."""
        name = os.path.basename(self.path.rstrip("/\\")).lower()
        for double in (".weights.h5", ".weights.json"):
            if name.endswith(double):
                return double
        return os.path.splitext(name)[1]

    def archive(self) -> Archive:
        """The zip archive that the file is. Raises `FormatError` when it is none."""
        if self._archive is None:
            from keras_doctor.wire.archive import Archive

            try:
                self._archive = Archive(self.source, self.limits)
            except FormatError as error:
                self._archive = error
        if isinstance(self._archive, FormatError):
            raise self._archive
        return self._archive

    def hdf5(self) -> File:
        """The HDF5 file that the file is. Raises `FormatError` when it is none."""
        if self._hdf5 is None:
            from keras_doctor.wire.hdf5 import File

            try:
                self._hdf5 = File(self.source, self.limits)
            except FormatError as error:
                self._hdf5 = error
        if isinstance(self._hdf5, FormatError):
            raise self._hdf5
        return self._hdf5

    def hdf5_remains(self) -> File:
        """What can be found of an HDF5 file whose beginning is destroyed. Raises `FormatError` when that is nothing."""
        if self._remains is None:
            from keras_doctor.wire.hdf5 import File

            try:
                self._remains = File.salvage(self.source, self.limits)
            except FormatError as error:
                self._remains = error
        if isinstance(self._remains, FormatError):
            raise self._remains
        return self._remains

    def beside(self, name: str) -> str:
        """Return the path of `name` inside this directory, or beside this file."""
        base = self.path if self.kind == "directory" else os.path.dirname(self.path)
        return os.path.join(base, name)
