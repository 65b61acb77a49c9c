"""Global heap collections (III.E): where texts of variable size lie."""

from __future__ import annotations

from struct import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAST = 4096  # bytes of a collection: HDF5 reads no smaller one
_MOST = 1 << 16  # beyond this, or as many objects as an index counts, the next text begins another one
_OBJECTS = 65_000


class GlobalHeap:
    """Texts in collections; `body` are the bytes of all of them."""

    def __init__(self) -> None:
        self.body = b""

    def lay_out(self, texts: Iterable[bytes], address: int) -> dict[bytes, tuple[int, int]]:
        """Lay out each text once, from `address` on; return where each is: its collection, its number in it."""
        places: dict[bytes, tuple[int, int]] = {}
        held: list[bytes] = []
        size = 16
        made = bytearray()
        for text in sorted(texts):
            wanted = 16 + len(text) + -len(text) % 8
            if held and (size + wanted > _MOST or len(held) >= _OBJECTS):
                made += _collection(held)
                held, size = [], 16
            held.append(text)
            size += wanted
            places[text] = address + len(made), len(held)
        if held:
            made += _collection(held)
        self.body = bytes(made)
        return places


def _collection(texts: list[bytes]) -> bytes:
    objects = b"".join(
        pack("<HH4xQ", number, 1, len(text)) + text + bytes(-len(text) % 8) for number, text in enumerate(texts, 1)
    )
    size = max(_LEAST, 16 + len(objects) + 16)
    free = size - 16 - len(objects)
    return pack("<4sB3xQ", b"GCOL", 1, size) + objects + pack("<HH4xQ", 0, 0, free) + bytes(free - 16)
