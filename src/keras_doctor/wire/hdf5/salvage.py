"""Files whose superblock or root is destroyed: the tree is put together again from the structures that survive.

Entries of symbol nodes name object headers and repeat the B-tree and heap of groups, so all below a node that
survives can be read. What no surviving group names is gathered under the root.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.group import Group, open_object
from keras_doctor.wire.hdf5.header import ATTRIBUTE, read_header
from keras_doctor.wire.hdf5.marks import find_attributes, find_marks
from keras_doctor.wire.hdf5.reader import BROKEN, USUAL, Reader
from keras_doctor.wire.hdf5.symbols import read_local_heap, read_symbol_node, symbol_nodes
from keras_doctor.wire.hdf5.textmode import undo_text_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.dataset import Dataset
    from keras_doctor.wire.hdf5.file import File
    from keras_doctor.wire.hdf5.links import Link
    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

_NODE, _HEAP, _TREE, _HEADER = b"SNOD", b"HEAP", b"TREE", b"OHDR"
_HEAPS, _NODES = 64, 4096  # heaps, and nodes or headers, that are considered


def salvage(kind: type[File], source: Source, limits: Limits) -> File:
    """Return what can be found of the file. Raises `FormatError` when nothing can."""
    undone = undo_text_mode(source, limits)
    if undone is not None:
        source, what = undone
    try:
        file = kind(source, limits)
    except FormatError:
        file = kind._of(Reader(source, 0, USUAL, limits))
    reader = file._reader
    if undone is not None:
        reader.hurt("text-transfer", what, "/", 0)
        reader.marked_heaps = tuple(find_marks(reader, (b"GCOL",))[b"GCOL"][:_HEAPS])
    before = len(reader.damage)
    rescued = _Rescue(reader, file.root)
    found = rescued.run()
    if not file.root._messages and not file.root._members() and not file.root.attributes:
        raise FormatError("no structure of an HDF5 file is left", 0)
    if found:
        del reader.damage[before:]  # of candidates that came to nothing
        what = f"the way to {found} objects is destroyed; they were found by searching the file"
        reader.hurt("structure", what, "/", 0)
    return file


class _Rescue:
    """The search in one file; what is found goes into its root."""

    def __init__(self, reader: Reader, root: Group) -> None:
        self.reader = reader
        self.root = root
        self.reached: set[int] = set()  # addresses of structures that some group leads to
        self.groups: dict[int, Group] = {}  # by the address of their heap
        self.attributes: set[int] = set()  # addresses of attributes of objects that are reached
        self.found = 0

    def run(self) -> int:
        """Add what is lost to the root; return how many objects that makes accessible."""
        marks = find_marks(self.reader, (_NODE, _HEAP, _TREE, _HEADER))
        self._reach(self.root)
        for node in self.root.walk():
            self._reach(node)
        self._add_tables(marks)
        self._add_headers(marks[_HEADER])
        if not any(message[0] == ATTRIBUTE for message in self.root._messages):
            self.root.attributes.update(find_attributes(self.reader, self.attributes, "/"))
        return self.found

    def _reach(self, node: Group | Dataset) -> None:
        """Note the structures that belong to `node`."""
        reader = self.reader
        self.reached.add(node.address)
        try:
            messages = node._messages if isinstance(node, Group) else read_header(reader, node.address, node.path)
        except BROKEN:
            return
        self.attributes.update(address for kind, _, _, address in messages if kind == ATTRIBUTE)
        if isinstance(node, Group):
            where = node._places()
            if where is not None:
                self.reached.update((where[0], *symbol_nodes(reader, where[0], node.path)))
                self.groups[where[1]] = node

    def _add_tables(self, marks: dict[bytes, list[int]]) -> None:
        """Add the members of groups of the old style that nothing leads to."""
        lost = [node for node in marks[_NODE] if node not in self.reached]
        # A node may belong to a group that another lost node names: those are not lost, only found later.
        claimed = self._claimed(lost)
        hurt = {damage.part for damage in self.reader.damage}
        heaps: dict[int, bytes] = {}
        for address in marks[_HEAP]:
            group = self.groups.get(address)
            if address in claimed or len(heaps) >= _HEAPS or (group is not None and group.path not in hurt):
                continue
            try:
                heaps[address] = read_local_heap(self.reader, address, "/")
            except BROKEN:
                continue
        by_heap: dict[int, dict[str, int | Link]] = {}
        for node in lost[:_NODES]:
            if node not in claimed:
                heap = self._heap_of(node, heaps)
                try:
                    read_symbol_node(self.reader, node, heaps.get(heap, b""), by_heap.setdefault(heap, {}), "/")
                except BROKEN:
                    continue
        for heap in sorted(by_heap):
            group = self.groups.get(heap)
            if group is None and not self.root._members():
                group = self.root
            self._adopt(by_heap[heap], group, heap)

    def _claimed(self, nodes: list[int]) -> set[int]:
        """Return the structures of the groups that the entries of `nodes` name, at any depth."""
        reader = self.reader
        claimed: set[int] = set()
        for node in nodes:
            entries: dict[str, int | Link] = {}
            try:
                read_symbol_node(reader, node, b"", entries, "/")
            except BROKEN:
                continue
        for btree, heap in list(reader.cached_groups.values()):
            if btree not in self.reached:
                claimed.update((btree, heap))
                claimed.update(symbol_nodes(reader, btree, "/"))
        return claimed

    def _heap_of(self, node: int, heaps: dict[int, bytes]) -> int:
        """Return the nearest heap whose names fit the entries of `node`, -1 when none does.

        They fit when each begins where a name can, when they ascend, and when the heap's group has none of them yet.
        """
        reader = self.reader
        count = int.from_bytes(reader.take_some(node + 6, 2), "little")
        size = reader.fields.symbol_size
        body = reader.take_some(node + 8, count * size)
        offsets = [reader.fields.address(body, start)[0] for start in range(0, len(body) // size * size, size)]
        found, distance = -1, -1
        for address, names in heaps.items():
            if not all(
                0 < offset < len(names) and names[offset] > 32 and not (names[offset - 1] or offset % 8)
                for offset in offsets
            ):
                continue
            texts = [names[offset:].split(b"\0", 1)[0] for offset in offsets]
            group = self.groups.get(address)
            known = group._members() if group is not None else {}
            if texts != sorted(texts) or any(text.decode("utf-8", "surrogateescape") in known for text in texts):
                continue
            if found < 0 or abs(address - node) < distance:
                found, distance = address, abs(address - node)
        return found

    def _add_headers(self, headers: list[int]) -> None:
        """Add the objects with headers of version 2 that no group leads to, a group before its members."""
        waiting = [address for address in headers if address not in self.reached]
        objects: dict[int, Group | Dataset] = {}
        for address in waiting[:_NODES]:
            made = open_object(self.reader, f"/?{address}", address)
            if made is not None:
                objects[address] = made
        inner = {to for made in objects.values() if isinstance(made, Group) for to in made._members().values()}
        for address, made in objects.items():
            if address in inner:
                continue
            if isinstance(made, Group) and not self.root._members():  # it was the root, most likely
                self.root._messages.extend(made._messages)
                self.root._attributes = None
                self._adopt(made._members(), self.root, address)
            else:
                self._adopt({f"?{address}": address}, self.root, address)

    def _adopt(self, members: dict[str, int | Link], group: Group | None, mark: int) -> None:
        """Put `members` into `group`, or into a new group below the root that is named by the address `mark`."""
        self.found += len(members)
        if group is None and members:
            name = f"?{mark}" if mark >= 0 else "?"
            group = Group(self.reader, f"/{name}", -1, [])
            group._entries = {}
            self.root._members()[name] = -1 - len(self.root._children)  # no header describes it
            self.root._children[name] = group
            self.root._links = None
        if group is not None:
            for key, to in members.items():
                group._members().setdefault(key, to)
            group._links = None
