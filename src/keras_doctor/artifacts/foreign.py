"""Files that are not Keras models and say so in their first bytes."""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument

# (first bytes, offset, kind). The longer signatures of one place come first.
SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"TFL3", 4, "tflite"),
    (b"GGUF", 0, "gguf"),
    (b"lmgg", 0, "ggml"),
    (b"fmgg", 0, "ggml"),
    (b"tjgg", 0, "ggml"),
    (b"ptrt", 0, "tensorrt"),
    (b"{L\0\0\0\0\0\0\0\x07learner", 0, "xgboost-binary"),
    (b"\x12\x01\0\0\0\0\0\0", 0, "mxnet"),
    (b"\x93NUMPY", 0, "npy"),
    (b"MATLAB 5.0 MAT-file", 0, "matlab"),
    (b"CDF\x01", 0, "netcdf"),
    (b"CDF\x02", 0, "netcdf"),
    (b"CDF\x05", 0, "netcdf"),
    (b"\x0e\x03\x13\x01", 0, "hdf4"),
    (b"PAR1", 0, "parquet"),
    (b"ARROW1\0\0", 0, "arrow"),
    (b"FEA1", 0, "arrow"),
    (b"ORC", 0, "orc"),
    (b"Obj\x01", 0, "avro"),
    (b"SQLite format 3\0", 0, "sqlite"),
    (b"brain.Event:", 23, "tensorboard-log"),
    (b"\x89PNG\r\n\x1a\n", 0, "image"),
    (b"\xff\xd8\xff", 0, "image"),
    (b"GIF87a", 0, "image"),
    (b"GIF89a", 0, "image"),
    (b"II*\0", 0, "image"),
    (b"MM\0*", 0, "image"),
    (b"WEBP", 8, "image"),
    (b"BM", 0, "image"),
    (b"WAVE", 8, "media"),
    (b"AVI ", 8, "media"),
    (b"ftyp", 4, "media"),
    (b"ID3", 0, "media"),
    (b"OggS", 0, "media"),
    (b"fLaC", 0, "media"),
    (b"\x1aE\xdf\xa3", 0, "media"),
    (b"%PDF-", 0, "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "office-old"),
    (b"{\\rtf", 0, "office-old"),
    (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0", 0, "shortcut"),
    (b"book\0\0\0\0mark\0\0\0\0", 0, "shortcut"),
    (b"\0\x05\x16\x07", 0, "apple-double"),
    (b"bplist00", 0, "binary-plist"),
    (b"\x7fELF", 0, "executable"),
    (b"MZ", 0, "executable"),
    (b"\xcf\xfa\xed\xfe", 0, "executable"),
    (b"\xce\xfa\xed\xfe", 0, "executable"),
    (b"\xca\xfe\xba\xbe", 0, "executable"),
    (b"\0asm", 0, "executable"),
    (b"Salted__", 0, "encrypted"),
    (b"age-encryption.org/", 0, "encrypted"),
    (b"-----BEGIN PGP MESSAGE", 0, "encrypted"),
    (b"gAAAAA", 0, "encrypted"),  # a token of Python's cryptography.fernet: base64 of 0x80 and a time of this century
)

FORMATS = (*dict.fromkeys(kind for _, _, kind in SIGNATURES), "icloud-placeholder")
KIND = "binary"
MAGIC = tuple((magic, offset) for magic, offset, _ in SIGNATURES)
PRIORITY = 50


def recognises(probe: Probe) -> bool:
    """Tell whether the first bytes are those of a known kind, and what follows agrees."""
    return kind_of(probe) is not None


def read(probe: Probe) -> ModelDocument:
    """Return a document that names the kind."""
    kind = kind_of(probe) or FORMATS[0]
    return document(probe, kind, _DETAILS[kind](probe) if kind in _DETAILS else "")


def kind_of(probe: Probe) -> str | None:
    """Return the kind that the first bytes name, None when they name none."""
    head = probe.head
    for magic, offset, kind in SIGNATURES:
        if head.startswith(magic, offset) and (magic not in _AGREES or _AGREES[magic](probe)):
            if kind == "binary-plist" and probe.path.endswith(".icloud"):
                return "icloud-placeholder"
            return kind
    return None


def _u32(head: bytes, offset: int) -> int:
    return int.from_bytes(head[offset : offset + 4], "little")


def _is_pe(probe: Probe) -> bool:
    return (
        probe.source.read_up_to(_u32(probe.head, 0x3C), 4) in (b"PE\0\0", b"NE\0\0", b"LE\0\0")
        or b"DOS mode" in probe.head
    )


def _is_riff(probe: Probe) -> bool:
    return probe.head.startswith(b"RIFF")


# Signatures that are too short to be believed alone.
_AGREES: dict[bytes, Callable[[Probe], bool]] = {
    b"MZ": _is_pe,
    b"BM": lambda probe: _u32(probe.head, 2) == probe.source.size and _u32(probe.head, 14) in (12, 40, 108, 124),
    b"WEBP": _is_riff,
    b"WAVE": _is_riff,
    b"AVI ": _is_riff,
    b"ftyp": lambda probe: 8 <= int.from_bytes(probe.head[:4], "big") <= 512,
    b"ID3": lambda probe: probe.head[3:4] in (b"\x02", b"\x03", b"\x04"),
    b"ORC": lambda probe: b"ORC" in probe.source.read_up_to(max(0, probe.source.size - 16), 16),
    b"PAR1": lambda probe: probe.source.read_up_to(max(0, probe.source.size - 4), 4) == b"PAR1",
    b"gAAAAA": lambda probe: probe.source.size > 100 and b" " not in probe.head and b"\n" not in probe.head[:-1],
}


def _gguf(probe: Probe) -> str:
    return f", version {_u32(probe.head, 4)}, {int.from_bytes(probe.head[8:16], 'little'):,} tensors"


def _image(probe: Probe) -> str:
    head = probe.head
    if head.startswith(b"\x89PNG"):
        width, height = (int.from_bytes(head[at : at + 4], "big") for at in (16, 20))
        return f" (PNG, {width:,} × {height:,})"
    return " (JPEG)" if head.startswith(b"\xff\xd8\xff") else " (GIF)" if head.startswith(b"GIF") else ""


def _npy(probe: Probe) -> str:
    """Return what the header says: a Python dict as text, of which the parts are cut out, not evaluated (NEP 1)."""
    head = probe.head
    header = head[10:] if head[6:7] == b"\x01" else head[12:]
    text = header[: header.find(b"}")].decode("latin-1")
    shape = text[text.find("(") : text.find(")") + 1]
    dtype = text.partition("'descr':")[2].strip()[:20].partition(",")[0].strip("'\" ")
    words = f", shape {shape}" if shape and len(shape) < 60 else ""
    if dtype == "|O":
        return f"{words}, of Python objects (a pickle)"
    return f"{words}, dtype {dtype}" if words and dtype.isprintable() and dtype else words


def _plist_name(probe: Probe) -> str:
    name = probe.path.rpartition("/")[2]
    return f" (of {name[1:-7]})" if name.startswith(".") and name.endswith(".icloud") else ""


_DETAILS: dict[str, Callable[[Probe], str]] = {
    "gguf": _gguf,
    "image": _image,
    "npy": _npy,
    "icloud-placeholder": _plist_name,
}
