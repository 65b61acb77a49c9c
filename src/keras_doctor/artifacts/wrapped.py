"""A model inside something else: compressed, in a tar or zip archive, written as base64.

What is inside is looked at within bounds and named; nothing is unpacked. Keras opens none of these.
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.contents import HDF5, InnerProbe, Item, format_of, is_model, models, title_of
from keras_doctor.artifacts.foreign_kinds import document
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.inflating import Inflated, inflate
from keras_doctor.wire.source import BytesSource
from keras_doctor.wire.tar import BLOCK, entries, is_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keras_doctor.artifacts.contents import Found
    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.archive import Archive, Member
    from keras_doctor.wire.source import Source
    from keras_doctor.wire.tar import Entry

# (first bytes, offset, what wraps)
_WRAPPERS: tuple[tuple[bytes, int, str], ...] = (
    (b"PK\x03\x04", 0, "zip"),
    (b"\x1f\x8b\x08", 0, "gzip"),
    (b"BZh", 0, "bzip2"),
    (b"\xfd7zXZ\0", 0, "xz"),
    (b"]\0\0", 0, "xz"),  # LZMA before xz
    (b"\x78\x01", 0, "zlib"),
    (b"\x78\x5e", 0, "zlib"),
    (b"\x78\x9c", 0, "zlib"),
    (b"\x78\xda", 0, "zlib"),
    (b"\x28\xb5\x2f\xfd", 0, "zstd"),
    (b"\x04\x22\x4d\x18", 0, "lz4"),
    (b"7z\xbc\xaf\x27\x1c", 0, "7z"),
    (b"Rar!\x1a\x07", 0, "rar"),
    (b"ustar", 257, "tar"),
)

FORMATS = (
    "zip-wrapped", "gzip-wrapped", "bzip2-wrapped", "xz-wrapped", "zlib-wrapped", "zstd-wrapped", "lz4-wrapped",
    "7z-wrapped", "rar-wrapped", "tar-wrapped", "base64-wrapped", "gzip", "bzip2", "xz", "zlib", "tar",
)  # fmt: skip
KIND = ("binary", "text")
MAGIC = tuple((magic, offset) for magic, offset, _ in _WRAPPERS)
FALLBACK = True  # tar archives before 1988 have no signature, only a checksum
PRIORITY = 65

_LOOK = 8 << 20  # bytes that are decompressed to see what is inside
_BASE64 = (b"iUhERg0KGgo", b"UEsDB", b"H4sI")  # how HDF5, zip and gzip begin in base64
_DATA_ADDRESS = b";base64,"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_ONE_FILE = (".gz", ".gzip", ".bz2", ".xz", ".lzma", ".zst", ".zz", ".b64", ".base64", ".txt")


def wrapper_of(probe: Probe) -> str | None:
    """Return what wraps ("gzip", "tar" …), None when nothing does."""
    head = probe.head
    for magic, offset, wrapper in _WRAPPERS:
        if head.startswith(magic, offset) and (
            wrapper not in ("zlib", "xz", "bzip2") or _begins(probe.source, wrapper)
        ):
            return wrapper
    if len(head) >= BLOCK and is_header(head[:BLOCK]):
        return "tar"
    return "base64" if _base64_start(head) is not None else None


def recognises(probe: Probe) -> bool:
    """Tell whether the file wraps something; of zip archives, whether there is a model inside."""
    wrapper = wrapper_of(probe)
    if wrapper != "zip":
        return wrapper is not None
    if isinstance(probe, InnerProbe):
        return False
    try:
        return bool(_zip_models(probe))
    except FormatError:
        return False


def read(probe: Probe) -> ModelDocument:
    """Return a document that says what wraps, and what is inside."""
    wrapper = wrapper_of(probe) or "zip"
    if wrapper == "zip":
        found = document(probe, "zip-wrapped", "", "zip", wrapper=wrapper, inside=_zip_models(probe))
        archive = probe.archive()
        found.damage, found.oddities = tuple(archive.damage), tuple(archive.oddities)
        return found
    if wrapper == "tar":
        return _tar(probe, probe.source, True, wrapper)
    if wrapper == "base64":
        return _single(probe, wrapper, _decode(probe))
    try:
        inflated = inflate(probe.source, wrapper, _LOOK)
    except FormatError:  # no decompressor for it here, or broken from the start
        return document(probe, f"{wrapper}-wrapped", "", "file", wrapper=wrapper, inside=())
    if is_header(inflated.data[:BLOCK]):
        found = _tar(probe, BytesSource(inflated.data), inflated.whole, wrapper)
    else:
        found = _single(probe, wrapper, inflated)
    if inflated.broken:
        kind = "truncated" if "ends early" in inflated.broken else "structure"
        found.damage = (
            Damage(kind, f"{inflated.broken}, after {len(inflated.data):,} bytes came out", "", probe.source.size),
        )
    return found


def _begins(source: Source, wrapper: str) -> bool:
    """Tell whether what follows a short signature is really compressed that way."""
    try:
        return bool(inflate(source, wrapper, 1).data) or source.size > 1000
    except FormatError:
        return False


def _zip_models(probe: Probe) -> tuple[Found, ...]:
    archive = probe.archive()
    return models(_zip_items(archive), probe.limits)


def _zip_items(archive: Archive) -> Iterator[Item]:
    for name, member in archive.members.items():
        if not member.is_directory:
            yield Item(name, member.size, _member_opener(archive, member))


def _member_opener(archive: Archive, member: Member) -> Callable[[], tuple[Source, bool]]:
    def opened() -> tuple[Source, bool]:
        """Open the member in place when it is stored, or inflate the beginning of it."""
        if not member.method or member.size <= _LOOK:
            return archive.open(member), True
        stored = archive.source.window(member.data_offset, member.compressed_size)
        inflated = inflate(stored, "deflate", BLOCK)
        return BytesSource(inflated.data), inflated.whole

    return opened


def _tar(probe: Probe, source: Source, whole: bool, compression: str) -> ModelDocument:
    """Return the document of a tar archive, of which `source` is all or the beginning."""
    items = [
        Item(entry.name.removeprefix("./"), entry.size, _entry_opener(source, entry))
        for entry in entries(source)
        if entry.is_file
    ]
    inside = models(items, probe.limits)
    if inside or not whole:
        return document(probe, "tar-wrapped", "", "file", wrapper="tar", compression=compression, inside=inside)
    shown = ", ".join(item.name[:60] for item in items[:5])
    return document(probe, "tar", f" (in it: {shown}{', …' if len(items) > 5 else ''})" if items else " (it is empty)")


def _entry_opener(source: Source, entry: Entry) -> Callable[[], tuple[Source, bool]]:
    def opened() -> tuple[Source, bool]:
        content = source.window(entry.offset, entry.size)
        return content, content.size == entry.size

    return opened


def _single(probe: Probe, wrapper: str, inflated: Inflated) -> ModelDocument:
    """Return the document of one file that is compressed or encoded."""
    content = BytesSource(inflated.data)
    name = _inner_name(probe, wrapper)
    form = format_of(Item(name, content.size, lambda: (content, inflated.whole)), probe.limits)
    if form in ("pickle", "joblib", "pickled-keras"):
        from keras_doctor.artifacts.foreign_pickle import describe
        from keras_doctor.wire.pickled import scan

        found = describe(InnerProbe(name, content, probe.limits), scan(content))
        facts = {**found.facts, "inside": (), "wrapper": wrapper}
        return document(
            probe, form, found.title.removeprefix(document(probe, form).title) + f", compressed with {wrapper}", **facts
        )
    likely = not inflated.whole and (form != "unknown" or name.lower().endswith((".h5", ".hdf5", ".keras")))
    if is_model(form, name) or likely or wrapper not in FORMATS:
        return document(probe, f"{wrapper}-wrapped", "", "file", wrapper=wrapper, inside=((name, form),))
    return document(probe, wrapper, f" (in it: {title_of(form)})", wrapper=wrapper)


def _inner_name(probe: Probe, wrapper: str) -> str:
    """Return the name that the content has by itself: the one that gzip keeps, else the file's without an ending."""
    name = os.path.basename(probe.path)
    head = probe.head
    if wrapper == "gzip" and head[3:4] == b"\x08":
        stored = head[10:].partition(b"\0")[0].decode("latin-1")
        if stored and stored.isprintable() and len(stored) < 256:
            return os.path.basename(stored.replace("\\", "/")) or name
    stem, ending = os.path.splitext(name)
    return stem if ending.lower() in _ONE_FILE else name


def _base64_start(head: bytes) -> int | None:
    """Return where base64 of a model begins in a text, None when it does not."""
    start = 0
    if head.startswith(b"data:"):
        start = head.find(_DATA_ADDRESS) + len(_DATA_ADDRESS)
    start += len(head[start:]) - len(head[start:].lstrip(b"\"' \r\n"))
    if not head.startswith(_BASE64, start) or head[start:].strip().rstrip(b"\"'").strip(_ALPHABET):
        return None
    return start


def _decode(probe: Probe) -> Inflated:
    from binascii import Error, a2b_base64

    start = _base64_start(probe.head) or 0
    text = probe.source.read_up_to(start, _LOOK * 4 // 3).translate(None, b"\r\n \"'")
    try:
        data = a2b_base64(text[: len(text) // 4 * 4])
    except Error:
        return Inflated(HDF5 if text.startswith(_BASE64[0]) else b"", False)
    return Inflated(data, start + len(text) + 1024 >= probe.source.size and len(data) < _LOOK)
