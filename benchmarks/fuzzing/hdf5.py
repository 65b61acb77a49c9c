"""Mutations of HDF5 that know its structures: their fields, addresses, texts, and what points where.

The map of a base file is made once, from signatures and from what object headers say; section numbers are those of
"HDF5 File Format Specification Version 3.0". Only files with addresses of 8 bytes are mapped in detail.
"""

from __future__ import annotations

import json
import re

from fuzzing.dice import Dice
from fuzzing.texts import mutate_in_place

Field = tuple[int, int, str]  # offset, width in bytes, kind

SIGNATURE = b"\x89HDF\r\n\x1a\n"

# signature -> fields from the start of the structure: (offset, width, kind). III.A to III.H, IV.A.1.b.
_LAYOUTS: dict[bytes, tuple[Field, ...]] = {
    b"TREE": (
        (4, 1, "type"), (5, 1, "count"), (6, 2, "count"), (8, 8, "address"), (16, 8, "address"), (24, 8, "size"),
        (32, 8, "address"), (40, 8, "size"), (48, 8, "address"), (56, 8, "size"), (64, 8, "address"), (72, 8,
        "address"),
    ),
    b"SNOD": (
        (4, 1, "type"), (6, 2, "count"), (8, 8, "size"), (16, 8, "address"), (24, 4, "type"), (32, 8, "address"),
        (40, 8, "address"), (48, 8, "size"), (56, 8, "address"), (64, 4, "type"), (88, 8, "size"), (96, 8, "address"),
    ),
    b"HEAP": ((4, 1, "type"), (8, 8, "size"), (16, 8, "size"), (24, 8, "address")),
    b"GCOL": ((4, 1, "type"), (8, 8, "size"), (16, 2, "count"), (18, 2, "count"), (24, 8, "size")),
    b"OHDR": ((4, 1, "type"), (5, 1, "type"), (6, 1, "size"), (6, 2, "size"), (22, 1, "size"), (22, 2, "size")),
    b"OCHK": ((4, 1, "type"), (5, 2, "size"), (7, 1, "type")),
    b"FRHP": (
        (4, 1, "type"), (5, 2, "size"), (7, 2, "size"), (9, 1, "type"), (10, 4, "size"), (14, 8, "count"), (22, 8,
        "address"),
        (30, 8, "size"), (38, 8, "address"), (46, 8, "size"), (54, 8, "size"), (62, 8, "size"), (70, 8, "count"),
        (78, 8, "size"), (86, 8, "count"), (94, 8, "size"), (102, 8, "count"), (110, 2, "count"), (112, 8, "size"),
        (120, 8, "size"), (128, 2, "size"), (130, 2, "count"), (132, 8, "address"), (140, 2, "count"),
    ),
    b"FHDB": ((4, 1, "type"), (5, 8, "address"), (13, 4, "size"), (17, 4, "size")),
    b"FHIB": ((4, 1, "type"), (5, 8, "address"), (13, 4, "size"), (17, 8, "address"), (25, 8, "address"), (33, 8,
    "address")),
    b"BTHD": (
        (4, 1, "type"), (5, 1, "type"), (6, 4, "size"), (10, 2, "size"), (12, 2, "count"), (14, 1, "count"), (15, 1,
        "count"),
        (16, 8, "address"), (24, 2, "count"), (26, 8, "count"),
    ),
    b"BTIN": ((4, 1, "type"), (5, 1, "type"), (6, 8, "size"), (14, 8, "address"), (22, 2, "count"), (24, 8, "address")),
    b"BTLF": ((4, 1, "type"), (5, 1, "type"), (6, 4, "size"), (10, 4, "size"), (14, 8, "size"), (22, 8, "size")),
    b"FAHD": ((4, 1, "type"), (5, 1, "type"), (6, 1, "size"), (7, 1, "size"), (8, 8, "count"), (16, 8, "address")),
    b"FADB": ((4, 1, "type"), (5, 1, "type"), (6, 8, "address"), (14, 8, "address"), (22, 8, "address"), (26, 4,
    "size")),
    b"EAHD": (
        (4, 1, "type"), (5, 1, "type"), (6, 1, "size"), (7, 1, "size"), (8, 1, "count"), (9, 1, "count"), (10, 1,
        "count"),
        (11, 1, "size"), (12, 8, "count"), (20, 8, "size"), (28, 8, "count"), (36, 8, "size"), (44, 8, "count"),
        (52, 8, "count"), (60, 8, "address"),
    ),
    b"EAIB": ((4, 1, "type"), (5, 1, "type"), (6, 8, "address"), (14, 8, "address"), (22, 8, "address"), (46, 8,
    "address")),
    b"EASB": ((4, 1, "type"), (5, 1, "type"), (6, 8, "address"), (14, 4, "size"), (18, 8, "address"), (26, 8,
    "address")),
    b"EADB": ((4, 1, "type"), (5, 1, "type"), (6, 8, "address"), (14, 4, "size"), (18, 8, "address"), (26, 8,
    "address")),
    b"SMTB": ((4, 1, "type"), (5, 1, "type"), (6, 2, "type"), (8, 4, "size"), (12, 2, "count"), (16, 2, "count"), (18,
    8, "address"), (26, 8, "address")),
    b"SMLI": ((4, 1, "type"), (5, 4, "size"), (9, 4, "count"), (13, 8, "size")),
    b"FSHD": ((4, 1, "type"), (5, 1, "type"), (6, 8, "size")),
    b"FSSE": ((4, 1, "type"), (5, 8, "address"), (13, 8, "size")),
}  # fmt: skip

