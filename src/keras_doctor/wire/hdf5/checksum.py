"""Checksums of the structures that HDF5 1.8 and later write: Bob Jenkins's lookup3, many at once.

One sum costs Python a fifth of a microsecond a byte, more than all other work on a structure together. So blocks are
collected, and the sums of all of them computed in step: one long integer holds the same variable of every block, each
in a lane of 64 bits, of which the upper 32 take what spills over.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.reader import Reader

_BATCH = 256 << 10  # bytes that are collected before they are summed
_ALLOWANCE = 8 << 20  # bytes of one file that are summed
_LARGE = 1024  # such a block has few to share its steps with, and counts sixteenfold
_SEED = 0xDEADBEEF


def verify(reader: Reader, block: bytes, part: str, address: int) -> None:
    """Take note of `block`, read at `address`, which ends with its checksum: `Checksums.settle` compares it.

    Only so many bytes of a file are compared; the rest passes.
    """
    checksums = reader.checksums
    if checksums is None:
        checksums = reader.checksums = Checksums(reader)
    checksums.add(block, part, address)


class Checksums:
    """The blocks of one file whose checksums are still to be compared."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._left = min(reader.limits.checked_bytes, _ALLOWANCE)
        self._pending: list[tuple[int, bytes, str, int]] = []
        self._size = 0

    def add(self, block: bytes, part: str, address: int) -> None:
        """Collect a block."""
        size = len(block)
        self._left -= size if size <= _LARGE else 16 * size
        if self._left < 0 or size < 5:
            return
        self._pending.append((size, block, part, address))
        self._size += size
        if self._size > _BATCH:
            self.settle()

    def settle(self) -> None:
        """Compare the checksums of the blocks that were collected, and record damage where they differ."""
        pending, self._pending, self._size = self._pending, [], 0
        by_length: dict[int, list[tuple[int, bytes, str, int]]] = {}
        for entry in pending:
            by_length.setdefault(entry[0].bit_length(), []).append(entry)
        for entries in by_length.values():
            entries.sort(key=lambda entry: -entry[0])
            sums = lookup3([entry[1][:-4] for entry in entries])
            for (size, block, part, address), found in zip(entries, sums, strict=True):
                if found != int.from_bytes(block[-4:], "little"):
                    what = "the checksum of a part of its description does not match"
                    self._reader.hurt("checksum", what, part, address, size)


def lookup3(blocks: list[bytes]) -> list[int]:
    """Return the hash of each block (hashlittle with initial value 0).

    The blocks are ordered, the longest first; none is empty.
    """
    steps = [(len(block) + 11) // 12 for block in blocks]
    width, going = (steps[0] + 1) // 2 * 24, len(blocks)
    ones = _lanes(going)
    words = _words(b"".join(block.ljust(width, b"\0") for block in blocks), width, (ones << 32) - ones)
    seeds = b"".join((_SEED + len(block) & 0xFFFFFFFF).to_bytes(8, "little") for block in blocks)
    a = b = c = int.from_bytes(seeds, "little")
    sums: list[int] = []
    for step in range(1, steps[0] + 1):
        a += next(words)
        b += next(words)
        c += next(words)
        before = going
        while going and steps[going - 1] == step:
            going -= 1
        if going < before:  # the shortest of the blocks end here; what their lanes hold from now on is of no use
            shift = 64 * going
            ended = _final(a >> shift, b >> shift, c >> shift, _lanes(before - going))
            lanes = ended.to_bytes(8 * (before - going), "little")
            sums[:0] = [int.from_bytes(lanes[i : i + 4], "little") for i in range(0, len(lanes), 8)]
        a, b, c = _mix(a, b, c, ones)
    return sums


def _lanes(count: int) -> int:
    """Return 1 in each of `count` lanes."""
    return int.from_bytes((b"\1" + bytes(7)) * count, "little")


def _words(joined: bytes, width: int, low: int) -> Iterator[int]:
    """Yield the 32-bit words of all blocks in turn, each as an integer with one block's word a lane."""
    pairs = memoryview(joined).cast("Q")
    for at in range(width // 8):
        pair = int.from_bytes(pairs[at :: width // 8].tobytes(), "little")
        yield pair & low
        yield pair >> 32 & low


def _mix(a: int, b: int, c: int, ones: int) -> tuple[int, int, int]:
    """Return the variables after a round that is not the last. `carry` keeps differences positive in their lane."""
    carry = ones << 32
    low = carry - ones
    a, b, c = a & low, b & low, c & low
    a = (a + carry - c ^ (c << 4 | c >> 28)) & low
    c = c + b & low
    b = (b + carry - a ^ (a << 6 | a >> 26)) & low
    a = a + c & low
    c = (c + carry - b ^ (b << 8 | b >> 24)) & low
    b = b + a & low
    a = (a + carry - c ^ (c << 16 | c >> 16)) & low
    c = c + b & low
    b = (b + carry - a ^ (a << 19 | a >> 13)) & low
    a = a + c & low
    c = (c + carry - b ^ (b << 4 | b >> 28)) & low
    b = b + a & low
    return a, b, c


def _final(a: int, b: int, c: int, ones: int) -> int:
    """Return the sums after the last round."""
    carry = ones << 32
    low = carry - ones
    a, b, c = a & low, b & low, c & low
    c = _step(c, b, 14, carry, low)
    a = _step(a, c, 11, carry, low)
    b = _step(b, a, 25, carry, low)
    c = _step(c, b, 16, carry, low)
    a = _step(a, c, 4, carry, low)
    b = _step(b, a, 14, carry, low)
    return _step(c, b, 24, carry, low)


def _step(x: int, y: int, bits: int, carry: int, low: int) -> int:
    return (x ^ y) + carry - ((y << bits | y >> 32 - bits) & low) & low
