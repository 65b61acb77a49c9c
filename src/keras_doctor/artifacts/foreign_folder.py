"""Folders that are no model themselves: what kind they are, and which models lie in them."""

from __future__ import annotations

import os

from keras_doctor.artifacts.contents import Item, models
from keras_doctor.artifacts.foreign_kinds import KINDS
from keras_doctor.artifacts.orbax import is_step
from keras_doctor.document.model import ModelDocument
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.wire.source import Source

FORMATS = (
    "folder", "mlflow-model", "transformers-model", "huggingface-cache", "orbax-step", "coreml-package", "zarr",
)  # fmt: skip
KIND = "directory"
MAGIC = ()
PRIORITY = 95

_DEPTH = 3  # an MLflow model keeps its model in data/model, the Hugging Face cache in snapshots/REVISION
_MOST = 1_000
_SKIPPED = (".git", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints", "site-packages", "blobs")
_TRANSFORMERS = ("tf_model.h5", "pytorch_model.bin", "model.safetensors", "flax_model.msgpack", "tokenizer_config.json")


def recognises(probe: Probe) -> bool:
    """Every folder that no other module knows is one of these."""
    return probe.kind == "directory"


def read(probe: Probe) -> ModelDocument:
    """Return a document that names the kind of folder and the models in it."""
    entries = set(probe.entries)
    kind = next((kind for kind, test in _TESTS if test(probe, entries)), "folder")
    inside = models(_items(probe.path), probe.limits) if KINDS[kind].family == "folder" else ()
    title = KINDS[kind].title + (" (it is empty)" if not entries else "")
    return ModelDocument(
        probe.path,
        kind,
        "directory",
        title=title,
        facts={"family": KINDS[kind].family, "models": inside, "entries": probe.entries[:20]},
    )


_TESTS: tuple[tuple[str, Callable[[Probe, set[str]], bool]], ...] = (
    ("mlflow-model", lambda probe, names: "MLmodel" in names),
    ("coreml-package", lambda probe, names: probe.extension == ".mlpackage" and "Manifest.json" in names),
    ("zarr", lambda probe, names: bool(names & {".zgroup", ".zarray", "zarr.json"})),
    ("huggingface-cache", lambda probe, names: {"blobs", "snapshots"} <= names),
    ("transformers-model", lambda probe, names: "config.json" in names and bool(names & set(_TRANSFORMERS))),
    ("orbax-step", lambda probe, names: "_CHECKPOINT_METADATA" in names and is_step(probe.path)),
)


def _items(folder: str) -> Iterator[Item]:
    """Yield the files in a folder and the folders in it, three deep, at most 1,000 entries; nearest first."""
    left = _MOST
    queue = [("", 0)]
    for inner, depth in queue:
        try:
            entries = sorted(os.scandir(os.path.join(folder, inner)), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            left -= 1
            if left < 0:
                return
            name = f"{inner}{entry.name}"
            try:
                if entry.is_dir():
                    if depth < _DEPTH and entry.name not in _SKIPPED:
                        queue.append((name + "/", depth + 1))
                elif entry.is_file():
                    yield Item(name, entry.stat().st_size, _opener(entry.path))
            except OSError:
                continue


def _opener(path: str) -> Callable[[], tuple[Source, bool]]:
    def opened() -> tuple[Source, bool]:
        try:
            return open_path(path), True
        except OSError as error:
            raise FormatError(f"{path}: {error.strerror}") from None

    return opened
