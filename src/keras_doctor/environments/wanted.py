"""What a file asks of packages: names and requirements, whatever its notation."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.version import clauses, version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LINES = 200_000  # of one file that are looked at


@record
class Wanted:
    """A package and what is asked of its version: "==2.15.0", ">=2.10,<3", "" for any."""

    name: str
    requirement: str = ""


@record
class Listed:
    """What a file lists. `python` is a version where the file gives one."""

    wanted: tuple[Wanted, ...]
    python: str = ""


def merged(found: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Join what is asked of one package in several places; of two exact versions (for other platforms) the later one
    counts.
    """
    asked: dict[str, str] = {}
    for wanted in found:
        before = asked.get(wanted.name)
        if before is None or not before:
            asked[wanted.name] = wanted.requirement
        elif wanted.requirement and wanted.requirement not in before:
            pins = [
                (version_key(r[2:]), r)
                for r in (before, wanted.requirement)
                if r.startswith("==") and "," not in r and "*" not in r
            ]
            later = max((pin for pin in pins if pin[0] is not None), default=None)
            asked[wanted.name] = later[1] if later else f"{before},{wanted.requirement}"
    return tuple(Wanted(name, requirement) for name, requirement in asked.items())


def pinned(asked: str) -> str:
    """Return the version that a requirement on Python names, "" for a range."""
    exact = [bound.removesuffix(".*") for operator, bound in clauses(asked) if operator in ("==", "===")]
    return exact[0] if exact else ""
