"""The bytes of an HDF5 file: superblock 0, groups as symbol tables, contiguous datasets.

That is what HDF5 1.6 and every release since reads, and h5py writes by default. Everything but the tensors' bytes is
laid out in memory first, so that the file is written from its start to its end: into a member of a zip, too. No
times are noted, and nothing depends on the machine: the same tree gives the same bytes.
Source: the HDF5 File Format Specification 3.0, sections II.A, III.A.1, III.B to III.E, IV.A.
"""

from __future__ import annotations

from struct import pack

from keras_doctor.wire.errors import FormatError
from keras_doctor.writers.hdf5_heap import GlobalHeap
from keras_doctor.writers.hdf5_tree import Dataset, Group
from keras_doctor.writers.hdf5_types import attribute_body, dataspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.writers.hdf5_types import Attribute

SIGNATURE = b"\x89HDF\r\n\x1a\n"
UNDEFINED = 2**64 - 1
_SUPERBLOCK = 96
_LEAF, _INTERNAL = 4, 16  # half of what a symbol node and a B-tree node hold: HDF5's own defaults
_NODE = 24 + 8 * (2 * _INTERNAL + 1) + 8 * 2 * _INTERNAL
_SYMBOLS = 8 + 2 * _LEAF * 40
_SPACE, _TYPE, _FILL, _LAYOUT, _ATTRIBUTE, _TABLE = 1, 3, 5, 8, 12, 17  # kinds of header messages
_NO_FILL = bytes.fromhex("0202020100000000")  # space is taken late, the value is HDF5's own zero


