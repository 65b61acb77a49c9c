"""The weights of TensorFlow.js: a manifest of tensors, their bytes one after another over several files.

Sources: tensorflowjs/write_weights.py, read_weights.py and quantization.py (4.22), tfjs-core/src/io/types.ts. Files
have 4 MiB, the last one less; nothing is aligned; quantized tensors are stored as small integers or halves and read as
floats.
"""

from __future__ import annotations

import os

from keras_doctor.document.locus import Locus
from keras_doctor.document.tensors import ITEM_SIZE, TensorRef
from keras_doctor.wire.errors import Damage, FormatError, Oddity, Truncated
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

_SHARD = 4 << 20
_STEP = 1 << 16  # elements that are dequantized at once
_LENGTH = 4  # bytes of a string's length
_AHEAD = 1 << 16  # bytes that are read at once where strings are measured
_CODES = {"uint8": "B", "uint16": "H", "float16": "e"}


class _Shard:
    """One file: its bytes, None when it is missing, and how many there should be from where in the run of all files."""

    __slots__ = ("name", "size", "source", "start")

    def __init__(self, name: str, source: Source | None) -> None:
        self.name = name
        self.source = source
        self.size = self.there
        self.start = 0

    @property
    def there(self) -> int:
        return self.source.size if self.source is not None else 0


