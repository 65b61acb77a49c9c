"""What is left: a path with nothing at it, and files that no other module of this room recognises."""

from __future__ import annotations

from keras_doctor.document.model import ModelDocument
from keras_doctor.wire.errors import Damage, Truncated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.wire.errors import FormatError


# First bytes that say what a file was going to be, when nothing that follows can be read.
_BEGINNINGS = ((b"\x89HDF\r\n\x1a\n", "hdf5", "an HDF5 file"), (b"PK\x03\x04", "zip", "a zip archive"))


def read(probe: Probe) -> ModelDocument:
    """Return a document that says that nothing is there, that it cannot be read, or that it is not known."""
    if probe.kind == "directory":
        return ModelDocument(probe.path, "folder", "directory", title="a folder")
    if probe.kind != "file":
        title = f"{probe.kind}: {probe.reason}"
        return ModelDocument(probe.path, probe.kind, "none", title=title, facts={"reason": probe.reason})
    size = probe.source.size
    for beginning, container, name in _BEGINNINGS:
        if probe.head.startswith(beginning):
            damage = Damage(
                "truncated", f"the {size:,} bytes are the beginning of {name}, and nothing in it can be read"
            )
            title = f"the beginning of {name}"
            return ModelDocument(probe.path, "unknown", container, size=size, title=title, damage=(damage,))
    return ModelDocument(probe.path, "unknown", "file", size=size, title="a file of unknown kind")


def broken(probe: Probe, module: ModuleType, error: FormatError) -> ModelDocument:
    """Return the document of a file whose format was recognised but of which nothing could be read."""
    kind = "truncated" if isinstance(error, Truncated) else "structure"
    return ModelDocument(
        probe.path,
        module.FORMATS[0],
        "file",
        size=probe.source.size,
        damage=(Damage(kind, error.what, offset=error.offset),),
    )
