"""Groups as HDF5 1.0 to 1.6 stored them, and h5py by default still does (III.A.1, III.B, III.D).

B-tree, local heap, symbol nodes.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.links import Link, soft_link
from keras_doctor.wire.hdf5.reader import BROKEN, expect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.reader import Reader

_GROUP, _SOFT = 1, 2  # cache types of a symbol table entry


def read_symbols(reader: Reader, btree: int, heap: int, part: str) -> dict[str, int | Link]:
    """Return the links of a group in stored order.

    The address of an object header, or a `Link` that leads elsewhere.
    """
    links: dict[str, int | Link] = {}
    try:
        names = read_local_heap(reader, heap, part)
    except BROKEN as error:
        reader.hurt_by(error, "the names of the members", part, heap)
        return links
    for node in leaves(reader, btree, part):
        try:
            _read_node(reader, node, names, links, part)
        except LimitExceeded as error:  # noqa: PERF203 - one broken node must not hide the others
            reader.hurt("structure", f"the list of members is cut short: {error.what}", part, node)
            break
        except BROKEN as error:
            reader.hurt_by(error, "some of the members", part, node)
    return links


def read_local_heap(reader: Reader, address: int, part: str) -> bytes:
    """Return the data of the local heap at `address`, as much as there is. Raises `FormatError` or struct.error."""
    page, at = reader.at(address)
    expect(page, at, b"HEAP")
    _, _, size, _, where = reader.fields.local_heap(page, at)
    data = reader.take_some(where, size)
    if len(data) < size:
        reader.hurt("truncated", "the file ends inside the names of the members", part, where, size - len(data))
    return data


def leaves(reader: Reader, root: int, part: str) -> Iterator[int]:
    """Yield the addresses of the symbol nodes below the B-tree node at `root`, in order of their names."""
    node_size, child = reader.fields.node, reader.fields.node_child
    seen = set()
    stack = [(root, -1)]
    while stack:
        address, level = stack.pop()
        if level == 0:
            yield address
            continue
        try:
            if address in seen:
                raise FormatError("it was met before")
            seen.add(address)
            page, at = reader.at(address)
            expect(page, at, b"TREE")
            _, kind, own_level, used, _, _ = node_size.unpack_from(page, at)
            if kind or (level > 0 and own_level != level - 1):
                raise FormatError("it is of another kind or level than its parent says")
            body = reader.take_some(address + node_size.size, used * child.size)
            body = body[: len(body) // child.size * child.size]
            stack.extend((below, own_level) for _, below in reversed(list(child.iter_unpack(body))))
        except BROKEN as error:
            reader.hurt_by(error, "a part of the list of members", part, address)


def _read_node(reader: Reader, address: int, names: bytes, links: dict[str, int | Link], part: str) -> None:
    fields, cached = reader.fields, reader.cached_groups
    page, at = reader.at(address)
    expect(page, at, b"SNOD")
    count = page[at + 6] | page[at + 7] << 8
    reader.links_left -= count
    if reader.links_left < 0:
        raise LimitExceeded("more members than a file of this size can have")
    size = fields.symbol_size
    need = 8 + count * size
    if at + need > len(page):
        page, at = reader.take_some(address, need), 0
        if len(page) < need:
            reader.hurt("truncated", "the file ends inside the list of members", part, address, need - len(page))
            count = (len(page) - 8) // size
    end_of_names = len(names)
    for start in range(at + 8, at + 8 + count * size, size):
        name_at, header, cache, first, second = fields.symbol(page, start)
        end = names.find(b"\0", name_at)
        if end < 0:
            if name_at >= end_of_names:
                reader.hurt("structure", "a member has no name", part, address + start - at)
                continue
            end = end_of_names
        raw = names[name_at:end]
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "surrogateescape")
        if len(name) > 256:
            reader.spend(len(name))
        if cache == _GROUP:
            cached[header] = first, second
        elif cache == _SOFT:
            where = (first | second << 8 * fields.offset_size) & 0xFFFFFFFF
            links[name] = soft_link(reader, part, name, names[where : where + 65536].split(b"\0", 1)[0])
            continue
        links[name] = header
