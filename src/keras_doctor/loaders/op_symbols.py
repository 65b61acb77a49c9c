"""Layers of TensorFlow functions (TFOpLambda): the functions that a release lacks, and calls that it does not follow.

Sources: `TFOpLambda.from_config` of tensorflow/python/keras/layers/core.py; `Layer.__call__` of
tensorflow/python/keras/engine/base_layer.py of 2.3, which looks for the tensors of a graph in the first argument alone.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.loaders.graphs import FUNCTIONS, Inferred
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load

_CONSTANT = "_CONSTANT_VALUE"


def steps(load: Load) -> Iterator[Step]:
    """Yield the functions that are not there, and the calls whose first argument is no tensor: stage "graph"."""
    root = ConfigNode(load.document.config)
    for node in load.document.layers:
        if node.class_name not in FUNCTIONS:
            continue
        function = str(node.config.get("function"))[:80]
        why = ""
        if load.does(f"lacks-tf.{function}"):
            why = f"this TensorFlow has no tf.{function}"
        elif load.does("looks-at-first-arguments") and _constant_first(root.at(node.path).get("inbound_nodes")):
            why = "it looks for tensors in the first argument of a call alone, where a constant stands"
        if why:
            subject = Inferred(load.api, node.name, node.class_name, why)
            yield Step("graph", ("graph:impossible",), Locus(path=node.path), subject)


def _constant_first(listed: Any) -> bool:
    """Tell whether one of the calls has no tensor in its first argument: a call lists one tensor, or several."""
    for call in listed if isinstance(listed, list) else ():
        given = [call] if isinstance(call, list) and call and isinstance(call[0], str) else call
        if isinstance(given, list) and given and all(isinstance(one, list) and one[:1] == [_CONSTANT] for one in given):
            return True
    return False
