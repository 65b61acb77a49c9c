"""Sets of releases as runs over the order of a line: "3.11.3,3.12.2-3.12.4,3.14.1-"."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def members(runs: str, releases: Sequence[str]) -> list[str]:
    """Return the releases of a line that runs name, in order. Raises KeyError for a release that is not of the line."""
    positions = {version: number for number, version in enumerate(releases)}
    return [version for number, version in enumerate(releases) if within(number, runs, positions)]


def within(position: int, runs: str, positions: Mapping[str, int]) -> bool:
    """Tell whether the release at a position of the line is in one of the runs."""
    for run in runs.split(","):
        first, dash, last = run.partition("-")
        start = positions[first]
        if start <= position and (position <= positions[last] if last else dash != "" or position == start):
            return True
    return False
