"""HDF5 files put together by hand: what no release of h5py writes any more, and what no honest program writes."""

from __future__ import annotations

import struct

UNDEFINED = 0xFFFFFFFFFFFFFFFF
FLOAT32 = bytes.fromhex("11201f0004000000000020001708001 77f000000".replace(" ", ""))
INT32 = bytes.fromhex("10080000040000000000 2000".replace(" ", ""))


def dataspace(*shape: int) -> bytes:
    """Version 1 of the dataspace message (IV.A.2.b)."""
    return struct.pack("<BBBxxxxx", 1, len(shape), 0) + struct.pack(f"<{len(shape)}Q", *shape)


def contiguous(address: int, size: int) -> bytes:
    """Version 3 of the layout message (IV.A.2.i)."""
    return struct.pack("<BBQQ", 3, 1, address, size)


def message(kind: int, body: bytes, flags: int = 0) -> bytes:
    """A message of an object header of version 1, padded (IV.A.1.a)."""
    body += bytes(-len(body) % 8)
    return struct.pack("<HHB3x", kind, len(body), flags) + body


def header(*messages: bytes, count: int | None = None) -> bytes:
    """An object header of version 1."""
    body = b"".join(messages)
    return struct.pack("<BxHIIxxxx", 1, len(messages) if count is None else count, 1, len(body)) + body


def attribute(name: bytes, datatype: bytes, space: bytes, data: bytes, version: int = 1) -> bytes:
    """An attribute message (IV.A.2.m)."""
    fields = [name + b"\0", datatype, space]
    sizes = [len(field) for field in fields]
    if version == 1:
        fields = [field + bytes(-len(field) % 8) for field in fields]
    head = struct.pack("<BBHHH", version, 0, *sizes) + (b"\0" if version == 3 else b"")
    return head + b"".join(fields) + data


class Forge:
    """Bytes with addresses: `put` appends a structure, aligned, and returns where it stands."""

    def __init__(self) -> None:
        self.data = bytearray(96 + 4)  # the superblock, of version 0 or 1

    def put(self, structure: bytes) -> int:
        """Append a structure and return its address."""
        self.data += bytes(-len(self.data) % 8)
        self.data += structure
        return len(self.data) - len(structure)

    def group(self, members: dict[bytes, int], *messages: bytes) -> int:
        """Put an old-style group; return the address of its header."""
        btree, heap = self.table(members)
        return self.put(header(message(17, struct.pack("<QQ", btree, heap)), *messages))

    def table(self, members: dict[bytes, int]) -> tuple[int, int]:
        """Put names, symbol node and B-tree; return the addresses of B-tree and heap (III.A.1, III.B, III.D)."""
        names, entries, last = bytearray(8), b"", 0
        for name, address in sorted(members.items()):
            last = len(names)
            entries += struct.pack("<QQI4x16x", last, address, 0)
            names += name + b"\0" + bytes(-(len(name) + 1) % 8)
        entries += bytes(max(0, 8 * 40 - len(entries)))  # room for twice the "leaf node K" of the superblock
        node = self.put(struct.pack("<4sBxH", b"SNOD", 1, len(members)) + entries)
        data = self.put(bytes(names))
        heap = self.put(struct.pack("<4sB3xQQQ", b"HEAP", 0, len(names), 1, data))
        tree = struct.pack("<4sBBHQQ", b"TREE", 0, 0, 1, UNDEFINED, UNDEFINED) + struct.pack("<QQQ", 0, node, last)
        return self.put(tree + bytes(544 - len(tree))), heap

    def file(self, root: int, version: int = 0, end: int | None = None) -> bytes:
        """Return the file with a superblock of version 0 or 1 that names the root's header (II.A)."""
        sizes = struct.pack("<8sBBBxBBBxHHI", b"\x89HDF\r\n\x1a\n", version, 0, 0, 0, 8, 8, 4, 16, 0)
        if version == 1:
            sizes += struct.pack("<HH", 32, 0)
        end = len(self.data) if end is None else end
        sizes += struct.pack("<QQQQ", 0, UNDEFINED, end, UNDEFINED) + struct.pack("<QQI4x16x", 0, root, 0)
        self.data[: len(sizes)] = sizes
        return bytes(self.data)