class Layout:
    """A file that is laid out: `size` bytes, which `emit` writes in order."""

    def __init__(self, root: Group) -> None:
        self._meta = bytearray(_SUPERBLOCK)
        self._heap = GlobalHeap()
        self._data: list[Dataset] = []
        self._pending: list[tuple[int, int]] = []  # where an address of data stands, and the data it is of
        self._references: list[tuple[int, bytes]] = []  # where a reference to a text stands, and the text
        header, tree, heap = self._group(root)
        self._settle_texts()
        self._offsets: list[int] = []
        end = len(self._meta)
        for dataset in self._data:
            end += -end % 8
            self._offsets.append(end)
            end += dataset.nbytes
        for at, number in self._pending:
            self._meta[at : at + 8] = pack("<Q", self._offsets[number])
        self.size = end
        self._meta[:_SUPERBLOCK] = (
            SIGNATURE
            + pack("<8BHHI", 0, 0, 0, 0, 0, 8, 8, 0, _LEAF, _INTERNAL, 0)
            + pack("<4Q", 0, UNDEFINED, end, UNDEFINED)
            + pack("<QQI4xQQ", 0, header, 1, tree, heap)
        )

    def emit(self, write: Callable[[bytes], object]) -> None:
        """Write the file. Raises `FormatError` when a tensor has more or fewer bytes than its shape needs."""
        write(bytes(self._meta))
        end = len(self._meta)
        for dataset, offset in zip(self._data, self._offsets, strict=True):
            if offset > end:
                write(bytes(offset - end))
            end = offset
            for piece in dataset.chunks():
                end += len(piece)
                if end - offset > dataset.nbytes:
                    break
                write(piece)
            if end - offset != dataset.nbytes:
                raise FormatError(f"{dataset.path}: the bytes do not fit the shape {list(dataset.shape)}")

    def _take(self, body: bytes) -> int:
        """Append a structure; return its address."""
        at = len(self._meta)
        self._meta += body
        self._meta += bytes(-len(body) % 8)
        return at

    def _group(self, group: Group) -> tuple[int, int, int]:
        """Lay out a group, what is below it first; return where its header, B-tree and heap are."""
        entries = []
        names = bytearray(8)  # the heap begins with the empty name
        keyed = {name.encode("utf-8", "surrogateescape"): member for name, member in group.members.items()}
        for key in sorted(keyed):  # the trees are searched in this order
            member = keyed[key]
            at = len(names)
            names += key + bytes(8 - len(key) % 8)
            if isinstance(member, Group):
                header, tree, heap = self._group(member)
                entries.append((at, pack("<QQI4xQQ", at, header, 1, tree, heap)))
            else:
                entries.append((at, pack("<QQI4x16x", at, self._dataset(member), 0)))
        heap_at = len(self._meta)
        self._take(pack("<4sB3xQQQ", b"HEAP", 0, len(names), 1, heap_at + 32) + names)
        tree_at = self._tree(entries)
        return self._header([(_TABLE, pack("<QQ", tree_at, heap_at))], group.attributes), tree_at, heap_at

    def _tree(self, entries: list[tuple[int, bytes]]) -> int:
        """Lay out the symbols of a group, and the B-tree over them; return where its root is."""
        children = []  # (place of the last name below, address)
        for start in range(0, len(entries), 2 * _LEAF):
            few = entries[start : start + 2 * _LEAF]
            body = pack("<4sBxH", b"SNOD", 1, len(few)) + b"".join(entry for _, entry in few)
            children.append((few[-1][0], self._take(body.ljust(_SYMBOLS, b"\0"))))
        level = 0
        while True:
            children = self._nodes(children, level)
            if len(children) == 1:
                return children[0][1]
            level += 1

    def _nodes(self, children: list[tuple[int, int]], level: int) -> list[tuple[int, int]]:
        """Lay out one level of a B-tree; return its nodes as the children of the next."""
        groups = [children[start : start + 2 * _INTERNAL] for start in range(0, len(children), 2 * _INTERNAL)] or [[]]
        first = len(self._meta)
        made = []
        before = 0
        for number, few in enumerate(groups):
            left = first + (number - 1) * _NODE if number else UNDEFINED
            right = first + (number + 1) * _NODE if number + 1 < len(groups) else UNDEFINED
            body = pack("<4sBBHQQQ", b"TREE", 0, level, len(few), left, right, before)
            for last, address in few:
                body += pack("<QQ", address, last)
                before = last
            made.append((before, self._take(body.ljust(_NODE, b"\0"))))
        return made

    def _dataset(self, dataset: Dataset) -> int:
        layout = pack("<BBQQ", 3, 1, UNDEFINED, dataset.nbytes)
        messages = [
            (_SPACE, dataspace(dataset.shape)),
            (_TYPE, dataset.datatype),
            (_FILL, _NO_FILL),
            (_LAYOUT, layout),
        ]
        address = self._header(messages, dataset.attributes)
        if dataset.nbytes:
            at = address + 16 + sum(8 + len(body) + -len(body) % 8 for _, body in messages[:-1]) + 8
            self._pending.append((at + 2, len(self._data)))
            self._data.append(dataset)
        return address

    def _header(self, messages: list[tuple[int, bytes]], attributes: dict[str, Attribute]) -> int:
        """Lay out an object header; return its address."""
        address = len(self._meta)
        body = bytearray()
        for kind, content in messages:
            body += _message(kind, content)
        for name, attribute in attributes.items():
            body += _message(_ATTRIBUTE, attribute_body(name, attribute, bytes(16)))
            if attribute.text is not None:  # the reference is the end of the message
                self._references.append((address + 16 + len(body) - 16, attribute.text))
        return self._take(pack("<BxHII4x", 1, len(messages) + len(attributes), 1, len(body)) + body)

    def _settle_texts(self) -> None:
        """Put the texts of variable size behind everything else, and lead the references there."""
        places = self._heap.lay_out({text for _, text in self._references}, len(self._meta))
        self._meta += self._heap.body
        for at, text in self._references:
            self._meta[at : at + 16] = pack("<IQI", len(text), *places[text])


def _message(kind: int, body: bytes) -> bytes:
    padding = -len(body) % 8
    return pack("<HHB3x", kind, len(body) + padding, 0) + body + bytes(padding)
