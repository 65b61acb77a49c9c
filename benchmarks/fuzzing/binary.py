"""Mutations of protocol buffers and of TensorFlow's tables, re-packed so that what is changed inside gets through."""

from __future__ import annotations

from fuzzing.dice import Dice
from fuzzing.texts import mutate_in_place
from keras_doctor.wire.crc32c import crc32c, masked

_DEPTH = 12


def put_varint(value: int) -> bytes:
    """Return a varint."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def get_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the varint at `at` and where the next field starts; (-1, at) when there is none."""
    value = shift = 0
    start = at
    while at < end and shift < 70:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    return -1, start


def fields_of(data: bytes, start: int, end: int) -> list[tuple[int, int, int, int]] | None:
    """Return the fields of a message: (start of the tag, wire type, start of the value, end). None when it is none."""
    found = []
    at = start
    while at < end:
        tag, value = get_varint(data, at, end)
        wire = tag & 7
        if tag < 8 or wire not in (0, 1, 2, 5):
            return None
        if wire == 0:
            number, stop = get_varint(data, value, end)
            if number < 0:
                return None
        elif wire == 2:
            length, value = get_varint(data, value, end)
            if length < 0:
                return None
            stop = value + length
        else:
            stop = value + (8 if wire == 1 else 4)
        if stop > end:
            return None
        found.append((at, wire, value, stop))
        at = stop
        if len(found) > 3000:
            break
    return found


def mutate_protobuf(dice: Dice, data: bytearray) -> str:
    """Change one field on a random way down; the lengths around it are made to fit most of the time."""
    around: list[tuple[int, int, int]] = []  # tag, value, end of the messages around
    start, end = 0, len(data)
    whole = bytes(data)
    for _ in range(_DEPTH):
        fields = fields_of(whole, start, end)
        if not fields:
            break
        tag, wire, value, stop = dice.pick(fields)
        if wire != 2 or stop - value < 2 or dice.odds(0.2) or not fields_of(whole, value, stop):
            break
        around.append((tag, value, stop))
        start, end = value, stop
    else:
        fields = fields_of(whole, start, end)
        if fields:
            tag, wire, value, stop = dice.pick(fields)
    if not fields:
        return "nothing"
    changed, note = _field(dice, whole, tag, wire, value, stop)
    repair = dice.odds(0.85)
    for outer, inner, last in reversed(around):
        body = whole[inner:tag] + changed + whole[stop:last]
        number, after = get_varint(whole, outer, inner)
        length = put_varint(len(body)) if repair else whole[after:inner]
        changed, tag, stop = put_varint(number) + length + body, outer, last
    data[:] = whole[:tag] + changed + whole[stop:]
    return f"protobuf, depth {len(around)}: {note}"


def _field(dice: Dice, data: bytes, tag: int, wire: int, value: int, stop: int) -> tuple[bytes, str]:
    """Return another field in place of one."""
    number, _ = get_varint(data, tag, value)
    content = data[value:stop]
    head = put_varint(number)
    roll = dice.below(8)
    if roll == 0:
        return b"", "field gone"
    if roll == 1:
        return data[tag:stop] * dice.pick((2, 2, 2, 50)), "field again"
    if roll == 2:
        number = number & 7 | dice.pick((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 2000)) << 3
        return put_varint(number) + data[tag + len(head) : stop], f"field number {number >> 3}"
    if roll == 3:
        wire = dice.below(8)
        return put_varint(number & ~7 | wire) + data[tag + len(head) : stop], f"wire type {wire}"
    if wire == 0:
        old, _ = get_varint(data, value, stop)
        new = dice.edge(8, len(data), old) if dice.odds(0.7) else dice.below(32)
        return head + put_varint(new), f"{old} becomes {new}"
    if wire != 2:
        return head + dice.randbytes(len(content)), "other fixed bits"
    if roll == 4 and content:
        cut = content[: dice.below(len(content))]
        return head + put_varint(len(cut)) + cut, f"{len(content)} bytes cut to {len(cut)}"
    if roll == 5:
        length = dice.edge(4, len(data), len(content))
        return head + put_varint(length) + content, f"length {length}"
    if content[:1] == b"{":
        content, note = mutate_in_place(dice, content)
        return head + put_varint(len(content)) + content, note
    if roll == 6:
        content = dice.pick(
            (b"", b"\xff\xfe", b"x" * 3000, b"../../x", b"\n\0" * 100, b"layer-0", b"\x0a" * 64, content[::-1])
        )
        return head + put_varint(len(content)) + content, f"content {content[:10]!r}"
    if content:
        at = dice.below(len(content))
        content = content[:at] + bytes((content[at] ^ 1 << dice.below(8),)) + content[at + 1 :]
    return head + put_varint(len(content)) + content, "a bit of the content"


_FOOTER_MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"


def table_entries(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the entries of the first block of a good table: all of a small one."""
    entries = []
    key = b""
    at = 0
    while at < len(data):
        shared, start = get_varint(data, at, len(data))
        own, start = get_varint(data, start, len(data))
        length, start = get_varint(data, start, len(data))
        if (
            min(shared, own, length) < 0
            or shared > len(key)
            or (entries and not own)
            or start + own + length > len(data)
        ):
            break
        key = key[:shared] + data[start : start + own]
        if entries and key <= entries[-1][0]:
            break
        at = start + own + length
        entries.append((key, data[at - length : at]))
    return entries


def pack_table(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Return a table of one data block without shared beginnings of keys."""
    block = _block(entries)
    meta = _block([])
    last = entries[-1][0] if entries else b""
    index = _block([(last, put_varint(0) + put_varint(len(block) - 5))])
    footer = (
        put_varint(len(block))
        + put_varint(len(meta) - 5)
        + put_varint(len(block) + len(meta))
        + put_varint(len(index) - 5)
    )
    return block + meta + index + footer.ljust(40, b"\0") + _FOOTER_MAGIC


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    body = b"".join(b"\0" + put_varint(len(key)) + put_varint(len(value)) + key + value for key, value in entries)
    body += bytes(4) + (1).to_bytes(4, "little")
    crc = masked(crc32c((body + b"\0",)))
    return body + b"\0" + crc.to_bytes(4, "little")


def mutate_table(dice: Dice, data: bytearray) -> str:
    """Change entries of a tensor bundle's index, and write the table again with good checksums."""
    entries = table_entries(bytes(data))
    if not entries:
        return "nothing"
    notes = []
    for _ in range(dice.some(4)):
        at = dice.below(len(entries))
        key, value = entries[at]
        roll = dice.below(10)
        if roll < 6:
            changed = bytearray(value)
            notes.append(f"entry {at}: " + mutate_protobuf(dice, changed))
            entries[at] = key, bytes(changed)
        elif roll == 6:
            del entries[at]
            notes.append(f"no entry {at}")
        elif roll == 7:
            key = dice.pick(
                (b"", b"\0\1", key + b"/x", b"\xff" * 20, key[::-1], b"_CHECKPOINTABLE_OBJECT_GRAPH", b"a" * 20000)
            )
            entries[at] = key, value
            notes.append(f"key {key[:20]!r}")
        elif roll == 8:
            entries[at] = key, dice.pick(entries)[1]
            notes.append(f"another value for entry {at}")
        else:
            entries.append((dice.pick(entries)[0] + b"x", value))
            notes.append("another entry")
        if not entries:
            break
    if dice.odds(0.9):
        entries.sort()
    data[:] = pack_table(entries)
    return "table: " + ", ".join(notes)
