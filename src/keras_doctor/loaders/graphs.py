"""The graph that a model's layers make of their calls: which variables each layer comes to own, and what no loader can
put together.
"""

from __future__ import annotations

from keras_doctor.layers.graph import infer
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load

# The era in whose way a line of releases infers shapes and makes variables.
ERA_OF_LINE = {
    "keras-1": "keras-1", "keras-2": "keras-2", "tensorflow": "tf.keras", "keras-2.6": "tf.keras",
    "tf-keras": "tf.keras-v3", "keras-3": "keras-3",
}  # fmt: skip


def era_of(load: Load) -> str:
    """Return the era in whose way the release of a load makes layers."""
    era = ERA_OF_LINE.get(load.api.line, "keras-3")
    return "tf.keras-v3" if era == "tf.keras" and load.reader == "keras-v3" else era


def shapes(load: Load, config: Any) -> tuple[LayerShape, ...]:
    """Return what every layer of `config` owns and puts out when the release builds it.

    `config` is the model's config as the loader makes use of it, with what it adds and converts.
    """
    return infer(config, era_of(load))


def steps(load: Load, config: Any, inferred: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield what happens when the layers are called one after the other: stage "graph"."""
    yield from ()
