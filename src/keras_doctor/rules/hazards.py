"""What a hostile mechanism does in an environment: words, severity and advisories that the rules KD8xx share."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.advisories import affecting, known
from keras_doctor.rules.spoken import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.environments.environment import Environment


@record
class Hazard:
    """What a mechanism does in an environment: `works` there (None: which release would load the file is not known),
    and `evidence` in words.
    """

    works: bool | None
    who: str
    evidence: tuple[str, ...]

    def severity(self, alarming: bool = True) -> str:
        """Return how grave it is: an error where it works and is alarming, a warning where one of both is so."""
        if self.works is False:
            return "warning" if alarming else "info"
        return "error" if alarming else "warning"


def hazard(environment: Environment, *mechanisms: str) -> Hazard:
    """Return what the first mechanism that works does in an environment."""
    library, version = environment.release
    everything = tuple(dict.fromkeys(one for mechanism in mechanisms for one in known(mechanism)))
    if not library:
        return Hazard(None, "the loader", (f"advisories: {', '.join(everything)}",) if everything else ())
    for mechanism in mechanisms:
        ids = affecting(mechanism, library, version)
        if ids is not None:
            return Hazard(True, told(environment), (f"advisories: {', '.join(ids)}",) if ids else ())
    closed = f"works in other releases: {', '.join(everything)}"
    return Hazard(False, told(environment), (closed,) if everything else ())


# Which way code comes in, by the format of the file.
CODE = {
    "keras-v3": "lambda-archive", "keras-v3-directory": "lambda-archive", "hdf5-model": "lambda-hdf5",
    "savedmodel": "lambda-savedmodel", "savedmodel-tf1": "lambda-savedmodel",
}  # fmt: skip
