"""Links of a group that are not hard: named, never followed."""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.hdf5.reader import Reader


@record
class Link:
    """One name in a group.

    `kind`: "hard", "soft", "external" or "other"; `target`: the path that a soft link names, "file:path" for an
    external one, else "".
    """

    name: str
    kind: str = "hard"
    target: str = ""


def path_of(group: str, name: str) -> str:
    """Return the path of a member of the group at `group`."""
    return f"{group}/{name}" if group != "/" else "/" + name


def soft_link(reader: Reader, part: str, name: str, target: bytes) -> Link:
    """Return a soft link, and note it."""
    reader.spend(len(target))
    link = Link(name, "soft", target.decode("utf-8", "surrogateescape"))
    what = f"the soft link {name!r} leads to {link.target!r}"
    reader.odd("soft-link", what, path_of(part, name), (("name", name), ("target", link.target)))
    return link
