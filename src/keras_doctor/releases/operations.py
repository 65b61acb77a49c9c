"""Which operations a TensorFlow knows, and with which attributes: data of tools/record_operations.py.

A SavedModel is a graph of operations, and a TensorFlow that lacks one of them loads nothing of it.
"""

from __future__ import annotations

from keras_doctor.releases.version import version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_minors: list[str] = []
_runs: dict[str, list[str]] = {}


def lacking(
    tensorflow: str, used: Collection[str], states: Callable[[str, str], bool]
) -> tuple[tuple[str, str, str], ...]:
    """Return what of a graph a TensorFlow does not know: operation, attribute ("" for the whole operation), and the
    first release that knows it.

    `used`: operations. `states`: tells whether the graph states an attribute of an operation. What no release knows (an
    operation of a package, or of a future release) is not returned. A minor without data answers as the newest before
    it.
    """
    if not _minors:
        _read()
    here = _position(tensorflow)
    found = []
    for name in sorted(used):
        runs = [run.split(":") for run in _runs.get(name, ())]
        if not runs:
            continue
        spans = [(_minors.index(first), _minors.index(last), attrs.split()) for first, last, attrs in runs]
        known = next((attrs for first, last, attrs in spans if first <= here <= last), None)
        if known is None:
            found.append((name, "", runs[0][0] if spans[0][0] > here else ""))
            continue
        for first, _, attrs in spans:
            later = [one for one in attrs if one not in known] if first > here else []
            found += [(name, one, _minors[first]) for one in later if states(name, one)]
    return tuple(found)


def _position(version: str) -> int:
    key = version_key(version)
    older = [number for number, minor in enumerate(_minors) if key is not None and (version_key(minor) or key) <= key]
    return older[-1] if older else 0


def _read() -> None:
    path = __file__[: -len("operations.py")] + "operations.tsv"
    data: bytes = __spec__.loader.get_data(path)  # type: ignore[union-attr]
    for line in data.decode("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, *fields = line.split("\t")
        if _minors:
            _runs[name] = fields
        else:
            _minors.extend((name, *fields))
