"""What can be wrong with bytes: errors that stop a parser, damage and oddities that it reads past."""

from __future__ import annotations

from keras_doctor.records import record


class FormatError(ValueError):
    """The bytes break the rules of their format.

    Every parser of this room raises this and nothing else for bad bytes. `offset` is where, in bytes from the start of
    the source; None when it is not known.
    """

    def __init__(self, what: str, offset: int | None = None) -> None:
        super().__init__(what if offset is None else f"{what} (at byte {offset})")
        self.what = what
        self.offset = offset


class Truncated(FormatError):
    """The bytes end before the structure does."""


class LimitExceeded(FormatError):
    """The bytes declare more than the `Limits` allow: too deep, too many, too large."""


@record
class Damage:
    """One thing that is lost or broken in a file, and that reading went past.

    `kind` is one of:

    - "truncated": the bytes end too early
    - "checksum": a stored checksum does not match
    - "zeroed": a stretch of zeros where structure should be
    - "structure": the structure is broken
    - "missing": a part that the structure names is not there
    - "text": text (JSON, YAML) that does not parse
    - "size": a stored size does not fit the shape that is declared
    - "text-transfer": line ends or characters were converted, as by a transfer in text mode

    `part` says where in the artifact, as a path ("model.weights.h5:/layers/dense/vars/0"); `offset` and `length` are
    bytes of the file where known.
    """

    kind: str
    what: str
    part: str = ""
    offset: int | None = None
    length: int | None = None


@record
class Oddity:
    """Something in a file that is not damage but that a reader must know of: an outside link, a bomb, a strange filter.

    `kind` is the trigger name that rules listen to ("external-link", "unknown-filter", "duplicate-member" ...).
    """

    kind: str
    what: str
    part: str = ""
    offset: int | None = None
    detail: tuple[tuple[str, str | int], ...] = ()
