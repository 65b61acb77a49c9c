"""Files without a signature: nothing but zeros, nothing at all, tensors after a bare header, pieces that only their
neighbours explain."""

from __future__ import annotations

import os

from keras_doctor.artifacts.foreign_kinds import document
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.source import Source

FORMATS = (
    "empty", "zero-filled", "cloud-placeholder", "safetensors", "tfrecord", "darknet-weights", "tfjs-shard",
    "openvino-weights", "utf16-text", "partial-download",
)  # fmt: skip
KIND = "binary"
MAGIC = ()
PRIORITY = 80

# Endings that browsers and download tools give to a file until it is whole.
PARTIAL = (".crdownload", ".part", ".partial", ".download", ".opdownload", ".filepart", ".aria2", ".!ut", ".ytdl")
# Folders of cloud drives, as they are called on Windows, macOS and Linux.
_CLOUD = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "icloud",
    "mobile documents",
    "cloudstorage",
    "nextcloud",
    "my drive",
)
_OFFLINE_WINDOWS = 0x00441000  # FILE_ATTRIBUTE_OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS (winnt.h)
_DATALESS_MACOS = 0x40000000  # SF_DATALESS (sys/stat.h)

_STRETCH = 1 << 20
_SAMPLES = 256


def recognises(probe: Probe) -> bool:
    """Tell whether one of these kinds explains the file."""
    return kind_of(probe) is not None


def read(probe: Probe) -> ModelDocument:
    """Return a document that names the kind."""
    kind = kind_of(probe) or FORMATS[0]
    return document(probe, kind, _tensor_count(probe) if kind == "safetensors" else "")


def kind_of(probe: Probe) -> str | None:
    """Return the kind of a file without a signature, None when it stays unknown."""
    if not probe.source.size:
        return "empty"
    if not probe.head.strip(b"\0") and is_zeros(probe.source, probe.limits.checked_bytes):
        return "cloud-placeholder" if _is_elsewhere(probe) else "zero-filled"
    return next((kind for kind, test in _TESTS if test(probe)), None)


def is_zeros(source: Source, whole: int) -> bool:
    """Tell whether a source holds only zeros: every byte up to `whole` bytes, samples all over it beyond that."""
    if source.size <= whole:
        zeros = bytes(_STRETCH)
        return all(piece == zeros[: len(piece)] for piece in source.chunks(step=_STRETCH))
    step = source.size // _SAMPLES
    places = (*range(0, source.size, step), source.size - 4096)
    return all(not source.read_up_to(place, 4096).strip(b"\0") for place in places)


def _is_elsewhere(probe: Probe) -> bool:
    """Tell whether the file lies in a cloud drive's folder, or is marked as not being on this disk."""
    folders = os.path.dirname(os.path.abspath(probe.path)).lower()
    if any(name in folders for name in _CLOUD):
        return True
    try:
        status = os.stat(probe.path)
    except (OSError, ValueError):
        return False
    windows = getattr(status, "st_file_attributes", 0) & _OFFLINE_WINDOWS
    return bool(windows or getattr(status, "st_flags", 0) & _DATALESS_MACOS)


def _safetensors(probe: Probe) -> bool:
    """Eight bytes of length, then that much JSON (the format's README)."""
    head = probe.head
    length = int.from_bytes(head[:8], "little")
    if head[8:9] != b"{" or length < 2 or length > 100_000_000:
        return False
    return b'"dtype":' in head or b'"__metadata__"' in head or (length == 2 and head[9:10] == b"}")


def _tensor_count(probe: Probe) -> str:
    from keras_doctor.wire.jsontext import loads

    try:
        header = loads(probe.source.read(8, int.from_bytes(probe.head[:8], "little")), probe.limits)
    except FormatError:
        return " (cut short)"
    count = len(header) - ("__metadata__" in header) if isinstance(header, dict) else 0
    return f" ({count:,} tensor{'' if count == 1 else 's'})"


def _tfrecord(probe: Probe) -> bool:
    """Eight bytes of length, then the masked CRC-32C of these eight (tensorflow/core/lib/io/record_writer.h)."""
    head = probe.head
    if len(head) < 16 or int.from_bytes(head[:8], "little") + 16 > probe.source.size:
        return False
    from keras_doctor.wire.crc32c import crc32c, masked

    return masked(crc32c((head[:8],))) == int.from_bytes(head[8:12], "little")


def _darknet(probe: Probe) -> bool:
    """Three numbers of 32 bits: major, minor and revision of Darknet, 0.1.0 to 0.2.5; the rest are floats (darknet
    src/parser.c)."""
    major, minor, revision = (int.from_bytes(probe.head[at : at + 4], "little") for at in (0, 4, 8))
    return (
        probe.extension == ".weights"
        and major == 0
        and minor in (1, 2)
        and revision <= 5
        and probe.source.size % 4 == 0
    )


def _tfjs_shard(probe: Probe) -> bool:
    name = os.path.basename(probe.path).lower()
    group, dash, shard = name.removesuffix(".bin").partition("-shard")
    first, of, last = shard.partition("of")
    named = (
        bool(dash and of) and group.startswith("group") and group[5:].isdigit() and first.isdigit() and last.isdigit()
    )
    return named or (name == "weights.bin" and os.path.isfile(probe.beside("model.json")))


def _openvino(probe: Probe) -> bool:
    if probe.extension != ".bin":
        return False
    try:
        with open(os.path.splitext(probe.path)[0] + ".xml", "rb") as file:
            return b"<net " in file.read(512)
    except (OSError, ValueError):
        return False


def _utf16(probe: Probe) -> bool:
    head = probe.head
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) or len(head) < 8:
        return False
    high = head[3::2] if head.startswith(b"\xff\xfe") else head[2::2]
    return high.count(0) * 2 > len(high)


def _partial(probe: Probe) -> bool:
    return probe.path.lower().endswith(PARTIAL)


_TESTS: tuple[tuple[str, Callable[[Probe], bool]], ...] = (
    ("safetensors", _safetensors),
    ("tfrecord", _tfrecord),
    ("darknet-weights", _darknet),
    ("tfjs-shard", _tfjs_shard),
    ("openvino-weights", _openvino),
    ("utf16-text", _utf16),
    ("partial-download", _partial),
)
