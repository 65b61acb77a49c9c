"""Binary files that went through a transfer in text mode.

When every line feed became a carriage return and a line feed, putting them back is exact: each pair came from one line
feed, also where a carriage return stood before it. When bytes that are no text became U+FFFD, they are lost.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.wire.errors import Damage
from keras_doctor.wire.source import BytesSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.source import Source

_MOST = 256 << 20  # larger files do not go through mail or git in text mode
_REPLACEMENT = "\ufffd".encode()


def explained(document: ModelDocument, source: Source, again: Callable[[Source], ModelDocument]) -> ModelDocument:
    """Return the best reading of a damaged file: `again` reads it with the line ends put back.

    The conversion comes first among the damages, since it explains the others.
    """
    noticed = any(damage.kind == "text-transfer" for damage in document.damage)
    if noticed and document.container == "hdf5":
        return document  # the signature of HDF5 shows it, and its reader undoes it
    undone = _with_line_feeds(source)
    if undone is not None:
        found = again(undone)
        if _worth(found) > _worth(document):
            what = f"every line feed became carriage return and line feed ({source.size - undone.size:,} bytes more)"
            found.damage = (Damage("text-transfer", what, length=0), *found.damage)
            found.size = source.size
            for tensor in found.tensors():  # their offsets count bytes that the file does not have
                tensor.locus = Locus(part=tensor.locus.part)
            return found
    count = 0 if noticed else _replaced(source)
    if count:
        what = f"{count:,} times, bytes that are no text became U+FFFD: what they were is lost"
        document.damage = (Damage("text-transfer", what, length=3 * count), *document.damage)
    return document


def _with_line_feeds(source: Source) -> Source | None:
    """Return the bytes with their line ends put back; None when they do not look converted.

    In binary data one byte in 256 is a line feed, hardly one in 65,536 a pair: where every line feed has its carriage
    return, a conversion put it there.
    """
    if not 64 <= source.size <= _MOST:
        return None
    data = source.read(0, source.size)
    feeds = data.count(b"\n")
    if not feeds or feeds != data.count(b"\r\n") or b"\0" not in data:
        return None
    return BytesSource(data.replace(b"\r\n", b"\n"), source.name)


def _replaced(source: Source) -> int:
    """Return how many replacement characters binary data has, 0 when too few to be the work of a conversion."""
    if not 64 <= source.size <= _MOST:
        return 0
    count = sum(chunk.count(_REPLACEMENT) for chunk in source.chunks())
    return count if count * 100 > source.size else 0


def _worth(document: ModelDocument) -> tuple[bool, int, int]:
    """Return how much of a model a reading found: a config, tensors, and as little damage as can be."""
    return document.config is not None, sum(len(group.tensors) for group in document.weights), -len(document.damage)
