"""What all parts of the HDF5 reader share.

Bytes at addresses, sizes of fields, budgets, and the records of what was found.
"""

from __future__ import annotations

import struct

from keras_doctor.wire.errors import Damage, FormatError, LimitExceeded, Oddity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.wire.hdf5.checksum import Checksums
    from keras_doctor.wire.hdf5.dataspace import Dataspace
    from keras_doctor.wire.hdf5.datatype import Datatype
    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

# What parsing bad bytes can raise inside the package; every public door turns it into Damage or FormatError.
BROKEN = (ValueError, IndexError, KeyError, OverflowError, struct.error)  # FormatError is a ValueError

WHOLE = 1 << 20  # a file up to this size is one page
PAGE_BITS = 16
REACH = 4096  # bytes of the next page that a page holds too: a small structure never straddles

_LETTER = {2: "H", 4: "I", 8: "Q"}
_SLACK = 32 << 20  # characters and elements that any file may make us hold, whatever its size
_STEPS = 1 << 18  # steps of parsing that any file may cost, whatever its size
_DAMAGES = 20_000  # records kept


class Fields:
    """Unpackers of the structures whose fields are as wide as the superblock says (II.A)."""

    __slots__ = (
        "address",
        "address_length",
        "contiguous",
        "heap_object",
        "heap_size",
        "length",
        "length_letter",
        "length_size",
        "local_heap",
        "node",
        "node_child",
        "offset_letter",
        "offset_size",
        "symbol",
        "symbol_size",
        "two_addresses",
        "undefined",
        "vlen",
    )

    def __init__(self, offset_size: int, length_size: int) -> None:
        self.offset_letter = o = _LETTER[offset_size]
        self.length_letter = n = _LETTER[length_size]
        self.offset_size = offset_size
        self.length_size = length_size
        self.undefined = (1 << 8 * offset_size) - 1
        self.address = struct.Struct("<" + o).unpack_from
        self.length = struct.Struct("<" + n).unpack_from
        self.address_length = struct.Struct(f"<{o}{n}").unpack_from
        self.contiguous = struct.Struct(f"<BB{o}{n}").unpack_from
        local_heap = struct.Struct(f"<4sB3x{n}{n}{o}")
        self.local_heap, self.heap_size = local_heap.unpack_from, local_heap.size
        self.node = struct.Struct(f"<4sBBH{o}{o}")
        self.node_child = struct.Struct(f"<{n}{o}")
        symbol = struct.Struct(f"<{o}{o}I4x{o}{o}{16 - 2 * offset_size}x")
        self.symbol, self.symbol_size = symbol.unpack_from, symbol.size
        self.heap_object = struct.Struct(f"<HH4x{n}").unpack_from
        self.two_addresses = struct.Struct(f"<{o}{o}").unpack_from
        self.vlen = struct.Struct(f"<I{o}I")


USUAL = Fields(8, 8)


def fields_of(reader: Reader, offset_size: int, length_size: int) -> Fields:
    """Return the unpackers for the sizes that a superblock states; the usual ones when no file can have those."""
    if (offset_size, length_size) == (8, 8):
        return USUAL
    if offset_size in _LETTER and length_size in _LETTER:
        return Fields(offset_size, length_size)
    what = f"the superblock states addresses of {offset_size} bytes and lengths of {length_size} bytes: 8 are assumed"
    reader.hurt("structure", what, "/", 0)
    return USUAL


