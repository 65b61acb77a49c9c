"""What is left: a path with nothing at it, and files that no other module of this room recognises."""

from __future__ import annotations

from keras_doctor.document.model import ModelDocument
from keras_doctor.wire.errors import Damage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.wire.errors import FormatError


def read(probe: Probe) -> ModelDocument:
    """Return a document that says that nothing is there, that it cannot be read, or that it is not known."""
    if probe.kind == "file":
        return ModelDocument(probe.path, "unknown", "file", size=probe.source.size, title="a file of unknown kind")
    if probe.kind == "directory":
        return ModelDocument(probe.path, "folder", "directory", title="a folder")
    return ModelDocument(
        probe.path, probe.kind, "none", title=f"{probe.kind}: {probe.reason}", facts={"reason": probe.reason}
    )


def broken(probe: Probe, module: ModuleType, error: FormatError) -> ModelDocument:
    """Return the document of a file whose format was recognised but of which nothing could be read."""
    return ModelDocument(
        probe.path,
        module.FORMATS[0],
        "file",
        size=probe.source.size,
        damage=(Damage("structure", error.what, offset=error.offset),),
    )
