"""Groups: names that lead to groups, datasets, or outside."""

from __future__ import annotations

from keras_doctor.wire.hdf5.attribute import read_attributes
from keras_doctor.wire.hdf5.dataset import Dataset
from keras_doctor.wire.hdf5.header import DATASPACE, DATATYPE, LAYOUT, LINK, LINK_INFO, SYMBOL_TABLE, read_header
from keras_doctor.wire.hdf5.links import Link, path_of
from keras_doctor.wire.hdf5.reader import BROKEN
from keras_doctor.wire.hdf5.symbols import read_symbols

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keras_doctor.wire.hdf5.attribute import Attribute
    from keras_doctor.wire.hdf5.header import Message
    from keras_doctor.wire.hdf5.reader import Reader

_NEW_STYLE = frozenset((LINK, LINK_INFO))
_read_links: Callable[[Reader, list[Message], str], dict[str, int | Link]] | None = None  # imported when first needed


class Group:
    """One group.

    Iterating gives the names of its members in stored order: by name, or by creation where the file tracks that. `path`
    is "/" for the root; `address` is where its header is.
    """

    __slots__ = ("_attributes", "_children", "_entries", "_links", "_messages", "_reader", "address", "path")

    def __init__(self, reader: Reader, path: str, address: int, messages: list[Message]) -> None:
        self._reader = reader
        self._messages = messages
        self._entries: dict[str, int | Link] | None = None
        self._links: dict[str, Link] | None = None
        self._children: dict[str, Group | Dataset | None] = {}
        self._attributes: dict[str, Attribute] | None = None
        self.path = path
        self.address = address

    def __repr__(self) -> str:
        return f"Group({self.path!r})"

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by name, in stored order."""
        if self._attributes is None:
            self._attributes = read_attributes(self._reader, self._messages, self.path)
        return self._attributes

    @property
    def links(self) -> dict[str, Link]:
        """The links by name, in stored order."""
        if self._links is None:
            self._links = {name: Link(name) if isinstance(to, int) else to for name, to in self._members().items()}
        return self._links

    def __iter__(self) -> Iterator[str]:
        return iter(self._members())

    def __len__(self) -> int:
        return len(self._members())

    def __contains__(self, name: object) -> bool:
        return name in self._members()

    def _members(self) -> dict[str, int | Link]:
        """The address of each member's header, or the link that leads elsewhere, by name."""
        entries = self._entries
        if entries is None:
            entries = self._entries = self._read_members()
        return entries

    def _read_members(self) -> dict[str, int | Link]:
        reader = self._reader
        where = reader.cached_groups.get(self.address)
        for message in self._messages:
            if message[0] == SYMBOL_TABLE:
                where = self._places()
                break
            if message[0] in _NEW_STYLE:
                global _read_links
                if _read_links is None:
                    from keras_doctor.wire.hdf5.newgroup import read_links

                    _read_links = read_links
                return _read_links(reader, self._messages, self.path)
        if where is None:
            if self.address >= 0:
                reader.hurt("missing", "the file does not say any more where the members are", self.path, self.address)
            return {}
        return read_symbols(reader, *where, self.path)

    def _places(self) -> tuple[int, int] | None:
        """Where the B-tree and the heap of an old-style group are; None when nothing says so."""
        reader = self._reader
        cached = reader.cached_groups.get(self.address)
        for kind, _, body, _ in self._messages:
            if kind == SYMBOL_TABLE and len(body) >= 2 * reader.fields.offset_size:
                where = reader.fields.two_addresses(body)
                return where if cached is None or cached == where else self._settle(where, cached)
        return cached

    def _settle(self, own: tuple[int, int], cached: tuple[int, int]) -> tuple[int, int]:
        """Return where B-tree and heap are, when the header and the entry that leads here do not agree."""
        reader = self._reader
        what = "the header and the entry of this group do not agree where its members are"
        reader.hurt("structure", what, self.path, self.address)
        btree = own[0] if reader.take_some(own[0], 4) == b"TREE" else cached[0]
        return btree, own[1] if reader.take_some(own[1], 4) == b"HEAP" else cached[1]

    def child(self, name: str) -> Group | Dataset | None:
        """Return the member `name`.

        None when there is none, when its link leads elsewhere, or when it cannot be read (damage says so).
        """
        children = self._children
        if name in children:
            return children[name]
        address = self._members().get(name)
        made = None
        if isinstance(address, int):
            made = open_object(self._reader, path_of(self.path, name), address)
        children[name] = made
        return made

    def get(self, path: str) -> Group | Dataset | None:
        """Return the object at `path`, relative to this group.

        None when there is none. Soft and external links are not followed.
        """
        at: Group | Dataset | None = self
        for name in path.split("/"):
            if name in ("", "."):
                continue
            if not isinstance(at, Group):
                return None
            at = at.child(name)
        return at

    def walk(self) -> Iterator[Group | Dataset]:
        """Yield every object below this group that hard links lead to, each once, a group before its members."""
        reader = self._reader
        seen = {self.address}
        deepest = reader.limits.depth
        stack: list[tuple[Group, Iterator[tuple[str, int | Link]]]] = [(self, iter(self._members().items()))]
        while stack:
            group, members = stack[-1]
            children = group._children
            prefix = group.path if group.path == "/" else group.path + "/"
            for name, address in members:
                if address in seen or not isinstance(address, int):
                    continue
                seen.add(address)
                if name in children:
                    made = children[name]
                else:
                    made = children[name] = open_object(reader, prefix + name, address)
                if made is None:
                    continue
                yield made
                if isinstance(made, Group):
                    if len(stack) < deepest:
                        stack.append((made, iter(made._members().items())))
                        break
                    reader.hurt("structure", f"groups nested more than {deepest} deep are not read", made.path)
            else:
                stack.pop()


def open_object(reader: Reader, path: str, address: int) -> Group | Dataset | None:
    """Return what the object header at `address` describes.

    None for a committed datatype, or when it cannot be read (damage says so).
    """
    try:
        messages = read_header(reader, address, path)
        if len(path) > 256:
            reader.spend(len(path))
    except BROKEN as error:
        reader.hurt_by(error, "the description of this object", path, address)
        messages = []
        if address not in reader.cached_groups:
            return None
    for message in messages:
        make = _KINDS.get(message[0])
        if make is not None:
            return make(reader, path, address, messages)
    if address in reader.cached_groups:
        return Group(reader, path, address, messages)
    if not any(message[0] == DATATYPE for message in messages):
        reader.hurt("structure", "the description of this object says neither group nor dataset", path, address)
    return None


# Messages by which an object's kind is known
_KINDS: dict[int, type[Group] | type[Dataset]] = {
    DATASPACE: Dataset, LAYOUT: Dataset, LINK: Group, LINK_INFO: Group, SYMBOL_TABLE: Group,
}  # fmt: skip
