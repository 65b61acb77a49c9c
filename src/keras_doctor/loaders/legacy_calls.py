"""Calls that Keras 2 and tf.keras wrote as lists, and that Keras 3 makes in another way than they were meant.

Sources: `deserialize_node` and `functional_from_config` of keras/src/models/functional.py, `Sequential.build` of
keras/src/models/sequential.py, keras/src/layers/rnn/rnn.py `call` of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.models import model_layers
from keras_doctor.loaders.graphs import Stuck, name_of
from keras_doctor.loaders.tracing import Step
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load

_MODELS = ("Sequential", "Functional", "Model")
# Layers that were given their first states as further inputs, which Keras 3 takes for one list of sequences.
_LOOPS = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional")
# Layers that make their variables of the shape that comes in, and cannot of a list of one.
_SIZED = (
    "Dense",
    "Conv",
    "BatchNormalization",
    "LayerNormalization",
    "LSTM",
    "GRU",
    "SimpleRNN",
    "Separable",
    "Depthwise",
)


def steps(load: Load, config: Any) -> Iterator[Step]:
    """Yield what cannot be put together: states as further inputs, a model in a Sequential that puts out a list."""
    stack = [(ConfigNode(config), 0)]
    while stack:
        model, depth = stack.pop()
        layers = model_layers(model)
        if depth < DEFAULT_LIMITS.depth:
            stack.extend((node, depth + 1) for node in layers if node.get("class_name") in _MODELS)
        for node in layers:
            if node.get("class_name") in _LOOPS and any(isinstance(c, list) and len(c) > 1 for c in _listed(node)):
                yield Step("graph", ("graph:encoding",), Locus(path=node.path), Stuck(load.api, (name_of(node.value),)))
        if model.get("class_name") == "Sequential" and load.does("keeps-listed-output"):
            for number, node in enumerate(layers[:-1]):
                if _puts_out_a_list(node) and str(layers[number + 1].get("class_name")).startswith(_SIZED):
                    yield Step("graph", ("graph:ends",), Locus(path=node.path), Stuck(load.api, ("output_layers",)))


def _listed(node: ConfigNode) -> list[Any]:
    listed = node.get("inbound_nodes")
    return listed if isinstance(listed, list) else []


def _puts_out_a_list(node: ConfigNode) -> bool:
    """Tell whether an entry is a graph whose one output stands in a list."""
    config = node.get("config")
    ends = config.get("output_layers") if isinstance(config, dict) else None
    return isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], list)
