"""Which releases do not work together, as data: `clashes.tsv`, every line of it seen in real installations.

A requirement in a package's metadata is a promise of its authors; a line here is what happened. Many promises are
broken without harm, and some breaks are promised to work.
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.names import family
from keras_doctor.releases.version import satisfies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@record
class Clash:
    """Two packages that do not work together, or that do although their metadata forbid it.

    `kind` is the rule's subject; `loader` the loader that is affected, "*" for each. `versions` and `other_versions`
    are requirements. `files`: "" when every load is affected, else what a file must have ("recurrent": a recurrent
    layer, "text": HDF5 attributes that are read as text). `effect`: a verdict, or "works". `says`: the message.
    `seen`: in which installations.
    """

    kind: str
    loader: str
    package: str
    versions: str
    other: str
    other_versions: str
    files: str
    effect: str
    says: str
    seen: str


_lines: list[str] = []


def clashes(kind: str, loader: str, version_of: Callable[[str], str | None]) -> Iterator[Clash]:
    """Yield the entries of a kind that hold for what `version_of` says is there, in the order of the table."""
    for clash in _entries(kind):
        if clash.loader in ("*", loader):
            version, other = version_of(clash.package), version_of(clash.other)
            if version and other and satisfies(version, clash.versions) and satisfies(other, clash.other_versions):
                yield clash


def bounds_for(package: str, version: str) -> dict[str, str]:
    """Return what must be asked for besides a release so that nothing clashes with it: {"numpy": "<2"}."""
    found: dict[str, str] = {}
    for clash in _entries():
        if clash.package != family(package) or clash.effect != "fails" or not satisfies(version, clash.versions):
            continue
        if clash.other_versions.startswith(">=") and "," not in clash.other_versions:
            bound = clash.other_versions[2:]
            if clash.other not in found or satisfies(bound, found[clash.other]):
                found[clash.other] = "<" + bound
    return found


def needs_old_h5py(library: str, version: str) -> bool:
    """Tell whether a loader decodes HDF5 attributes itself, and so fails on what h5py has decoded: see the entries
    "h5py".

    `library` and `version` as in `Environment.release`.
    """
    package = {"keras": "keras", "tf.keras": "tensorflow"}.get(library, "")
    return any(clash.package == package and satisfies(version, clash.versions) for clash in _entries("h5py"))


def _entries(kind: str = "") -> Iterator[Clash]:
    """Yield the entries of a kind, or all."""
    if not _lines:
        data: bytes = __spec__.loader.get_data(__file__[: -len(".py")] + ".tsv")  # type: ignore[union-attr]
        _lines.extend(line for line in data.decode("utf-8").splitlines() if line and not line.startswith("#"))
    start = f"{kind}\t" if kind else ""
    for line in _lines:
        if line.startswith(start):
            yield Clash(*line.split("\t"))
