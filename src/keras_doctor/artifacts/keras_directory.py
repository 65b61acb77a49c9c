"""A Keras v3 archive that was unzipped, or saved as a folder (`save(zipped=False)` since 3.4, Hugging Face
snapshots).
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.keras_v3 import CONFIG, METADATA, WEIGHTS_H5, WEIGHTS_NPZ, WEIGHTS_SHARDED, Parts, Reading
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.source import Source

FORMATS = ("keras-v3-directory",)
KIND = "directory"
MAGIC = ()
PRIORITY = 20


def recognises(probe: Probe) -> bool:
    """Tell whether the folder has two of the parts of a Keras v3 model."""
    names = set(probe.entries)
    weights = names & {WEIGHTS_H5, WEIGHTS_NPZ, WEIGHTS_SHARDED}
    return (bool(weights) and bool(names & {CONFIG, METADATA})) or {CONFIG, METADATA} <= names


def read(probe: Probe) -> ModelDocument:
    """Read the folder's files where they lie."""
    names = tuple(_files(probe.path, probe.limits.objects))

    def open_part(name: str) -> Source:
        try:
            return open_path(os.path.join(probe.path, name))
        except OSError as error:
            raise FormatError(f"{name}: {error.strerror}") from None

    def size(name: str) -> int:
        try:
            return os.stat(os.path.join(probe.path, name)).st_size
        except OSError:
            return 0

    total = sum(size(name) for name in names)
    reading = Reading(Parts(names, open_part, size, lambda _: 0), probe.limits)
    return reading.document(probe.path, FORMATS[0], "directory", total, total, "no checksum vouches for")


def _files(folder: str, limit: int) -> Iterator[str]:
    """Yield the files below a folder, relative, with slashes; links to folders are not followed."""
    stack = [""]
    while stack and limit > 0:
        inner = stack.pop()
        try:
            entries = sorted(os.scandir(os.path.join(folder, inner)), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            limit -= 1
            name = f"{inner}{entry.name}"
            try:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(name + "/")
                elif entry.is_file():
                    yield name
            except OSError:  # a link that leads to itself
                continue
