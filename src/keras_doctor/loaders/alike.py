"""Operations of Keras 3 in HDF5 files, which are looked for by their bare names: where a layer has the same name, that
is what the release builds and calls. A layer takes tensors alone by position, and a merging layer takes one list.

Source: `model_from_config` of keras/src/legacy/saving/saving_utils.py, `Layer.__call__` of keras/src/layers/layer.py
("Only input tensors may be passed as positional arguments"), keras/src/layers/merging/base_merge.py `build`.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.models import model_layers
from keras_doctor.loaders.graphs import name_of
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

_MERGING = ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract")


@record
class Alike:
    """An operation that is taken for the layer of its name, which does not take what it is called with."""

    api: Api
    name: str
    class_name: str


def steps(load: Load, config: Any) -> Iterator[Step]:
    """Yield the calls that a layer of the operation's name refuses: stage "graph". `config`: as the release sees it."""
    stack = [(ConfigNode(config), 0)]
    while stack:
        model, depth = stack.pop()
        layers = model_layers(model)
        inner = [node for node in layers if isinstance(ConfigNode(node.get("config")).get("layers"), list)]
        if depth < DEFAULT_LIMITS.depth:
            stack.extend((node, depth + 1) for node in inner)
        sequence = model.get("class_name") == "Sequential"
        for node in layers:
            # In a Sequential a merging layer gets one tensor, unless a model before it puts out several.
            refused = (node.get("class_name") in _MERGING and not inner) if sequence else _refused(node)
            if refused and node.get("module") is None:
                found = Alike(load.api, name_of(node.value), str(node.get("class_name")))
                yield Step("graph", ("operation:alike",), Locus(path=node.path), found)


def _refused(node: ConfigNode) -> bool:
    """Tell whether a layer of a graph does not take what it is called with."""
    listed = node.get("inbound_nodes")
    for call in listed if isinstance(listed, list) else ():
        args = call.get("args") if isinstance(call, dict) else None
        if not isinstance(args, list) or not args:
            continue
        if any(_is_plain(one) for one in args):
            return True
        if node.get("class_name") in _MERGING and not isinstance(args[0], list):
            return True
    return False


def _is_plain(value: Any) -> bool:
    """Tell whether an argument holds something that is no tensor."""
    if isinstance(value, list):
        return any(_is_plain(one) for one in value[:64])
    if isinstance(value, dict):
        return value.get("class_name") != "__keras_tensor__"
    return value is not None