class Reader:
    """The bytes of one HDF5 file by HDF5 address, with everything that was noted about them."""

    __slots__ = (
        "_mask",
        "_noted",
        "_pages",
        "_shift",
        "base",
        "cached_groups",
        "checksums",
        "damage",
        "extension",
        "fields",
        "heaps",
        "indexed",
        "limits",
        "links_left",
        "marked_heaps",
        "memory_left",
        "oddities",
        "shared",
        "shared_heaps",
        "size",
        "source",
        "spaces",
        "steps_left",
        "truncated",
        "types",
    )

    def __init__(self, source: Source, base: int, fields: Fields, limits: Limits) -> None:
        self.source = source
        self.base = base
        self.size = source.size - base
        self.fields = fields
        self.limits = limits
        self.damage: list[Damage] = []
        self.oddities: list[Oddity] = []
        self._noted: set[tuple[str, str, int | None]] = set()
        self._pages: dict[int, bytes] = {}
        self._shift = 63 if source.size <= WHOLE else PAGE_BITS
        self._mask = (1 << self._shift) - 1
        self.memory_left = source.size + _SLACK
        self.steps_left = source.size // 4 + _STEPS
        self.links_left = min(limits.objects, source.size // 8 + 1024)
        self.truncated = False
        self.spaces: dict[bytes, Dataspace] = {}
        self.types: dict[bytes, Datatype] = {}
        # Header address -> B-tree and local heap, as the entries of symbol nodes repeat them
        self.cached_groups: dict[int, tuple[int, int]] = {}
        self.heaps: dict[int, Any] = {}  # global heap collections
        self.indexed: set[int] = set()  # headers of the datasets whose chunks were listed before
        # Where global heap collections are known to be, when addresses are not to be trusted
        self.marked_heaps: tuple[int, ...] = ()
        self.extension: int | None = None  # address of the superblock extension
        self.shared: dict[tuple[int, int], bytes] = {}  # bodies of shared messages by address and type
        self.shared_heaps: dict[int, Any] | None = None  # heaps of shared messages by type
        self.checksums: Checksums | None = None  # made by the first structure that has one

    def at(self, address: int) -> tuple[bytes, int]:
        """Return a buffer and the position of `address` in it.

        `REACH` bytes follow unless the file ends. Raises `FormatError`.
        """
        page = self._pages.get(address >> self._shift)
        if page is None:
            page = self._load(address)
        return page, address & self._mask

    def _load(self, address: int) -> bytes:
        if not 0 <= address < self.size:
            raise FormatError(f"address {address} lies outside the file", None)
        index = address >> self._shift
        start = index << self._shift
        page = self.source.read_up_to(self.base + start, min(self.size - start, self._mask + 1 + REACH))
        if len(self._pages) >= 64:
            del self._pages[next(iter(self._pages))]
        self._pages[index] = page
        return page

    def take(self, address: int, length: int) -> bytes:
        """Return `length` bytes at `address`. Raises `FormatError` when they are not all there."""
        page, start = self.at(address)
        end = start + length
        if end <= len(page):
            return page[start:end]
        return self.source.read(self.base + address, length)

    def take_some(self, address: int, length: int) -> bytes:
        """Return what there is of `length` bytes at `address`."""
        if not 0 <= address < self.size:
            return b""
        page, start = self.at(address)
        end = start + length
        if end <= len(page):
            return page[start:end]
        return self.source.read_up_to(self.base + address, length)

    def spend(self, amount: int) -> None:
        """Count characters or elements that are about to be held.

        Raises `LimitExceeded` when no honest file of this size has so many.
        """
        self.memory_left -= amount
        if self.memory_left < 0:
            raise LimitExceeded("the file refers to the same bytes over and over")

    def work(self, steps: int) -> None:
        """Count steps of parsing, about a microsecond each.

        Raises `LimitExceeded` when structures overlap so much that it would take forever.
        """
        self.steps_left -= steps
        if self.steps_left < 0:
            raise LimitExceeded("its structures overlap: reading them would take too long")

    def hurt(self, kind: str, what: str, part: str, address: int | None = None, length: int | None = None) -> None:
        """Record damage once."""
        offset = None if address is None else self.base + address
        key = (kind, part, offset)
        if key not in self._noted and len(self.damage) < _DAMAGES:
            self._noted.add(key)
            self.damage.append(Damage(kind, what, part, offset, length))

    def hurt_by(self, error: BaseException, what: str, part: str, address: int | None = None) -> None:
        """Record that `what` at `address` cannot be read, and why: zeros, the end of the file, or nonsense."""
        head = self.take_some(address, 32) if address is not None else b""
        if address is not None and address >= self.size:
            kind, reason = ("truncated" if self.truncated else "structure"), "it lies behind the end of the file"
        elif head and not any(head):
            kind, reason = "zeroed", "there are only zeros"
        else:
            kind = "truncated" if self.truncated and address is not None and len(head) < 32 else "structure"
            reason = error.what if isinstance(error, FormatError) else "its fields contradict each other"
        self.hurt(kind, f"{what} cannot be read: {reason}", part, address)

    def odd(self, kind: str, what: str, part: str, detail: tuple[tuple[str, str | int], ...] = ()) -> None:
        """Record an oddity once."""
        key = (kind, f"{part}\0{what}", None)
        if key not in self._noted and len(self.oddities) < _DAMAGES:
            self._noted.add(key)
            self.oddities.append(Oddity(kind, what, part, None, detail))


def expect(buffer: bytes, position: int, signature: bytes) -> None:
    """Raise `FormatError` unless `signature` stands at `position`."""
    if not buffer.startswith(signature, position):
        found = buffer[position : position + 4]
        raise FormatError(f"{signature.decode()} expected, {found!r} found")


_FLIPPED = 2  # bits of a signature that may be wrong where what follows can still be what it announces


def expect_nearly(reader: Reader, address: int, signature: bytes, part: str) -> None:
    """Raise `FormatError` unless `signature` stands at `address`, or something that differs from it in a bit or two:
    that is recorded, and what follows is read.
    """
    page, at = reader.at(address)
    found = page[at : at + len(signature)]
    wrong = (int.from_bytes(found, "big") ^ int.from_bytes(signature, "big")).bit_count()
    if len(found) < len(signature) or wrong > _FLIPPED:
        expect(page, at, signature)
    elif wrong:
        reader.hurt("structure", f"{signature.decode()} expected, {found!r} found", part, address)
