"""Which Keras models lie among the files of an archive or a folder: known by how their files stand together, else by
their bytes."""

from __future__ import annotations

from keras_doctor.artifacts.formats import TITLES
from keras_doctor.artifacts.probe import Probe
from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType
    from typing import TypeAlias

    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

    Found: TypeAlias = tuple[str, str]  # name inside, format

HDF5, ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_V3_PARTS = ("model.weights.h5", "model.weights.npz", "model.weights.json", "metadata.json")
# Names that are worth a look at the bytes; others are not opened.
_ENDINGS = (
    ".h5",
    ".hdf5",
    ".hdf",
    ".h5py",
    ".keras",
    ".model",
    ".json",
    ".yaml",
    ".yml",
    ".zip",
    ".gz",
    ".tgz",
    ".tar",
    ".weights",
    ".pb",
)
_TEXTS = (".json", ".yaml", ".yml")
_BEGINNINGS = (HDF5, ZIP, b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_MOST_LOOKS = 30
_MOST_FOUND = 20
_LARGEST_TEXT = 4 << 20
_LOOKED_AT = 24 << 20  # bytes of all files that are opened, but for the first
_READ_THROUGH = 1 << 20
_TELLING = ("model", "keras", "weights", "checkpoint", ".h5", ".hdf5")  # in the name of an archive inside an archive


@record
class Item:
    """A file among others: its name with slashes, its size in bytes, and how to open it.

    `open` returns the bytes and whether they are all of it; it may raise `FormatError`.
    """

    name: str
    size: int
    open: Callable[[], tuple[Source, bool]]


class InnerProbe(Probe):
    """A probe of something inside an archive: modules that look into archives look no deeper from here."""


def models(items: Iterable[Item], limits: Limits) -> tuple[Found, ...]:
    """Return the models among the files, folders first, at most 20."""
    wanted = {item.name: item for item in items if not _is_clutter(item.name)}
    folders = dict(_folders(wanted))
    found = [(name or ".", form) for name, form in folders.items()]
    looks = 0
    budget = _LOOKED_AT
    for name, item in wanted.items():
        if len(found) >= _MOST_FOUND or looks >= _MOST_LOOKS:
            break
        inside = any(not folder or name.startswith((folder + "/", folder + ".")) for folder in folders)
        if inside or not name.lower().endswith(_ENDINGS):
            continue
        if item.size > _LARGEST_TEXT and name.endswith(_TEXTS):
            continue
        if budget < item.size and looks:
            continue
        looks += 1
        budget -= item.size
        form = format_of(item, limits, telling=True)
        if is_model(form, name):
            found.append((name, form))
    return tuple(found)


def is_model(form: str, name: str = "") -> bool:
    """Tell whether a format is one of Keras's, or an archive that may hold one by its name."""
    if form.endswith("-wrapped"):
        last = name.rpartition("/")[2].lower()
        return any(word in last for word in _TELLING)
    return form in TITLES or form in ("hdf5", "zip")


def title_of(form: str) -> str:
    """Return what a format is called, Keras's own or another."""
    from keras_doctor.artifacts.foreign_kinds import KINDS

    plain = {"hdf5": "an HDF5 file", "zip": "a zip archive", "unknown": "a file of unknown kind"}
    return TITLES.get(form) or (KINDS[form].title if form in KINDS else plain.get(form, form))


def format_of(item: Item, limits: Limits, telling: bool = False) -> str:
    """Return the format of one file, as if it stood alone; by its first bytes when the rest is out of reach.

    `telling`: only files whose first bytes tell something are looked into.
    """
    from keras_doctor.artifacts.opening import sniff

    try:
        source, whole = item.open()
    except FormatError:
        return "unknown"
    try:
        head = source.read_up_to(0, 8)
        if telling and not head.startswith(_BEGINNINGS) and not item.name.endswith(_TEXTS):
            return "unknown"
        if not whole:
            return "hdf5" if head == HDF5 else "zip" if head.startswith(ZIP) else "unknown"
        probe = InnerProbe(item.name, source, limits)
        return _named(sniff(probe), probe)
    except FormatError:
        return "unknown"
    finally:
        source.close()


def _named(module: ModuleType, probe: InnerProbe) -> str:
    """Return the format that a module sees in a file, without reading a large one through."""
    if hasattr(module, "wrapper_of"):
        return f"{module.wrapper_of(probe)}-wrapped"
    formats = getattr(module, "FORMATS", ("unknown",))
    if probe.source.size <= _READ_THROUGH:
        return str(module.read(probe).format)
    if "hdf5-weights" in formats and "model_config" not in probe.hdf5().root.attributes:
        return "hdf5-weights"
    return str(formats[0])


def _is_clutter(name: str) -> bool:
    last = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or last.startswith("._") or last == ".DS_Store" or ".git/" in name


def _folders(names: Iterable[str]) -> Iterator[Found]:
    """Yield the folders that are models as a whole, and checkpoints by their prefix."""
    by_folder: dict[str, set[str]] = {}
    for name in names:
        folder, _, last = name.rpartition("/")
        by_folder.setdefault(folder, set()).add(last)
    for folder, files in by_folder.items():
        if files & {"saved_model.pb", "saved_model.pbtxt"}:
            yield folder, "savedmodel"
        elif "config.json" in files and files & set(_V3_PARTS):
            yield folder, "keras-v3-directory"
        elif "model.json" in files and any(name.startswith("group1-shard") for name in files):
            yield folder, "tfjs-layers"
        elif "variables.index" not in files:
            for name in sorted(files):
                if name.endswith(".index") and any(other.startswith(name[:-6] + ".data-") for other in files):
                    yield f"{folder}/{name[:-6]}".lstrip("/"), "tf-checkpoint"