_SUPERBLOCK0: tuple[Field, ...] = (
    (8, 1, "type"), (9, 1, "type"), (10, 1, "type"), (12, 1, "type"), (13, 1, "size"), (14, 1, "size"), (16, 2,
    "count"),
    (18, 2, "count"), (20, 4, "type"), (24, 8, "address"), (32, 8, "address"), (40, 8, "size"), (48, 8, "address"),
    (56, 8, "size"), (64, 8, "address"), (72, 4, "type"), (80, 8, "address"), (88, 8, "address"),
)  # fmt: skip
_SUPERBLOCK2: tuple[Field, ...] = (
    (8, 1, "type"), (9, 1, "size"), (10, 1, "size"), (11, 1, "type"), (12, 8, "address"), (20, 8, "address"),
    (28, 8, "size"), (36, 8, "address"),
)  # fmt: skip

# message type -> (name, fields from the start of its body). IV.A.2.
_MESSAGES: dict[int, tuple[str, tuple[Field, ...]]] = {
    1: ("dataspace", ((0, 1, "type"), (1, 1, "count"), (2, 1, "type"), (3, 1, "type"), (4, 8, "size"), (8, 8, "size"),
    (12, 8, "size"), (16, 8, "size"))),
    2: ("link info", ((0, 1, "type"), (1, 1, "type"), (2, 8, "address"), (10, 8, "address"), (18, 8, "address"))),
    3: ("datatype", ((0, 1, "type"), (1, 1, "type"), (2, 1, "type"), (4, 4, "size"), (8, 2, "size"), (10, 2, "size"),
    (12, 1, "size"), (13, 1, "size"), (16, 4, "size"))),
    5: ("fill value", ((0, 1, "type"), (1, 1, "type"), (2, 1, "type"), (3, 1, "type"), (4, 4, "size"), (2, 4, "size"))),
    6: ("link", ((0, 1, "type"), (1, 1, "type"), (2, 1, "size"), (2, 8, "size"), (10, 8, "address"), (3, 4, "type"))),
    7: ("external files", ((0, 1, "type"), (4, 2, "count"), (6, 2, "count"), (8, 8, "address"), (16, 8, "size"), (24,
    8, "size"))),
    8: ("layout", ((0, 1, "type"), (1, 1, "type"), (2, 1, "count"), (2, 8, "address"), (3, 8, "address"), (10, 8,
    "size"), (11, 4, "size"), (15, 4, "size"), (3, 1, "count"), (4, 1, "size"), (5, 1, "size"), (9, 1, "type"))),
    11: ("filters", ((0, 1, "type"), (1, 1, "count"), (2, 2, "type"), (4, 2, "size"), (6, 2, "type"), (8, 2, "type"),
    (10, 2, "count"), (14, 2, "count"), (16, 4, "size"))),
    12: ("attribute", ((0, 1, "type"), (1, 1, "type"), (2, 2, "size"), (4, 2, "size"), (6, 2, "size"))),
    15: ("shared table", ((0, 1, "type"), (1, 8, "address"), (9, 1, "count"))),
    16: ("continuation", ((0, 8, "address"), (8, 8, "size"))),
    17: ("symbol table", ((0, 8, "address"), (8, 8, "address"))),
    21: ("attribute info", ((0, 1, "type"), (1, 1, "type"), (2, 8, "address"), (4, 8, "address"), (10, 8, "address"),
    (12, 8, "address"))),
}  # fmt: skip

