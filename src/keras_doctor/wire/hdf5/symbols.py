"""Groups as every release of HDF5 reads them and h5py by default writes them (III.A.1, III.B, III.D).

A B-tree leads to symbol nodes, whose entries name members by offsets into a local heap.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.links import Link, soft_link
from keras_doctor.wire.hdf5.reader import BROKEN, expect_nearly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.reader import Reader

_ONE_CHILD = b"TREE\0\0\1\0"  # a leaf of a group's B-tree with one symbol node
_GROUP, _SOFT = 1, 2  # cache types of a symbol table entry


def read_symbols(reader: Reader, btree: int, heap: int, part: str) -> dict[str, int | Link]:
    """Return the links of a group in stored order: the address of a header, or a `Link` that leads elsewhere."""
    links: dict[str, int | Link] = {}
    names = b""
    try:
        names = read_local_heap(reader, heap, part)
    except BROKEN as error:
        reader.hurt_by(error, "the names of the members", part, heap)
    for node in symbol_nodes(reader, btree, part):
        try:
            read_symbol_node(reader, node, names, links, part)
        except LimitExceeded as error:  # noqa: PERF203 - one broken node must not hide the others
            reader.hurt("structure", f"the list of members is cut short: {error.what}", part, node)
            break
        except BROKEN as error:
            reader.hurt_by(error, "some of the members", part, node)
    return links


def read_local_heap(reader: Reader, address: int, part: str) -> bytes:
    """Return the data of the local heap at `address`, as much as there is. Raises `FormatError` or struct.error."""
    page, at = reader.at(address)
    signature, _, size, _, where = reader.fields.local_heap(page, at)
    if signature != b"HEAP":
        expect_nearly(reader, address, b"HEAP", part)
    data = reader.take_some(where, size)
    if not data and size and not reader.truncated:
        where = address + reader.fields.heap_size  # where it lay before it was moved
        data = reader.take_some(where, size)
        reader.hurt("structure", "the place of the names of the members is wrong", part, address)
    if len(data) < size:
        kind = "truncated" if reader.truncated else "structure"
        reader.hurt(kind, "the file ends inside the names of the members", part, where, size - len(data))
    return data


def symbol_nodes(reader: Reader, root: int, part: str) -> list[int]:
    """Return the addresses of the symbol nodes below the B-tree node at `root`, in order of their names."""
    head, child = reader.fields.node, reader.fields.node_child
    nodes: list[int] = []
    stack = [(root, -1)]
    seen = set()
    while stack:
        address, level = stack.pop()
        try:
            page, at = reader.at(address)
            if level < 0 and page.startswith(_ONE_CHILD, at):  # most groups are so small
                return [child.unpack_from(page, at + head.size)[1]]
            signature, kind, own_level, used, _, _ = head.unpack_from(page, at)
            if signature != b"TREE":
                expect_nearly(reader, address, b"TREE", part)
            if address in seen:
                raise FormatError("it was met before")
            seen.add(address)
            if kind or (level >= 0 and own_level != level):
                raise FormatError("it is of another kind or level than its parent says")
            reader.work(used + 1)
            size = used * child.size
            body = reader.take_some(address + head.size, size)
            if len(body) < size:
                reader.hurt_by(FormatError("the file ends"), "a part of the list of members", part, address)
                body = body[: len(body) // child.size * child.size]
            if own_level:
                stack.extend([(below, own_level - 1) for _, below in child.iter_unpack(body)][::-1])
            else:
                nodes += [below for _, below in child.iter_unpack(body)]
        except BROKEN as error:
            reader.hurt_by(error, "a part of the list of members", part, address)
    return nodes


def read_symbol_node(reader: Reader, address: int, names: bytes, links: dict[str, int | Link], part: str) -> None:
    """Add the links of one symbol node. Raises `FormatError` or struct.error."""
    page, at = reader.at(address)
    if not page.startswith(b"SNOD", at):
        expect_nearly(reader, address, b"SNOD", part)
    count = page[at + 6] | page[at + 7] << 8
    reader.links_left -= count
    if reader.links_left < 0:
        raise LimitExceeded("more members than a file of this size can have")
    unpack, size = reader.fields.symbol, reader.fields.symbol_size
    if at + 8 + count * size > len(page):
        need = 8 + count * size
        page, at = reader.take_some(address, need), 0
        if len(page) < need:
            kind = "truncated" if reader.truncated else "structure"
            reader.hurt(kind, "the file ends inside the list of members", part, address, need - len(page))
            count = (len(page) - 8) // size
    find, known = names.find, len(names)
    for start in range(at + 8, at + 8 + count * size, size):
        name_at, header, cache, first, second = unpack(page, start)
        end = find(b"\0", name_at)
        raw = names[name_at:end] if end >= 0 else names[name_at:]
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "surrogateescape")
        if not raw or end < 0 or min(raw) < 32:  # no library writes control characters into names
            kind = "truncated" if reader.truncated and name_at >= known else "structure"
            name = f"?{header}"  # the object may be whole
            reader.hurt(kind, f"a member has lost its name and is listed as {name!r}", part, address + start - at)
        elif end - name_at > 256:
            reader.spend(end - name_at)
        if cache == _GROUP:
            reader.cached_groups[header] = first, second
        elif cache == _SOFT:
            where = (first | second << 8 * reader.fields.offset_size) & 0xFFFFFFFF
            links[name] = soft_link(reader, part, name, names[where : where + 65536].split(b"\0", 1)[0])
            continue
        links[name] = header