class WeightFiles:
    """One group of a manifest.

    `opened` keeps the files that were opened, for the groups to share. `tensors`: with whether each is an optimizer's.
    `size`: bytes of its files. `quantized`: how many tensors are stored as what.
    """

    def __init__(self, manifest: dict[str, Any], folder: str, opened: dict[str, Source], limits: Limits) -> None:
        self.damage: list[Damage] = []
        self.oddities: list[Oddity] = []
        self.quantized: dict[str, int] = {}
        self._limits = limits
        self._extents: list[tuple[int, int]] = []
        self._ahead = (0, b"")
        paths = manifest.get("paths")
        self._opened = opened
        self._folder = folder
        self._shards = [self._open(path) for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
        self.size = sum(shard.there for shard in self._shards)
        entries = manifest.get("weights")
        self.tensors = tuple(self._tensors(entries if isinstance(entries, list) else []))
        self._note_losses()

    def _open(self, path: str) -> _Shard:
        name = path.removeprefix("./")
        if ".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\")) or ":" in name or "\0" in name:
            what = f"the weights file {path!r} is outside the model's folder, and not read"
            self.oddities.append(Oddity("path-traversal", what, path))
            return _Shard(name, None)
        if name not in self._opened:
            try:
                self._opened[name] = open_path(os.path.join(self._folder, name))
            except OSError:
                return _Shard(name, None)
        return _Shard(name, self._opened[name])

    def _tensors(self, entries: list[Any]) -> Iterator[tuple[TensorRef, bool]]:
        known = []
        broken = 0
        total: int | None = 0
        for entry in entries[: self._limits.objects]:
            shape = _shape(entry)
            if shape is None or not isinstance(entry.get("name"), str):
                broken += 1
                continue
            stored = _stored_dtype(entry)
            size = None if stored == "string" else _count(shape) * ITEM_SIZE.get(stored, 0)
            total = None if total is None or size is None else total + size
            known.append((entry, shape, stored, size))
        if broken:
            what = f"{broken} of the {len(entries)} entries of the manifest are no tensors"
            self.damage.append(Damage("structure", what))
        self._lay_out(total)
        offset = 0
        for entry, shape, stored, size in known:
            if size is None:
                size = self._strings(entry["name"], offset, _count(shape))
            self._extents.append((offset, offset + size))
            yield self._tensor(entry, shape, stored, offset, size), entry.get("group") == "optimizer"
            offset += size

    def _lay_out(self, total: int | None) -> None:
        """Say how large each file should be: all but the last are of one size, together they are what the tensors
        need.
        """
        shards = self._shards
        missing = [shard for shard in shards if shard.source is None]
        if total is not None and shards and (missing or self.size != total):
            before = [shard.there for shard in shards[:-1]]
            for full in (_SHARD, max(before, default=0)):
                last = total - full * len(before)
                if not before or (0 <= last <= full and all(there <= full for there in before)):
                    for shard in shards[:-1]:
                        shard.size = full
                    shards[-1].size = last
                    break
            else:
                if len(missing) == 1:
                    missing[0].size = max(0, total - self.size)
        start = 0
        for shard in shards:
            shard.start = start
            start += shard.size

    def _strings(self, name: str, offset: int, count: int) -> int:
        """Return how many bytes a tensor of strings takes: each is stored after its length."""
        start = offset
        try:
            for _ in range(count):
                offset += _LENGTH + self._length_at(offset)
        except Truncated:
            self.damage.append(Damage("truncated", f"the strings of {name!r} are cut", name))
        return offset - start

    def _length_at(self, offset: int) -> int:
        at = offset - self._ahead[0]
        if not 0 <= at <= len(self._ahead[1]) - _LENGTH:
            end = sum(shard.size for shard in self._shards)
            self._ahead = offset, b"".join(self._bytes(offset, max(_LENGTH, min(_AHEAD, end - offset))))
            at = 0
        return int.from_bytes(self._ahead[1][at : at + _LENGTH], "little")

    def _tensor(self, entry: dict[str, Any], shape: tuple[int, ...], stored: str, offset: int, size: int) -> TensorRef:
        name: str = entry["name"]
        dtype = "string" if stored == "string" else str(entry.get("dtype", ""))
        locus = Locus(name)
        if stored == dtype:
            for shard in self._shards:
                if shard.start <= offset and offset + size <= shard.start + shard.size:
                    locus = Locus(shard.name, "", offset - shard.start, size)
                    break
        else:
            self.quantized[stored] = self.quantized.get(stored, 0) + 1

        def chunks() -> Iterator[bytes]:
            if dtype == "string":
                return self._values(offset, _count(shape))
            return self._bytes(offset, size) if stored == dtype else self._dequantized(entry, stored, offset, size)

        nbytes = size if stored == dtype else _count(shape) * ITEM_SIZE.get(dtype, 0)
        return TensorRef(name.rpartition("/")[2], name, shape, dtype, nbytes, locus, chunks)

    def _bytes(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield bytes of the run of all files. Raises `Truncated` when they are not all there."""
        end = offset + length
        for shard in self._shards:
            first, last = max(offset, shard.start), min(end, shard.start + shard.size)
            if first < last:
                if shard.source is None or last - shard.start > shard.there:
                    raise Truncated(f"{shard.name} lacks {shard.size - shard.there} bytes", first - shard.start)
                yield from shard.source.chunks(first - shard.start, last - first)
                offset = last
        if offset < end:
            raise Truncated(f"{end - offset} bytes of the weights are missing")

    def _values(self, offset: int, count: int) -> Iterator[bytes]:
        """Yield strings without their lengths."""
        for _ in range(count):
            length = self._length_at(offset)
            yield from self._bytes(offset + _LENGTH, length)
            offset += _LENGTH + length

    def _dequantized(self, entry: dict[str, Any], stored: str, offset: int, size: int) -> Iterator[bytes]:
        """Yield the values of a quantized tensor: stored × scale + min. Raises `FormatError`."""
        import sys
        from array import array
        from struct import unpack

        code = _CODES.get(stored)
        dtype = entry.get("dtype")
        if code is None or dtype not in ("float32", "int32"):
            raise FormatError(f"{entry['name']!r} is {dtype} stored as {stored}, which TensorFlow.js has not")
        scale, low = _number(entry, "scale", 1.0), _number(entry, "min", 0.0)
        item = ITEM_SIZE[stored]
        for start in range(offset, offset + size, _STEP * item):
            data = b"".join(self._bytes(start, min(_STEP * item, offset + size - start)))
            values = [value * scale + low for value in unpack(f"<{len(data) // item}{code}", data)]
            made = array("f", values) if dtype == "float32" else array("i", [_whole(value) for value in values])
            if sys.byteorder == "big":
                made.byteswap()
            yield made.tobytes()

    def _note_losses(self) -> None:
        """Record files that are missing or have other sizes than the tensors need."""
        for shard in self._shards:
            lost = shard.start + shard.there, shard.start + shard.size
            hurt = sum(start < lost[1] and end > lost[0] for start, end in self._extents) if lost[0] < lost[1] else 0
            if shard.source is None:
                what = f"{shard.name} is not there: {shard.size} bytes, {hurt} tensors"
                self.damage.append(Damage("missing", what, shard.name, None, shard.size))
            elif shard.there < shard.size:
                what = f"{shard.name} is cut: {shard.size - shard.there} bytes, {hurt} tensors"
                self.damage.append(Damage("truncated", what, shard.name, shard.there, shard.size - shard.there))
            elif shard.there > shard.size:
                what = f"{shard.there - shard.size} bytes of {shard.name} belong to no tensor"
                self.oddities.append(Oddity("trailing-bytes", what, shard.name, shard.size))


def _shape(entry: Any) -> tuple[int, ...] | None:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or len(shape) > 32:
        return None
    return tuple(shape) if all(type(length) is int and 0 <= length < 1 << 48 for length in shape) else None


def _stored_dtype(entry: dict[str, Any]) -> str:
    quantization = entry.get("quantization")
    dtype = quantization.get("dtype") if isinstance(quantization, dict) else entry.get("dtype")
    return "string" if dtype in ("string", "object") else str(dtype)


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count


def _number(entry: dict[str, Any], key: str, otherwise: float) -> float:
    value = entry["quantization"].get(key, otherwise)
    if not isinstance(value, (int, float)) or (isinstance(value, int) and value.bit_length() > 1000):
        raise FormatError(f"the {key} of {entry['name']!r} is no number")
    return float(value)


def _whole(value: float) -> int:
    """Return a float as a 32-bit integer, as near as there is one."""
    return max(-(1 << 31), min((1 << 31) - 1, round(value))) if value == value else 0
