"""`sniff` and `read`: which format module recognises what is at a path, and the document that it makes of it."""

from __future__ import annotations

import os

from keras_doctor.artifacts import _index as index
from keras_doctor.artifacts.probe import Probe
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from types import ModuleType

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.source import Source


def sniff(probe: Probe) -> ModuleType:
    """Return the format module that recognises `probe`; the catch-all `artifacts.unknown` when none does.

    Each candidate of the generated index is imported only when it is its turn.
    """
    asked = set()
    for name in _candidates(probe):
        if name not in asked:
            asked.add(name)
            module = _module(name)
            if module.recognises(probe):
                return module
    return _module("unknown")


def _candidates(probe: Probe) -> Iterator[str]:
    """Yield the modules to ask, in order: by magic bytes, as text, and those that know files without either."""
    if probe.kind == "directory":
        yield from index.DIRECTORY
    elif probe.kind == "missing":
        yield from index.PREFIX
    elif probe.kind == "file":
        head = probe.head
        for magic, offset, name in index.BINARY:
            if head.startswith(magic, offset):
                yield name
        if _is_text(head):
            yield from index.TEXT
        yield from index.FALLBACK


def _module(name: str) -> ModuleType:
    # Not importlib.import_module: importing that costs 0.6 ms, a tenth of a whole check.
    module: ModuleType = __import__(f"{__package__}.{name}", None, None, ("FORMATS",))
    return module


def _is_text(head: bytes) -> bool:
    """Tell whether the head can be of a text file: no NUL byte, hardly a control character."""
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
    return bool(head) and b"\0" not in head and control * 50 <= len(head)


def read(
    path: str | PathLike[str], source: Source | None = None, limits: Limits = DEFAULT_LIMITS, deep: bool = False
) -> ModelDocument:
    """Read whatever is at `path` into a `ModelDocument`.

    Never raises for what a file holds, nor for a path that is missing or cannot be read: the document says so.
    `source` gives the bytes when they are not to be read from the path. `deep` verifies every checksum, whatever the
    size.
    """
    probe = Probe(os.fspath(path), source, limits, deep)
    module = sniff(probe)
    try:
        document: ModelDocument = module.read(probe)
    except FormatError as error:
        from keras_doctor.artifacts import unknown

        document = unknown.broken(probe, module, error)
    if probe.kind == "file" and (document.damage or document.format == "unknown"):
        from keras_doctor.artifacts.transfer import explained

        return explained(document, probe.source, lambda undone: read(probe.path, undone, limits, deep))
    return document
