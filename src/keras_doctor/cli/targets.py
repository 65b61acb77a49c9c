"""Which artifacts the paths on a command line mean: files, folders that are models, folders full of them, standard
input.
"""

from __future__ import annotations

import os
import sys

from keras_doctor.artifacts import read
from keras_doctor.cli.entry import Usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument

STDIN = "-"
_STDIN_LIMIT = 1 << 31
# In a folder, files with these endings are looked at; the head of any other file decides whether it is one too.
_ENDINGS = (".h5", ".hdf5", ".keras", ".weights.json")
_UNFINISHED = (".partial",)  # what a killed process of ours had not finished
_HEADS = (b"\x89HDF\r\n\x1a\n",)
_LIMIT = 1_000_000


def expand(paths: list[str]) -> tuple[list[str], bool]:
    """Return the artifacts that `paths` mean, and whether they are to be reported as many.

    A folder that is itself a model (SavedModel, unzipped .keras …) is one artifact; any other is searched for models.
    """
    targets: list[str] = []
    many = len(paths) > 1
    for path in paths:
        if path != STDIN and os.path.isdir(path) and _is_folder_of_models(path):
            found = list(search(path))
            targets += found or [path]
            many = many or bool(found)
        else:
            targets.append(path)
    return list(dict.fromkeys(targets)), many


def _is_folder_of_models(path: str) -> bool:
    return read(path).format == "folder"


def search(folder: str) -> Iterator[str]:
    """Yield the artifacts below a folder, in order of their names. Links to folders are not followed."""
    stack = [folder]
    seen = 0
    while stack:
        here = stack.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        names = {entry.name for entry in entries}
        deeper = []
        for entry in entries:
            seen += 1
            if seen > _LIMIT:
                return
            if entry.is_dir(follow_symlinks=False):
                if _is_artifact_folder(entry.path):
                    yield entry.path
                elif not entry.name.startswith(".git"):
                    deeper.append(entry.path)
            elif _is_artifact_file(entry, names):
                yield entry.path
        stack.extend(reversed(deeper))


def _is_artifact_folder(path: str) -> bool:
    try:
        names = set(os.listdir(path))
    except OSError:
        return False
    return (
        bool(names & {"saved_model.pb", "saved_model.pbtxt", "keras_metadata.pb"})
        or {"config.json", "model.weights.h5"} <= names
    )


def _is_artifact_file(entry: os.DirEntry[str], names: set[str]) -> bool:
    name = entry.name.lower()
    if name.endswith(".weights.h5") and name[: -len(".weights.h5")].rstrip("0123456789").endswith("_"):
        # A shard of sharded weights: its index beside it stands for it.
        base = entry.name[: -len(".weights.h5")].rstrip("0123456789")[:-1]
        return f"{base}.weights.json" not in names
    if name.endswith(_ENDINGS):
        return True
    if name.endswith(_UNFINISHED):
        return False
    if name.endswith(".index"):
        return any(other.startswith(entry.name[:-5] + "data-") for other in names)
    try:
        if not entry.is_file():
            return False
        with open(entry.path, "rb") as file:
            head = file.read(512)
    except OSError:
        return False
    if name.endswith((".json", ".yaml", ".yml")):
        return (
            b'"class_name"' in head
            or b"class_name:" in head
            or b'"modelTopology"' in head
            or b'"format": "layers-model"' in head
        )
    return head.startswith(_HEADS)


def read_target(path: str, deep: bool = False, architecture: str = "") -> ModelDocument:
    """Read one artifact; "-" is standard input, kept in memory up to 2 GiB.

    With the path of an `architecture`, the artifact is taken as weights for the model there. Raises `Usage` when there
    is none.
    """
    if architecture:
        from keras_doctor.document.joining import with_architecture

        return with_architecture(read_target(path, deep), _architecture(architecture))
    if path != STDIN:
        return read(path, deep=deep)
    from keras_doctor.wire.source import BytesSource

    data = sys.stdin.buffer.read(_STDIN_LIMIT)
    return read("<standard input>", BytesSource(data, "<standard input>"), deep=deep)


_architectures: dict[str, ModelDocument] = {}


def _architecture(path: str) -> ModelDocument:
    """Return the document of an architecture, read once."""
    found = _architectures.get(path)
    if found is None:
        found = _architectures[path] = read(path)
        if found.config is None:
            from keras_doctor.artifacts.formats import title

            raise Usage(f"there is no architecture in {path}: {found.title or title(found.format)}")
    return found


def progress(targets: list[str], many: bool) -> Iterator[str]:
    """Yield the targets; on a terminal, say on standard error how far the work is."""
    if not (many and sys.stderr.isatty() and len(targets) > 20):
        yield from targets
        return
    from time import monotonic

    shown = monotonic()
    for count, target in enumerate(targets):
        now = monotonic()
        if now - shown > 0.2:
            shown = now
            sys.stderr.write(f"\r\x1b[K{count} of {len(targets)} files")
            sys.stderr.flush()
        yield target
    sys.stderr.write("\r\x1b[K")
