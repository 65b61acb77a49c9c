"""How each era's loader goes on once it has opened an artifact: one module a reader and era."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.tracing import Step

# Reader and line of releases (`releases.api.line_of`): the module that follows it.
_ERAS = {
    ("hdf5", "keras-1"): "keras_1",
    ("hdf5", "keras-2"): "keras_2",
    ("hdf5", "tensorflow"): "tf_keras",
    ("hdf5", "keras-2.6"): "tf_keras",
    ("hdf5", "tf-keras"): "tf_keras",
    ("hdf5", "keras-3"): "keras_3_hdf5",
    ("keras-v3", "keras-2.6"): "tf_keras_archive",
    ("keras-v3", "tf-keras"): "tf_keras_archive",
    ("keras-v3", "keras-3"): "keras_3_archive",
    ("savedmodel", "tensorflow"): "savedmodel",
    ("savedmodel", "keras-2.6"): "savedmodel",
    ("savedmodel", "tf-keras"): "savedmodel",
}  # fmt: skip


def steps_of(load: Load) -> Callable[[Load], Iterator[Step]] | None:
    """Return what follows a load from the parsed config on, None for a reader that is not known."""
    name = _ERAS.get((load.reader, load.api.line))
    if name is None:
        return None
    module = __import__(f"keras_doctor.loaders.eras.{name}", None, None, ("steps",))
    found: Callable[[Load], Iterator[Step]] = module.steps
    return found
