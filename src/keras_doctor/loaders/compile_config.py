"""`compile_config` of `.keras` archives: what the model is compiled with when it is loaded."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.construction import Walk
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.tracing import Step


def steps(load: Load, walk: Walk) -> Iterator[Step]:
    """Yield what happens when the model is compiled: stage "compile"."""
    yield from ()
