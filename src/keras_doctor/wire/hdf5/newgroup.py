"""Groups since HDF5 1.8 (IV.A.2.c, IV.A.2.g).

Links as messages in the object header, or many of them in a fractal heap.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.hdf5.header import LINK, LINK_INFO, resolve
from keras_doctor.wire.hdf5.links import Link, path_of, soft_link
from keras_doctor.wire.hdf5.reader import BROKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.hdf5.header import Message
    from keras_doctor.wire.hdf5.reader import Reader

_HARD, _SOFT, _EXTERNAL = 0, 1, 64


def read_links(reader: Reader, messages: list[Message], part: str) -> dict[str, int | Link]:
    """Return the links of a group in the order of their creation where the group tracks that, else by name."""
    found: list[tuple[int, bytes, int | Link]] = []
    tracked = False
    for message in messages:
        kind, _, body, address = message
        try:
            if kind == LINK:
                found.append(parse_link(reader, resolve(reader, message), part))
            elif kind == LINK_INFO:
                tracked = bool(body[1] & 1)
                heap, names = reader.fields.two_addresses(body, 10 if tracked else 2)
                if heap != reader.fields.undefined:
                    found.extend(parse_link(reader, dense, part) for dense in _dense_links(reader, heap, names, part))
        except LimitExceeded as error:
            reader.hurt("structure", f"the list of members is cut short: {error.what}", part, address)
            break
        except BROKEN as error:
            reader.hurt_by(error, "a link to a member", part, address)
    found.sort(key=(lambda link: link[0]) if tracked else (lambda link: link[1]))
    return {raw.decode("utf-8", "surrogateescape"): to for _, raw, to in found}


def _dense_links(reader: Reader, heap_at: int, names_at: int, part: str) -> Iterator[bytes]:
    """Yield the link messages that a heap holds, by the index of their names (IV.A.2.c)."""
    from keras_doctor.wire.hdf5.btree2 import BTree2
    from keras_doctor.wire.hdf5.fractalheap import FractalHeap

    heap, names = FractalHeap(reader, heap_at, part), BTree2(reader, names_at, part)
    for record in names.records():
        try:
            yield heap.object(record[4:])  # a hash of the name, the heap ID
        except LimitExceeded:  # noqa: PERF203 - one broken link must not hide the others
            raise
        except BROKEN as error:
            reader.hurt_by(error, "a link to a member", part, heap_at)


def parse_link(reader: Reader, body: bytes, part: str) -> tuple[int, bytes, int | Link]:
    """Return creation order, name and target of a link message. Raises `FormatError` or struct.error."""
    reader.links_left -= 1
    if reader.links_left < 0:
        raise LimitExceeded("more members than a file of this size can have")
    version, flags = body[0], body[1]
    if version != 1:
        raise FormatError(f"version {version} of the link message is unknown")
    at, kind, order = 2, _HARD, 0
    if flags & 8:
        kind = body[at]
        at += 1
    if flags & 4:
        order = int.from_bytes(body[at : at + 8], "little")
        at += 8
    if flags & 16:
        at += 1  # character set of the name: text either way
    width = 1 << (flags & 3)
    length = int.from_bytes(body[at : at + width], "little")
    at += width
    raw = body[at : at + length]
    at += length
    if not raw or len(raw) < length:
        raise FormatError("a link whose name sticks out of it")
    if len(raw) > 256:
        reader.spend(len(raw))
    if kind == _HARD:
        return order, raw, reader.fields.address(body, at)[0]
    size = body[at] | body[at + 1] << 8
    return (
        order,
        raw,
        _leading_elsewhere(reader, kind, raw.decode("utf-8", "surrogateescape"), body[at + 2 :][:size], part),
    )


def _leading_elsewhere(reader: Reader, kind: int, name: str, value: bytes, part: str) -> Link:
    if kind == _SOFT:
        return soft_link(reader, part, name, value)
    if kind == _EXTERNAL:
        file, _, path = value[1:].partition(b"\0")
        texts = [text.split(b"\0", 1)[0].decode("utf-8", "surrogateescape") for text in (file, path)]
        link = Link(name, "external", ":".join(texts))
        what = f"the external link {name!r} leads to {texts[1]!r} in the file {texts[0]!r}"
        reader.odd("external-link", what, path_of(part, name), (("name", name), ("file", texts[0]), ("path", texts[1])))
        return link
    link = Link(name, "other")
    what = f"the link {name!r} is of a kind that a program defined for itself ({kind})"
    reader.odd("user-link", what, path_of(part, name), (("name", name), ("type", kind)))
    return link
