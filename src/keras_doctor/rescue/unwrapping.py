"""A model inside a compressed file or a zip archive, taken out in memory, as far as its size allows."""

from __future__ import annotations

from keras_doctor.artifacts import read
from keras_doctor.wire.archive import Archive
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.inflating import METHODS, inflate
from keras_doctor.wire.limits import DEFAULT_LIMITS
from keras_doctor.wire.source import BytesSource, open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.source import Source

LARGEST = 1 << 31  # bytes that are held in memory


def unwrapped(document: ModelDocument) -> ModelDocument:
    """Return the document of the one model that a wrapping holds; itself when there is none, or several."""
    if not document.format.endswith("-wrapped") or len(document.facts.get("inside") or ()) != 1:
        return document
    try:
        content = _content(document)
    except (FormatError, OSError):
        return document
    if content is None:
        return document
    inside = read(document.path, content)
    return inside if inside.config is not None or any(inside.tensors()) else document


def _content(document: ModelDocument) -> Source | None:
    wrapper, (found,) = document.facts.get("wrapper"), document.facts["inside"]
    source = open_path(document.path)
    if wrapper == "zip":
        archive = Archive(source, DEFAULT_LIMITS)
        member = archive.members.get(str(found[0]))
        return archive.open(member) if member is not None and member.size <= LARGEST else None
    if wrapper not in METHODS:
        return None
    inflated = inflate(source, str(wrapper), LARGEST)
    return BytesSource(inflated.data, document.path) if inflated.whole or inflated.broken else None
