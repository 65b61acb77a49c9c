"""HDF5 files that other programs wrote, and files of plain data: known by their root attributes and groups."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.hdf5 import Group

FORMATS = ("matlab-hdf5", "pandas-hdf5", "pytables", "netcdf-hdf5", "anndata", "hdf5-empty", "hdf5-data")
KIND = "binary"
MAGIC = ((b"\x89HDF\r\n\x1a\n", 0), (b"MATLAB 7.3 MAT-file", 0))
FALLBACK = True  # MATLAB writes a user block before the superblock; others may
PRIORITY = 25  # before the store of Keras 3: AnnData has a group `layers` too

# What only Keras leaves in an HDF5 file, at its root or anywhere below.
_KERAS_ATTRIBUTES = ("model_config", "training_config", "layer_names", "layer_names0", "nb_layers", "keras_version")
_KERAS_GROUPS = ("model_weights", "optimizer_weights", "top_level_model_weights", "_layer_checkpoint_dependencies")
_LAYER_ATTRIBUTES = ("weight_names", "nb_params")
_VARS = "vars"
_MOST = 2_000  # objects that are looked at
_SHOWN = 5


def recognises(probe: Probe) -> bool:
    """Tell whether the HDF5 file is whole enough to say that Keras did not write it."""
    try:
        file = probe.hdf5()
        return not _is_keras(file.root) and not file.damage  # damage that the look itself met counts too
    except FormatError:
        return False


def read(probe: Probe) -> ModelDocument:
    """Return a document that names the program, or the data sets."""
    from keras_doctor.artifacts.foreign_kinds import document  # not above: files of Keras pass here too

    root = probe.hdf5().root
    kind = next(kind for kind, test in _TESTS if test(probe, root))
    names = tuple(root.links)
    detail = ""
    if kind == "hdf5-data":
        shown = ", ".join(name[:40] for name in names[:_SHOWN])
        detail = f" (it holds {shown}{', …' if len(names) > _SHOWN else ''})"
    return document(probe, kind, detail, "hdf5", links=names[:50])


def _is_keras(root: Group) -> bool:
    """Tell whether there is a mark of Keras at the root or below it, as far as the bounds go."""
    if any(name in root.attributes for name in _KERAS_ATTRIBUTES) or any(name in root.links for name in _KERAS_GROUPS):
        return True
    for count, item in enumerate(root.walk()):
        name = item.path.rpartition("/")[2]
        if name == _VARS or any(key in item.attributes for key in _LAYER_ATTRIBUTES) or count >= _MOST:
            return True
    return False


def _pandas(probe: Probe, root: Group) -> bool:
    items = (root.get(name) for name in list(root.links)[:20])
    return any(item is not None and "pandas_type" in item.attributes for item in items)


def _anndata(probe: Probe, root: Group) -> bool:
    encoding = root.attributes.get("encoding-type")
    return (encoding is not None and encoding.value == "anndata") or {"X", "obs", "var"} <= set(root.links)


_TESTS: tuple[tuple[str, Callable[[Probe, Group], bool]], ...] = (
    ("matlab-hdf5", lambda probe, root: probe.head.startswith(b"MATLAB 7.3 MAT-file")),
    ("pandas-hdf5", _pandas),
    ("pytables", lambda probe, root: "PYTABLES_FORMAT_VERSION" in root.attributes),
    ("netcdf-hdf5", lambda probe, root: "_NCProperties" in root.attributes or "_nc3_strict" in root.attributes),
    ("anndata", _anndata),
    ("hdf5-empty", lambda probe, root: not root.links and not root.attributes),
    ("hdf5-data", lambda probe, root: True),
)
