"""What differs between two artifacts of any formats: config, weights, training state, assets, provenance."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.differing.compare import diff
    from keras_doctor.rescue.differing.entries import Difference, Entry

__all__ = ["Difference", "Entry", "diff"]


def __getattr__(name: str) -> object:
    if name == "diff":
        from keras_doctor.rescue.differing.compare import diff

        return diff
    if name in __all__:
        from keras_doctor.rescue.differing import entries

        return getattr(entries, name)
    raise AttributeError(name)
