"""The call of a model that was loaded: what would raise when it predicts for the first time."""

from __future__ import annotations

from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load


def steps(load: Load, shapes: Sequence[LayerShape]) -> Iterator[Step]:
    """Yield what happens when the model is called on inputs of the shapes that its config states.

    `shapes`: every layer of the model, as `graphs.shapes` infers them for this load.
    """
    yield Step("call", (), unexamined="whether the model can be called is not known: not yet in this version")
