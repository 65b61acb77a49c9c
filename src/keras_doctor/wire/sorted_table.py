"""LevelDB's sorted table of keys and values, as TensorFlow writes it.

Sources: tensorflow/core/lib/io/table_format.txt, format.h, block_builder.cc. A table is data blocks, an index block of
where they are, and a footer of 48 bytes that says where the index block is.
"""

from __future__ import annotations

from keras_doctor.wire.crc32c import crc32c, masked
from keras_doctor.wire.errors import Damage, FormatError, LimitExceeded, Truncated
from keras_doctor.wire.protobuf import varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.source import Source

FOOTER_MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"
_FOOTER = 48
_TRAILER = 5  # after each block: compression type, masked CRC-32C
_CHECKED = 1 << 20  # larger blocks are not checked: it would take longer than reading them
_KEY = 1 << 14  # bytes of one key; keys share beginnings, so that a few bytes can stand for a long one
_KEYS = 32 << 20  # bytes of all keys


def is_table(source: Source) -> bool:
    """Tell whether the footer of a table stands at the end."""
    return source.read_up_to(source.size - len(FOOTER_MAGIC), len(FOOTER_MAGIC)) == FOOTER_MAGIC


def records(source: Source, damage: list[Damage], part: str = "") -> Iterator[tuple[bytes, bytes]]:
    """Yield keys and values in order. Raises `FormatError` when nothing can be read.

    Without a usable footer or index the blocks are read one after another from the start; what is wrong goes to
    `damage`.
    """
    keys = 0
    before = None
    disordered = False
    for block in _blocks(source, damage, part):
        for key, value in block:
            keys += len(key)
            if keys > _KEYS:
                raise LimitExceeded(f"more than {_KEYS} bytes of keys")
            if before is not None and key <= before and not disordered:
                damage.append(Damage("structure", "the keys of the table are not in order", part))
                disordered = True
            before = key
            yield key, value


def _blocks(source: Source, damage: list[Damage], part: str) -> Iterator[list[tuple[bytes, bytes]]]:
    try:
        if source.size < _FOOTER:
            raise Truncated("too short for a table", source.size)
        footer = source.read(source.size - _FOOTER, _FOOTER)
        if not footer.endswith(FOOTER_MAGIC):
            raise FormatError("the footer of the table is missing", source.size - _FOOTER)
        at = 0
        handle = []
        for _ in range(4):  # offset and size of the metaindex block, which is empty, and of the index block
            value, at = varint(footer, at)
            handle.append(value)
        handles = [_handle(value) for _, value in _block(source, handle[2], handle[3], damage, part)]
    except FormatError as error:
        damage.append(
            Damage("truncated" if isinstance(error, Truncated) else "structure", error.what, part, error.offset)
        )
        yield from _sequential(source)
        return
    reached = 0
    for offset, size in handles:
        if offset < reached:
            damage.append(Damage("structure", "the blocks of the table overlap", part, offset))
            return
        reached = offset + size
        try:
            yield _block(source, offset, size, damage, part)
        except FormatError as error:
            damage.append(Damage("structure", error.what, part, error.offset))


def _handle(data: bytes) -> tuple[int, int]:
    offset, at = varint(data, 0)
    size, _ = varint(data, at)
    return offset, size


def _block(source: Source, offset: int, size: int, damage: list[Damage], part: str) -> list[tuple[bytes, bytes]]:
    """Return the entries of one block, checked against its checksum. Raises `FormatError`."""
    data = source.read(offset, size + _TRAILER)
    if data[size] != 0:
        raise FormatError(
            f"a block of the table is compressed (type {data[size]}), which TensorFlow never writes", offset
        )
    stored = int.from_bytes(data[size + 1 :], "little")
    if size <= _CHECKED and masked(crc32c((data[: size + 1],))) != stored:
        damage.append(Damage("checksum", "a block of the table does not have its checksum", part, offset, size))
    restarts = int.from_bytes(data[size - 4 : size], "little") if size >= 4 else 0
    end = size - 4 - 4 * restarts
    if end < 0:
        raise FormatError("a block of the table is broken", offset)
    entries, reached = _entries(data[:end])
    if reached < end:
        if not restarts:
            raise FormatError("an entry of the table is broken", offset + reached)
        damage.append(Damage("structure", "an entry of the table is broken", part, offset + reached))
        entries += _restarted(data, end, reached)
    return entries


def _restarted(data: bytes, end: int, reached: int) -> list[tuple[bytes, bytes]]:
    """Return the entries of a block behind a broken one: from the next on whose key is written in full."""
    places = [int.from_bytes(data[at : at + 4], "little") for at in range(end, len(data) - _TRAILER - 4, 4)]
    places = [place for place in places if reached < place < end]
    return [
        entry
        for place, until in zip(places, [*places, end][1:], strict=True)
        if place < until
        for entry in _entries(data[place:until])[0]
    ]


def _entries(data: bytes) -> tuple[list[tuple[bytes, bytes]], int]:
    """Return the entries from the start of `data`, and where the first stands that is broken or out of order."""
    entries: list[tuple[bytes, bytes]] = []
    key = b""
    at = 0
    total = 0
    while at < len(data):
        try:
            shared, start = varint(data, at)
            own, start = varint(data, start)
            length, start = varint(data, start)
        except FormatError:
            break
        middle = start + own
        total += shared + own
        if shared > len(key) or shared + own > _KEY or middle + length > len(data) or total > _KEYS:
            break
        if entries and (own == 0 or key[:shared] + data[start:middle] <= key):
            break
        key = key[:shared] + data[start:middle]
        at = middle + length
        entries.append((key, data[middle:at]))
    return entries, at


def _sequential(source: Source) -> Iterator[list[tuple[bytes, bytes]]]:
    """Yield the entries of the blocks from the start of the file on, without the index."""
    data = source.read_up_to(0, _KEYS)
    at = 0
    while at < len(data):
        entries, length = _entries(data[at:])
        if not entries:
            return
        yield entries
        restarts = at + length
        count = 1
        # The restart array: rising offsets, the first 0, then how many they are.
        while data[restarts : restarts + 4] == bytes(4) and restarts + 4 * count + 4 <= len(data):
            if int.from_bytes(data[restarts + 4 * count : restarts + 4 * count + 4], "little") == count:
                break
            count += 1
        at = restarts + 4 * count + 4 + _TRAILER
