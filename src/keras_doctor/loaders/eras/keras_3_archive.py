"""Keras 3: `load_model` of `.keras` archives and folders.

The config is deserialized with everything in it, a model's graph is put together with the model, the model is compiled,
and the variables come last: a layer whose variables are not there is told of at the end, with all others.

Source: keras/src/saving/saving_lib.py and serialization_lib.py of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.loaders import calling, compile_config, graphs, weights_v3
from keras_doctor.loaders.keras_3 import Keras3Walk
from keras_doctor.loaders.legacy_view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    config = View(load, legacy=False).config
    yield from Keras3Walk(load).entry(config, "layers", "")
    shapes = graphs.shapes(load, config)
    yield from graphs.steps(load, config, shapes)
    optimizers: list[Built] = []
    yield from compile_config.steps(load, Keras3Walk(load, "compile"), optimizers)
    yield from weights_v3.steps(load, shapes)
    yield from weights_v3.optimizer(load, optimizers, shapes, config)
    yield from calling.steps(load, shapes)
