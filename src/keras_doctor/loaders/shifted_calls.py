"""Calls of nested models that Keras 3 takes for others when it reads what Keras 2 and tf.keras wrote.

Those count the call that a model is made of, so that the first call in a graph has the number 1; Keras 3 counts from 0
(but for Functional models in `output_layers`). A reference that finds a call by its number finds the next one.

Source: `deserialize_node` and `functional_from_config` of keras/src/models/functional.py of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.inbound import read_nodes, read_refs, refs_in
from keras_doctor.layers.models import model_layers
from keras_doctor.loaders.graphs import name_of
from keras_doctor.loaders.tracing import Step
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load

_MODELS = ("Sequential", "Functional", "Model")


def steps(load: Load, config: Any) -> Iterator[Step]:
    """Yield the layers that take what another call of a nested model puts out."""
    stack = [(ConfigNode(config), 0)]
    while stack:
        model, depth = stack.pop()
        entries = model_layers(model)
        nested = {name_of(node.value): node for node in entries if node.get("class_name") in _MODELS}
        if depth < DEFAULT_LIMITS.depth:
            stack.extend((node, depth + 1) for node in nested.values())
        shared = {name: node for name, node in nested.items() if len(_calls(node.value)) > 1}
        if shared:
            yield from _wrong(load, model, entries, shared)


def _wrong(load: Load, model: ConfigNode, entries: list[ConfigNode], shared: dict[str, ConfigNode]) -> Iterator[Step]:
    names = frozenset(name_of(node.value) for node in entries)
    config = model.get("config")
    ends = read_refs(config.get("output_layers")) if isinstance(config, dict) else []
    taken = [
        (node, ref)
        for node in entries
        for call in read_nodes(node.value, names)
        if not call.keras3
        for ref in refs_in([call.args, call.kwargs])
        if ref.layer in shared
    ]
    for name, inner in shared.items():
        count = len(_calls(inner.value))
        numbers = [ref.node for _, ref in taken if ref.layer == name] + [ref.node for ref in ends if ref.layer == name]
        if max(numbers, default=0) < count:
            continue  # whoever wrote this counts from 0
        for node, ref in taken:
            if ref.layer == name and 0 < ref.node < count:
                yield Step("graph", ("graph:shifted",), Locus(path=node.path), (load.api, name_of(node.value), name))


def _calls(entry: Any) -> list[Any]:
    listed = entry.get("inbound_nodes") if isinstance(entry, dict) else None
    return listed if isinstance(listed, list) else []
