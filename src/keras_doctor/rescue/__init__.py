"""A plan carried out: written, verified, reported; and what differs between two artifacts."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.repairing import RepairReport, repair

__all__ = ["RepairReport", "repair"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from keras_doctor.rescue import repairing

        return getattr(repairing, name)
    raise AttributeError(name)
