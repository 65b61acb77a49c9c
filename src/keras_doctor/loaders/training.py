"""What a loader makes of the `training_config` of an HDF5 file: optimizer, loss and metrics.

`steps(load, walk)` yields the steps of stage "compile" of any era that reads HDF5; `walk` is the era's walk of what
the model is compiled with (its stage is "compile").
"""

from __future__ import annotations

from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.construction import Walk
    from keras_doctor.loaders.load import Load


def steps(load: Load, walk: Walk) -> Iterator[Step]:
    """Yield how the model is compiled; nothing when the call or the file says not to."""
    if not load.options.compile or load.document.training.config is None:
        return
    yield Step("compile", (), unexamined="what the model is compiled with was not examined: not yet in this version")
