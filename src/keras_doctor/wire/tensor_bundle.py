"""TensorFlow's tensor bundle: `P.index`, a sorted table of what tensors there are, and `P.data-NNNNN-of-NNNNN`, their
bytes.

Sources: tensorflow/core/util/tensor_bundle/tensor_bundle.h, tensorflow/core/protobuf/tensor_bundle.proto,
tensorflow/core/lib/io/format.h and table_format.txt (the table of LevelDB).
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.wire.errors import Damage, FormatError, LimitExceeded, Oddity, Truncated
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits
from keras_doctor.wire.protobuf import Decoder, varint
from keras_doctor.wire.sorted_table import records
from keras_doctor.wire.source import BytesSource, Source
from keras_doctor.wire.tensor_slices import assembled, owner, starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

# DataType of tensorflow/core/framework/types.proto: NumPy's or ml_dtypes' name of the elements, and their bytes.
# Those of quantized types (11, 12, 13, 15, 16) are stored as plain integers.
DTYPES = {
    1: ("float32", 4), 2: ("float64", 8), 3: ("int32", 4), 4: ("uint8", 1), 5: ("int16", 2), 6: ("int8", 1),
    7: ("string", 0), 8: ("complex64", 8), 9: ("int64", 8), 10: ("bool", 1), 11: ("int8", 1), 12: ("uint8", 1),
    13: ("int32", 4), 14: ("bfloat16", 2), 15: ("int16", 2), 16: ("uint16", 2), 17: ("uint16", 2),
    18: ("complex128", 16), 19: ("float16", 2), 20: ("resource", 0), 21: ("variant", 0), 22: ("uint32", 4),
    23: ("uint64", 8), 24: ("float8_e5m2", 1), 25: ("float8_e4m3fn", 1), 26: ("float8_e4m3fnuz", 1),
    27: ("float8_e4m3b11fnuz", 1), 28: ("float8_e5m2fnuz", 1), 29: ("int4", 1), 30: ("uint4", 1),
}  # fmt: skip

_VARIABLE = b"/.ATTRIBUTES/VARIABLE_VALUE"  # how keys of checkpoints with an object graph end
_TOLD = 200  # damages that are told one by one
ITEM_SIZES = dict(DTYPES.values())

SHAPE = {2: ("dims", {1: ("size", "int", "")}, "list"), 3: ("unknown_rank", "int", "")}
_HEADER = {1: ("num_shards", "int", ""), 2: ("endianness", "int", "")}
_ENTRY = {
    1: ("dtype", "int", ""), 2: ("shape", SHAPE, ""), 3: ("shard", "int", ""), 4: ("offset", "int", ""),
    5: ("size", "int", ""), 6: ("crc", "fixed", ""), 7: ("slices", "bytes", "list"),
}  # fmt: skip


@record
class Entry:
    """One tensor of a bundle: `size` bytes at `offset` of shard `shard`.

    `dtype` is a name of `DTYPES` ("dtype 99" for another number); `crc` the masked CRC-32C of the bytes. `lost`: bytes
    that its shard lacks. A tensor stored in `slices`, each with where it starts, has no bytes of its own.
    """

    key: str
    dtype: str
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    lost: int = 0
    slices: tuple[tuple[tuple[int, ...], Entry], ...] = ()


class TensorBundle:
    """A bundle over its index.

    `open_shard(number, count)` gives a shard's bytes and raises OSError where it is missing. `name` is the prefix of
    the file names. `entries`: the tensors by key, in the order of the index. Raises `FormatError` when the index is
    none.
    """

    def __init__(
        self,
        index: Source,
        open_shard: Callable[[int, int], Source],
        limits: Limits = DEFAULT_LIMITS,
        name: str = "",
    ) -> None:
        self.index = index
        self.limits = limits
        self.name = name
        self.damage: list[Damage] = []
        self.oddities: list[Oddity] = []
        self.num_shards = 0
        self.big_endian = False
        self._open_shard = open_shard
        self._shards: dict[int, Source | None] = {}
        self.entries = self._read()

    def _read(self) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        slices: dict[str, list[Entry]] = {}
        lost: dict[int, list[Entry]] = {}
        part = f"{self.name}.index".lstrip(".")
        table = list(records(self.index, self.damage, part))
        headers = [value for key, value in table if not key and value]
        if not table or not (headers or any(key.endswith(_VARIABLE) for key, _ in table)):
            raise FormatError("the first entry of the table is not the header of a tensor bundle", 0)
        if not headers:
            self.damage.append(
                Damage("structure", "the header of the tensor bundle is lost: one shard is looked for", part)
            )
        header = Decoder(BytesSource(headers[0])).message(_HEADER) if headers else {"num_shards": 1}
        self.num_shards = header.get("num_shards", 0)
        self.big_endian = header.get("endianness") == 1
        for key, value in table:
            if not key:
                continue
            if len(entries) + len(slices) >= self.limits.objects:
                raise LimitExceeded(f"more than {self.limits.objects} tensors")
            sliced = key.startswith(b"\0")
            entry = self._entry(owner(key) if sliced else key.decode("utf-8", "replace"), value, slices)
            if entry.lost:
                lost.setdefault(entry.shard, []).append(entry)
            if sliced:  # in the table they all stand before the tensors that they belong to
                slices.setdefault(entry.key, []).append(entry)
            else:
                entries[entry.key] = entry
        for shard, losing in lost.items():
            self._note_loss(shard, losing)
        if len(self.damage) > _TOLD:
            what = f"and {len(self.damage) - _TOLD} more like these"
            self.damage[_TOLD:] = [Damage(self.damage[_TOLD].kind, what)]
        return entries

    def _entry(self, key: str, value: bytes, slices: dict[str, list[Entry]]) -> Entry:
        decoder = Decoder(BytesSource(value), self.limits)
        fields = decoder.message(_ENTRY)
        code = fields.get("dtype", 0)
        dtype, item = DTYPES.get(code, (f"dtype {code}", 0))
        dims = fields.get("shape", {}).get("dims", ())
        shape = tuple(dim.get("size", 0) for dim in dims)
        shard, offset, size = (fields.get(name, 0) for name in ("shard", "offset", "size"))
        if decoder.damage or len(shape) > self.limits.rank or any(number < 0 for number in (*shape, offset, size)):
            self.damage.append(Damage("structure", f"the entry of {key!r} is broken", key))
            shape, size = (), max(0, size)
        if "slices" in fields:
            parts = slices.get(key, [])
            places = starts(fields["slices"])
            if len(parts) != len(places):
                what = f"{len(places) - len(parts)} of the {len(places)} slices of {key!r} are not there"
                self.damage.append(Damage("missing", what, key))
            placed = tuple(zip(places, parts, strict=False))
            total = sum(part.size for _, part in placed)
            lost = sum(part.lost for _, part in placed)
            return Entry(key, dtype, shape, 0, 0, total, 0, lost, placed)
        expected = item
        for length in shape:
            expected *= length
        if item and expected != size:
            what = f"{key!r} is {dtype}{list(shape)}, {expected} bytes, and stored with {size}"
            self.damage.append(Damage("size", what, key, offset, max(0, size)))
        source = self.shard(shard)
        there = 0 if source is None or offset < 0 else max(0, min(size, source.size - offset))
        return Entry(key, dtype, shape, shard, offset, size, fields.get("crc", 0), max(0, size - there))

    def _note_loss(self, shard: int, losing: list[Entry]) -> None:
        name = self.shard_name(shard)
        if self.shard(shard) is None:
            what = f"{name} is not there: {len(losing)} tensors are lost"
            self.damage.append(Damage("missing", what, name))
            return
        bytes_lost = sum(entry.lost for entry in losing)
        what = f"{name} is cut: {bytes_lost} bytes of {len(losing)} tensors are missing"
        self.damage.append(
            Damage("truncated", what, name, min(entry.offset + entry.size - entry.lost for entry in losing))
        )

    def shard_name(self, shard: int) -> str:
        """Return a shard's file name, "variables.data-00000-of-00001"."""
        return f"{self.name}.data-{shard:05}-of-{self.num_shards:05}".lstrip(".")

    def shard(self, number: int) -> Source | None:
        """Return a shard's bytes, None where it is missing."""
        if number not in self._shards:
            source = None
            if 0 <= number < self.num_shards <= 99_999:
                try:
                    source = self._open_shard(number, self.num_shards)
                except OSError:
                    pass
            self._shards[number] = source
        return self._shards[number]

    def _stored(self, entry: Entry, skipped: int = 0) -> Iterator[bytes]:
        """Yield a tensor's bytes as they lie in the shard, without the first `skipped`. Raises `FormatError`."""
        source = self.shard(entry.shard)
        if source is None or entry.lost:
            raise Truncated(f"{entry.lost} of {entry.size} bytes of {entry.key!r} are missing", entry.offset)
        return source.chunks(entry.offset + skipped, entry.size - skipped)

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield a tensor's bytes, little-endian; strings one after another.

        Raises `FormatError` when they are not all there.
        """
        if entry.slices:
            if entry.size > sum(source.size for source in self._shards.values() if source is not None):
                raise FormatError(f"the slices of {entry.key!r} share bytes", entry.offset)
            stored = [(start, part.shape, self.read(part)) for start, part in entry.slices]
            return iter((assembled(entry.shape, ITEM_SIZES.get(entry.dtype, 0), stored),))
        if entry.dtype == "string":
            return self._stored(entry, self._lengths(entry)[1])
        item = ITEM_SIZES.get(entry.dtype, 1)
        width = item // 2 if entry.dtype.startswith("complex") else item
        if not self.big_endian or width < 2:
            return self._stored(entry)
        return (_swapped(piece, width) for piece in self._stored(entry))

    def read(self, entry: Entry) -> bytes:
        """Return a tensor's bytes as `chunks` gives them. Raises `FormatError` when they are not all there."""
        return b"".join(self.chunks(entry))

    def strings(self, entry: Entry) -> list[bytes]:
        """Return the values of a tensor of strings. Raises `FormatError` when they are broken."""
        data = self.read(entry)
        values = []
        at = 0
        for length in self._lengths(entry)[0]:
            values.append(data[at : at + length])
            at += length
        return values

    def _lengths(self, entry: Entry) -> tuple[list[int], int]:
        """Return the lengths of stored strings, and where in the tensor's bytes the strings begin. Raises
        `FormatError`.

        They are stored as varints, with a checksum of four bytes after them.
        """
        count = 1
        for length in entry.shape:
            count *= length
        if count > entry.size:
            raise FormatError(f"{count} strings in {entry.size} bytes", entry.offset)
        lengths = []
        at = 0
        data = b"".join(self._stored(entry))
        for _ in range(count):
            length, at = varint(data, at)
            lengths.append(length)
        at += 4
        if at + sum(lengths) != entry.size:
            raise FormatError("the lengths of the strings do not fit their bytes", entry.offset)
        return lengths, at

    def verify(self, entry: Entry) -> bool:
        """Tell whether a tensor's bytes have the stored checksum. One pass over them, at some 60 MB/s.

        Raises `FormatError` when they are not all there.
        """
        from keras_doctor.wire.crc32c import crc32c, masked

        if entry.slices:
            return all(self.verify(part) for _, part in entry.slices)
        if entry.dtype == "string":
            return masked(crc32c(self._string_pieces(entry))) == entry.crc
        if entry.dtype == "variant":  # a format of its own, of objects that no model of Keras keeps
            raise FormatError(f"{entry.key!r} holds objects that are not tensors")
        return masked(crc32c(self._stored(entry))) == entry.crc

    def _string_pieces(self, entry: Entry) -> Iterator[bytes]:
        """Yield what the checksum of strings is of: their lengths as numbers of 4 bytes, the checksum of these, the
        strings.
        """
        lengths, after = self._lengths(entry)
        order: Literal["little", "big"] = "big" if self.big_endian else "little"
        yield b"".join(length.to_bytes(4 if length <= 0xFFFFFFFF else 8, order) for length in lengths)
        yield from self._stored(entry, after - 4)


def _swapped(piece: bytes, width: int) -> bytes:
    """Return values of `width` bytes with their bytes in the other order."""
    swapped = bytearray(len(piece))
    for index in range(width):
        swapped[index::width] = piece[width - 1 - index :: width]
    return bytes(swapped)
