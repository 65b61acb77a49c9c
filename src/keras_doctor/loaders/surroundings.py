"""Signs that something may be wrong with an environment: the tags that its rules listen to.

An environment that is well gives no sign, so none of its rules is imported. A sign is a suspicion that costs little to
have; the rule looks closer.
"""

from __future__ import annotations

from keras_doctor.releases.clashes import clashes, needs_old_h5py
from keras_doctor.releases.version import satisfies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment

_KINDS = ("keras", "tf-keras", "numpy", "protobuf")
_PACKAGES = ("keras", "tf-keras", "tensorflow", "numpy", "protobuf", "h5py")  # those of the table of clashes


def signs(environment: Environment, document: ModelDocument) -> tuple[str, ...]:
    """Return the tags of the step that imports the loader, besides its own."""
    return ("environment:unreadable",) if environment.problem else tuple(_signs(environment, document))


def _signs(environment: Environment, document: ModelDocument) -> Iterator[str]:
    library, version = environment.release
    tensorflow, backend = environment.tensorflow, environment.backend
    keras_3 = library == "keras" and satisfies(version, ">=3.0.0.dev0")
    if environment.complete and not library:
        yield "environment:without-loader"
    if environment.python and not environment.complete:
        yield "environment:imagined"
    versions = {name: environment.package(name) for name in _PACKAGES}
    for kind in _KINDS:
        if _clash(kind, environment.loader, versions):
            yield f"clash:{kind}"
    if tensorflow and not (keras_3 and environment.loader == "keras"):
        yield "environment:keras-of-tensorflow"
    if environment.package("tf-keras") or (tensorflow and not (keras_3 and satisfies(tensorflow, ">=2.6"))):
        yield "environment:several-kerases"
    if tensorflow and keras_3 and document.provenance.era != "keras-3":
        yield "environment:another-era"
    # The NumPy backend needs more than NumPy.
    if library == "keras" and backend and not (keras_3 and backend != "numpy" and environment.package(backend)):
        yield "environment:backend"


def _clash(kind: str, loader: str, versions: dict[str, str | None]) -> bool:
    """Tell whether there may be a clash of a kind: the first entry decides that is not about some files only."""
    for clash in clashes(kind, loader, versions.get):
        if clash.effect != "works":
            return True
        if not clash.files:
            return False
    return False


def reader_signs(environment: Environment) -> tuple[str, ...]:
    """Return the tags of a step that opens HDF5, besides its own."""
    if environment.lacks("h5py"):
        return ("h5py:missing",)
    if environment.h5py and needs_old_h5py(*environment.release):
        return ("h5py:decodes",)
    return ()
