"""`sniff` and `read`: which format module recognises what is at a path, and the document that it makes of it."""

from __future__ import annotations

from importlib import import_module

from keras_doctor.artifacts._index import BINARY, DIRECTORY, TEXT
from keras_doctor.artifacts.probe import Probe
from keras_doctor.document.model import ModelDocument
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from keras_doctor.wire.source import Source


def sniff(probe: Probe) -> ModuleType:
    """Return the format module that recognises `probe`; the catch-all `artifacts.unknown` when none does.

    Candidates come from the generated index: by magic bytes, else (for text) in order of priority. Each is imported only when its
    magic matches.
    """
    if probe.kind == "directory":
        names = DIRECTORY
    elif probe.kind != "file":
        return import_module("keras_doctor.artifacts.unknown")
    else:
        head = probe.head
        names = tuple(name for magic, offset, name in BINARY if head.startswith(magic, offset))
        if not names and _is_text(head):
            names = TEXT
    for name in names:
        module = import_module(f"keras_doctor.artifacts.{name}")
        if module.recognises(probe):
            return module
    return import_module("keras_doctor.artifacts.unknown")


def _is_text(head: bytes) -> bool:
    """Tell whether the head can be of a text file: no NUL byte, hardly a control character."""
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
    return bool(head) and b"\0" not in head and control * 50 <= len(head)


def read(
    path: str, source: Source | None = None, limits: Limits = DEFAULT_LIMITS, deep: bool = False
) -> ModelDocument:
    """Read whatever is at `path` into a `ModelDocument`.

    Never raises for what a file holds, nor for a path that is missing or cannot be read: the document says so. `source` gives the bytes
    when they are not to be read from the path. `deep` verifies every checksum, whatever the size.
    """
    probe = Probe(path, source, limits, deep)
    module = sniff(probe)
    try:
        document: ModelDocument = module.read(probe)
    except FormatError as error:
        from keras_doctor.artifacts import unknown

        document = unknown.broken(probe, module, error)
    return document
