"""Zip archives that are something else: PyTorch checkpoints, NumPy archives, packages, documents. Known by the names
of their members."""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import document
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.pickled import scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.archive import Archive

FORMATS = (
    "pytorch", "torchscript", "torch-export", "torchserve", "npz", "dl4j", "mediapipe-task", "skops", "wheel",
    "office", "jar", "zip",
)  # fmt: skip
KIND = "binary"
MAGIC = ((b"PK\x03\x04", 0), (b"PK\x05\x06", 0))
PRIORITY = 70  # after the archives that hold a Keras model

_SHOWN = 5
_MOST = 2_000


def recognises(probe: Probe) -> bool:
    """Tell whether the archive is of another kind; of one that is damaged, only when its members tell so."""
    try:
        archive = probe.archive()
    except FormatError:
        return False
    return not (archive.damage or archive.salvaged) or _kind(_names(archive)) != "zip"


def read(probe: Probe) -> ModelDocument:
    """Return a document that names the kind of archive."""
    archive = probe.archive()
    names = _names(archive)
    kind = _kind(names)
    found = document(probe, kind, _detail(kind, archive, names), "zip", members=tuple(names[:50]))
    found.damage, found.oddities = tuple(archive.damage), tuple(archive.oddities)
    return found


def _kind(names: list[str]) -> str:
    return next(kind for kind, test in _TESTS if test(names))


def _names(archive: Archive) -> list[str]:
    """Return the names of the files in the archive, without folders and what macOS adds."""
    names = [name for name, member in archive.members.items() if not member.is_directory]
    return [name for name in names if not name.startswith("__MACOSX/")][:_MOST]


def _below(names: list[str], ending: str) -> bool:
    """Tell whether a file of that name lies in the archive's one folder, or at its top."""
    return any(name == ending or name.partition("/")[2] == ending for name in names)


_TESTS: tuple[tuple[str, Callable[[list[str]], bool]], ...] = (
    ("torchscript", lambda names: _below(names, "constants.pkl") and _below(names, "data.pkl")),
    (
        "torch-export",
        lambda names: any("serialized_exported_program" in name or name.endswith("archive_format") for name in names),
    ),
    (
        "pytorch",
        lambda names: (
            _below(names, "data.pkl") and (_below(names, "version") or any("/data/" in name for name in names))
        ),
    ),
    ("torchserve", lambda names: "MAR-INF/MANIFEST.json" in names),
    ("npz", lambda names: bool(names) and all(name.endswith(".npy") for name in names)),
    ("dl4j", lambda names: {"configuration.json", "coefficients.bin"} <= set(names)),
    (
        "mediapipe-task",
        lambda names: (
            bool(names)
            and all(name.endswith((".tflite", ".txt", ".binarypb", ".task")) for name in names)
            and any(name.endswith((".tflite", ".task")) for name in names)
        ),
    ),
    ("skops", lambda names: "schema.json" in names),
    ("wheel", lambda names: any(name.endswith(".dist-info/WHEEL") for name in names)),
    ("office", lambda names: "[Content_Types].xml" in names or "META-INF/manifest.xml" in names),
    ("jar", lambda names: "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names),
    ("zip", lambda names: True),
)


def _detail(kind: str, archive: Archive, names: list[str]) -> str:
    if kind == "npz":
        shown = ", ".join(name.removesuffix(".npy")[:40] for name in names[:_SHOWN])
        return (
            f" with {len(names)} array{'' if len(names) == 1 else 's'}: {shown}{', …' if len(names) > _SHOWN else ''}"
        )
    if kind == "pytorch":
        held = _pickled(archive, next(name for name in names if name.endswith("data.pkl")))
        return f" of a whole module ({held})" if held else ""
    if kind == "zip":
        if not names:
            return " (it is empty)"
        shown = ", ".join(name[:60] for name in names[:_SHOWN])
        return f" (in it: {shown}{', …' if len(names) > _SHOWN else ''})"
    return ""


def _pickled(archive: Archive, name: str) -> str:
    """Return the class of the module that a checkpoint keeps, "" when it keeps tensors only."""
    try:
        found = scan(archive.open(archive.members[name]))
    except FormatError:
        return ""
    return next(
        (
            name
            for name in found.names
            if not name.startswith(("torch._", "torch.", "collections.", "numpy.", "__builtin__."))
            or name.startswith("torch.nn.")
        ),
        "",
    )
