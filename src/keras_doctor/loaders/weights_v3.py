"""The v3 store (`model.weights.h5` of a `.keras` archive): which group each layer of the target looks for, and whether
what it holds fits.
"""

from __future__ import annotations

from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load


def steps(load: Load, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield what happens when the layers take their variables: stage "weights"."""
    yield Step("weights", (), unexamined="weights were not compared with the release: not yet in this version")
