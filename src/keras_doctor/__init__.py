"""keras-doctor opens any Keras model anyone ever saved, and says whether it loads where you are.

The public interface, each name imported when it is first used:

- `read(path)`: the `ModelDocument` of a file or directory
- `Environment`: who would load it
- `diagnose(path_or_document, environment)`: the `Diagnosis`
- `repair(source, destination, environment)`: the `RepairReport` of a file made to load there
- `explain(text, path_or_document, environment)`: the `Explanation` of a pasted traceback
- `install()`: the same under the traceback of every load that fails in this process
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.artifacts import read as read
    from keras_doctor.document import ModelDocument as ModelDocument
    from keras_doctor.environments import Environment as Environment
    from keras_doctor.findings import Diagnosis as Diagnosis
    from keras_doctor.findings import Finding as Finding
    from keras_doctor.findings import Remedy as Remedy
    from keras_doctor.rescue import RepairReport as RepairReport
    from keras_doctor.rescue import repair as repair
    from keras_doctor.rules import diagnose as diagnose
    from keras_doctor.runtime import install as install
    from keras_doctor.symptoms import Explanation as Explanation
    from keras_doctor.symptoms import explain as explain

_PUBLIC = {
    "Diagnosis": "findings",
    "Environment": "environments",
    "Explanation": "symptoms",
    "Finding": "findings",
    "ModelDocument": "document",
    "Remedy": "findings",
    "RepairReport": "rescue",
    "diagnose": "rules",
    "explain": "symptoms",
    "install": "runtime",
    "read": "artifacts",
    "repair": "rescue",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> object:
    room = _PUBLIC.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(__import__(f"{__name__}.{room}", None, None, (name,)), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_PUBLIC]