_JSON_START = re.compile(rb'\{"[a-z_]+": ?')
_NAME = re.compile(rb"[A-Za-z_][\w/:.\- ]{2,}")
_MOST = 300  # structures of one signature, headers, names that are mapped


class Map:
    """Where the structures of one HDF5 file are.

    `fields` by the structure they belong to; `addresses` where structures begin; `texts`: (start, end) of JSON;
    `names`: (start, end) of other text; `bodies`: (start, end, type) of the messages of object headers.
    """

    def __init__(self, data: bytes) -> None:
        self.fields: dict[str, list[Field]] = {}
        self.addresses: list[int] = []
        self.bodies: list[tuple[int, int, int]] = []
        self._data = data
        self._headers: set[int] = set()
        self.base = max(0, data.find(SIGNATURE))
        self._superblock()
        self._signatures()
        self._attribute_values()
        self.texts = _json_texts(data)
        covered = bytearray(len(data))
        for start, end in self.texts:
            covered[start:end] = b"\1" * (end - start)
        self.names = [m.span() for m in _NAME.finditer(data) if not covered[m.start()]][:_MOST]
        self.kinds = list(self.fields)

    def _add(self, structure: str, base: int, layout: tuple[Field, ...], end: int | None = None) -> None:
        end = len(self._data) if end is None else end
        found = self.fields.setdefault(structure, [])
        found += ((base + at, width, kind) for at, width, kind in layout if base + at + width <= end)

    def _u(self, at: int, width: int) -> int:
        return int.from_bytes(self._data[at : at + width], "little")

    def _superblock(self) -> None:
        data = self._data
        if not data.startswith(SIGNATURE, self.base) or len(data) < self.base + 96:
            return
        version = data[self.base + 8]
        self._add("superblock", self.base, _SUPERBLOCK0 if version < 2 else _SUPERBLOCK2)
        if version < 2:
            self._header(self._u(self.base + (64 if version == 0 else 68), 8))

    def _signatures(self) -> None:
        data = self._data
        for signature, layout in _LAYOUTS.items():
            at, count = data.find(signature), 0
            while at >= 0 and count < _MOST:
                self._add(signature.decode(), at, layout)
                self.addresses.append(at - self.base)
                if signature == b"SNOD":
                    for entry in range(min(self._u(at + 6, 2), 64)):
                        self._header(self._u(at + 16 + 40 * entry, 8))
                elif signature == b"OHDR":
                    self._new_header(at)
                elif signature == b"OCHK":
                    self._new_messages(at + 5, min(at + 512, len(data)), 0)
                elif signature == b"GCOL":
                    self._collection(at)
                at, count = data.find(signature, at + 4), count + 1

    def _header(self, address: int) -> None:
        """Map an object header of version 1 (IV.A.1.a)."""
        at = self.base + address
        data = self._data
        if at in self._headers or at + 16 > len(data) or data[at] != 1 or len(self._headers) > _MOST:
            return
        self._headers.add(at)
        self.addresses.append(address)
        self._add("object header", at, ((0, 1, "type"), (2, 2, "count"), (4, 4, "count"), (8, 4, "size")))
        blocks = [(at + 16, min(at + 16 + self._u(at + 8, 4), len(data)))]
        for start, end in blocks:
            while start + 8 <= end:
                kind, size = self._u(start, 2), self._u(start + 2, 2)
                self._message(start, start + 8, min(start + 8 + size, end), kind)
                if kind == 16 and len(blocks) < 20:
                    where, length = self.base + self._u(start + 8, 8), self._u(start + 16, 8)
                    if where + length <= len(data):
                        blocks.append((where, where + length))
                start += 8 + size

    def _new_header(self, at: int) -> None:
        """Map an object header of version 2 (IV.A.1.b)."""
        flags = self._data[at + 5] if at + 6 <= len(self._data) else 0
        start = at + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        size = self._u(start, width)
        self._new_messages(start + width, min(start + width + size, len(self._data)), flags)

    def _new_messages(self, start: int, end: int, flags: int) -> None:
        head = 6 if flags & 4 else 4
        while start + head <= end:
            kind, size = self._data[start], self._u(start + 1, 2)
            if kind > 24 or start + head + size > end:
                return
            self._message(start, start + head, start + head + size, kind, wide=False)
            start += head + size

    def _message(self, start: int, body: int, end: int, kind: int, wide: bool = True) -> None:
        head: tuple[Field, ...] = (
            ((0, 2, "type"), (2, 2, "size"), (4, 1, "type"))
            if wide
            else ((0, 1, "type"), (1, 2, "size"), (3, 1, "type"))
        )
        self._add("message head", start, head)
        self.bodies.append((body, end, kind))
        name, layout = _MESSAGES.get(kind, (f"message {kind}", ((0, 1, "type"), (0, 4, "size"))))
        self._add(name, body, layout, end)

    def _attribute_values(self) -> None:
        """Map type, shape and references to the global heap inside attribute messages."""
        for body, end, kind in self.bodies:
            if kind != 12 or body + 8 > end:
                continue
            version = self._data[body]
            sizes = [self._u(body + at, 2) for at in (2, 4, 6)]
            at = body + (9 if version == 3 else 8)
            step = [(size + 7) // 8 * 8 for size in sizes] if version == 1 else sizes
            self._add("datatype", at + step[0], _MESSAGES[3][1], end)
            self._add("dataspace", at + step[0] + step[1], _MESSAGES[1][1], end)
            values = at + sum(step)
            if at + step[0] < end and self._data[at + step[0]] & 15 == 9:
                for reference in range(values, min(values + 320, end - 15), 16):
                    self._add("heap reference", reference, ((0, 4, "size"), (4, 8, "address"), (12, 4, "count")), end)

    def _collection(self, at: int) -> None:
        """Map the objects of a global heap collection (III.E)."""
        end = min(at + self._u(at + 8, 8), len(self._data))
        start = at + 16
        while start + 16 <= end and self._u(start, 2):
            self._add("heap object", start, ((0, 2, "count"), (8, 8, "size")))
            start += 16 + (self._u(start + 8, 8) + 7) // 8 * 8


def _json_texts(data: bytes) -> list[tuple[int, int]]:
    text = data.decode("latin-1")
    decoder = json.JSONDecoder()
    found = []
    end = 0
    for match in _JSON_START.finditer(data):
        if match.start() >= end:
            try:
                _, end = decoder.raw_decode(text, match.start())
            except ValueError:
                continue
            found.append((match.start(), end))
    return found


def mutate_hdf5(dice: Dice, data: bytearray, known: Map) -> str:
    """Apply one mutation that knows the structures of the file that `known` maps."""
    roll = dice.below(20)
    size = len(data)
    if roll < 5 and known.texts:
        start, end = dice.pick(known.texts)
        if end <= size:
            data[start:end], note = mutate_in_place(dice, bytes(data[start:end]))
            return note
    if roll < 7 and known.names:
        return _mutate_name(dice, data, known)
    if roll == 7 and len(known.bodies) > 1:
        return _copy_message(dice, data, known)
    if roll == 8 and known.addresses:
        at = known.base + dice.pick(known.addresses)
        count = dice.pick((4, 8, 16, 64))
        data[at : at + count] = bytes(len(data[at : at + count]))
        return f"zero the structure at {at}"
    if roll == 9 and len(known.addresses) > 1:
        source, target = (known.base + dice.pick(known.addresses) for _ in range(2))
        count = min(dice.pick((8, 24, 64, 512)), size - source, size - target)
        if count > 0:
            data[target : target + count] = data[source : source + count]
        return f"the structure at {source} over that at {target}"
    if roll == 10 and known.addresses and dice.odds(0.5):
        cut = known.base + dice.pick(known.addresses) + dice.pick((0, 1, 4, 8, 16, 40))
        del data[cut:]
        return f"truncate to {cut}, at a structure"
    if not known.kinds:
        return "nothing"
    structure = dice.pick(known.kinds)
    fields = known.fields[structure]
    if not fields:
        return "nothing"
    at, width, kind = dice.pick(fields)
    if at + width > size:
        return "nothing"
    old = int.from_bytes(data[at : at + width], "little")
    if dice.odds(0.1):
        other = dice.pick(fields)
        if other[1] == width and other[0] + width <= size:
            value = data[other[0] : other[0] + width]
            data[at : at + width], data[other[0] : other[0] + width] = value, data[at : at + width]
            return f"{structure}: swap {at} with {other[0]}"
    if kind == "address" and known.addresses and dice.odds(0.7):
        value = dice.pick(
            (
                dice.pick(known.addresses),
                at - known.base,
                dice.below(size),
                dice.below(size) & ~7,
                size - 1,
                old + 8,
                (1 << 8 * width) - 1,
            )
        )
        value &= (1 << 8 * width) - 1
    elif kind == "type" and dice.odds(0.6):
        value = dice.below(25) if dice.odds(0.7) else old ^ 1 << dice.below(8)
    else:
        value = dice.edge(width, size, old)
    value &= (1 << 8 * width) - 1
    data[at : at + width] = value.to_bytes(width, "little")
    return f"{structure}: {kind} at {at} from {old} to {value}"


def _mutate_name(dice: Dice, data: bytearray, known: Map) -> str:
    start, end = dice.pick(known.names)
    if end > len(data):
        return "nothing"
    length = end - start
    roll = dice.below(5)
    if roll == 0:
        other = dice.pick(known.names)
        value = bytes(data[other[0] : other[1]])[:length].ljust(length, b"\0")
    elif roll == 1:
        value = dice.pick(
            (b"/", b"..", b"\xff\xfe", b"\xed\xa0\x80", b"\0", b"a", "é".encode(), b"//", b"vars", b"layers")
        )
        value = (value * length)[:length]
    elif roll == 2:
        value = bytes(data[start:end])
        at = dice.below(length)
        value = value[:at] + dice.pick((b"/", b"\0", b"\x80", b"0", b".", b"\n")) + value[at + 1 :]
    elif roll == 3:
        data[end : end + 1] = b"x"[: len(data) - end]
        return f"no end of the name at {start}"
    else:
        value = bytes(data[start:end])[::-1]
    data[start:end] = value
    return f"name at {start} becomes {value[:20]!r}"


def _copy_message(dice: Dice, data: bytearray, known: Map) -> str:
    """Put the body of one message over another of the same type, or of any."""
    start, end, kind = dice.pick(known.bodies)
    others = [body for body in known.bodies if body[2] == kind] if dice.odds(0.7) else known.bodies
    other_start, other_end, _ = dice.pick(others)
    count = min(end - start, other_end - other_start, len(data) - start, len(data) - other_start)
    if count <= 0:
        return "nothing"
    data[start : start + count] = data[other_start : other_start + count]
    return f"message at {start} becomes the one at {other_start}"
