"""The file: finds the superblock (II.A) and opens the root group."""

from __future__ import annotations

from keras_doctor.wire.errors import Damage, FormatError, Oddity
from keras_doctor.wire.hdf5.group import Group, open_object
from keras_doctor.wire.hdf5.reader import BROKEN, USUAL, Reader, fields_of
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.dataset import Dataset
    from keras_doctor.wire.source import Source

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_IMPOSSIBLE = 1 << 50  # no file is a pebibyte short


class File:
    """An HDF5 file over any source.

    `base`: where the HDF5 begins in the source, behind a user block; `superblock_version`; `declared_end`: the offset
    in the source where the superblock says that the file ends; `root`: the root group; `damage` and `oddities` grow
    while things are looked at.

    Raises `FormatError` only when no superblock stands at 0, 512, 1024, 2048 ….
    """

    __slots__ = ("_reader", "base", "declared_end", "oddities", "root", "source", "superblock_version")

    def __init__(self, source: Source, limits: Limits = DEFAULT_LIMITS) -> None:
        base = find_superblock(source)
        head = source.read_up_to(base, 128)
        self.source = source
        self.base = base
        self.superblock_version = head[8] if len(head) > 8 else 0
        self.declared_end = 0
        reader = Reader(source, base, USUAL, limits)
        if self.superblock_version > 3 and head[13:15] == b"\x08\x08":
            what = f"the superblock is said to be of version {self.superblock_version}, and looks like version 0"
            reader.hurt("structure", what, "/", 0)
            self.superblock_version = 0
        self._reader = reader
        self.oddities: list[Oddity] = reader.oddities
        root: int | None = None
        try:
            if self.superblock_version <= 1:
                root = self._superblock0(head, reader)
            else:
                from keras_doctor.wire.hdf5.superblock2 import read_superblock2

                self.declared_end, root = read_superblock2(head, reader, self.superblock_version)
            self._compare_ends(reader)
        except BROKEN as error:
            reader.hurt_by(error, "the superblock", "/", 0)
        if base:
            what = f"{base} bytes of other content stand before the HDF5 data"
            reader.odd("hdf5-user-block", what, "/", (("bytes", base),))
        opened = None if root is None else open_object(reader, "/", root)
        self.root: Group = opened if isinstance(opened, Group) else Group(reader, "/", root or 0, [])

    def _superblock0(self, head: bytes, reader: Reader) -> int:
        """Read a superblock of version 0 or 1 and return the address of the root's header.

        Raises `FormatError` or struct.error.
        """
        reader.fields = fields_of(reader, head[13], head[14])
        address, width = reader.fields.address, reader.fields.offset_size
        at = 24 if self.superblock_version == 0 else 28
        stored_base, _, end, _ = (address(head, at + i * width)[0] for i in range(4))
        self.declared_end = self.base + end - stored_base
        _, header, cache, btree, heap = reader.fields.symbol(head, at + 4 * width)
        if cache == 1:
            reader.cached_groups[header] = btree, heap
        return int(header)

    def _compare_ends(self, reader: Reader) -> None:
        missing = self.declared_end - self.source.size
        if missing > _IMPOSSIBLE:
            what = f"the superblock states an impossible end of the file: {self.declared_end}"
            reader.hurt("structure", what, "/", 0)
        elif missing > 0:
            reader.truncated = True
            what = (
                f"the file ends {missing} bytes early: it should have {self.declared_end}, and has {self.source.size}"
            )
            reader.hurt("truncated", what, "/", self.source.size - self.base, missing)

    @property
    def damage(self) -> list[Damage]:
        """What was found to be lost or broken so far."""
        if self._reader.checksums is not None:
            self._reader.checksums.settle()
        return self._reader.damage

    def get(self, path: str) -> Group | Dataset | None:
        """Return the object at `path`; None when there is none. Soft and external links are not followed."""
        return self.root.get(path)

    @classmethod
    def _of(cls, reader: Reader) -> File:
        """Return a file with an empty root over a reader whose superblock is lost."""
        file = cls.__new__(cls)
        file._reader = reader
        file.source = reader.source
        file.base = reader.base
        file.superblock_version = 0
        file.declared_end = reader.source.size
        file.oddities = reader.oddities
        file.root = Group(reader, "/", -1, [])
        return file

    @classmethod
    def salvage(cls, source: Source, limits: Limits = DEFAULT_LIMITS) -> File:
        """Return what can be found of a file whose superblock or root is destroyed.

        The marks of its structures are searched for; raises `FormatError` when there are none.
        """
        from keras_doctor.wire.hdf5.salvage import salvage

        return salvage(cls, source, limits)


def find_superblock(source: Source) -> int:
    """Return the offset of the superblock. Raises `FormatError` when there is none at 0, 512, 1024, 2048 …."""
    offset = 0
    while offset < source.size:
        if source.read_up_to(offset, 8) == SIGNATURE:
            return offset
        offset = offset * 2 or 512
    raise FormatError("no HDF5 superblock", 0)
