"""The words of a comparison."""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SECTIONS = ("provenance", "config", "weights", "training", "assets")


@record
class Entry:
    """One thing that differs.

    `section`: one of `SECTIONS`. `where`: the layer ("conv1", "encoder/conv1"), "" for the model itself. `key`: what of
    it ("activation", "kernel_initializer.config.seed", "kernel"), "" for all of it. `change`: "changed", "only-a",
    "only-b", "moved", "unreadable". `a`, `b`: the values as plain JSON, None on the side that has none; of tensors
    {"shape", "dtype"}, of assets their size in bytes. `values`: of tensors, what is known of their
    numbers. `note`: why one cannot be read.
    """

    section: str
    where: str
    key: str
    change: str
    a: Any = None
    b: Any = None
    values: Values | None = None
    note: str = ""


@record
class Values:
    """How far the numbers of two tensors of one shape are apart.

    `differing`: how many of `count` elements are not equal; two that are no number (NaN) are. `max_abs`: the largest
    difference, None where it is not known (no NumPy, or a dtype without numbers); `scale`: the largest finite absolute
    value of A.
    """

    count: int
    differing: int | None = None
    max_abs: float | None = None
    scale: float | None = None


@record
class Difference:
    """What differs between two documents.

    `entries`: in the order of `SECTIONS`, and of A within. `notation`: differences in how one and the same thing is
    written down, as releases do ("module", a dtype as a policy …), which do not count. `equal_tensors`: how many
    tensors are equal in shape and values, `tensors`: how many there are in both. `sections`: what was compared.
    """

    entries: tuple[Entry, ...]
    notation: tuple[Entry, ...] = ()
    tensors: int = 0
    equal_tensors: int = 0
    sections: tuple[str, ...] = SECTIONS

    @property
    def equal(self) -> bool:
        """Whether nothing differs in what was compared."""
        return not self.entries

    def of(self, section: str) -> tuple[Entry, ...]:
        """Return the entries of one section."""
        return tuple(entry for entry in self.entries if entry.section == section)
