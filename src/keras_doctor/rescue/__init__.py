"""A plan carried out: written, verified, reported; and what differs between two artifacts."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.differing import diff
    from keras_doctor.rescue.repairing import RepairReport, repair

_MODULES = {"RepairReport": "repairing", "diff": "differing", "repair": "repairing"}
__all__ = ["RepairReport", "diff", "repair"]


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(name)
    return getattr(__import__(f"{__name__}.{module}", None, None, (name,)), name)
