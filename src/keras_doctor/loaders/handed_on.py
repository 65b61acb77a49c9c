"""Layers whose symbolic call returns its own input: from then on the graph takes that tensor for one that the layer
makes, and a layer that makes what it takes is a cycle.

A file of Keras before 2.0.4 can say the same: that a model's input is what such a layer makes (`named`).

Source: `compute_output_spec` of keras/src/layers/preprocessing/image_preprocessing/equalization.py (3.8 to 3.15) and
random_grayscale.py (3.8 to 3.10); `map_graph` of keras/src/ops/function.py; seen with real releases.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.inbound import read_nodes, read_refs, refs_in
from keras_doctor.loaders.graphs import name_of
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.config import ConfigNode
    from keras_doctor.layers.inbound import Node
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api


@record
class HandedOn:
    """A layer whose input and output are one tensor to the graph. `after`: the layer that makes that tensor, "" where
    it is an input of the model.
    """

    api: Api
    name: str
    class_name: str
    after: str = ""


def steps(load: Load, model: ConfigNode) -> Iterator[Step]:
    """Yield what becomes of such layers in one model: stage "graph", or "call" where only the call notices.

    `model` is the config of a Sequential or functional model. Nothing is yielded for a release that has no such layer.
    """
    layers = model.get("layers")
    if load.api.line != "keras-3" or not isinstance(layers, list):
        return
    held = [entry for entry in layers if isinstance(entry, dict)]
    concerned = [entry for entry in held if _hands_on(load, entry)]
    if concerned:
        graph = isinstance(model.value, dict) and "output_layers" in model.value
        yield from _in_graph(load, model, held, concerned) if graph else _in_sequence(load, model, held, concerned)


def named(load: Load, model: ConfigNode, nodes: dict[str, list[Node]], classes: dict[str, str]) -> Iterator[Step]:
    """Yield what becomes of a graph that calls its inputs by the layers behind them, where outputs need what lies
    before those. `nodes`: the calls of each layer; `classes`: their classes.
    """
    taken = read_refs(model.get("input_layers"))
    inputs = {name for name, class_name in classes.items() if class_name == "InputLayer"}
    behind = [ref.layer for ref in taken if ref.layer not in inputs]
    if not behind or load.api.line != "keras-3" or not load.does("notices-ends-that-are-one"):
        return
    ends = read_refs(model.get("output_layers"))
    declared = {(ref.layer, ref.node) for ref in taken}
    left = [(ref.layer, ref.node) for ref in ends if (ref.layer, ref.node) not in declared]
    same = len(left) < len(ends)
    noticed = not left or load.does("stops-at-declared-inputs")
    seen = set(left)
    for layer, number in left:  # grows while it is walked
        calls = nodes.get(layer, [])
        node = calls[number] if 0 <= number < len(calls) else None
        for ref in refs_in([node.args, node.kwargs]) if node is not None else ():
            call = ref.layer, ref.node
            if call not in declared and call not in seen:
                seen.add(call)
                left.append(call)
    before = any(layer in inputs for layer, _ in left)
    if same or before:
        found = HandedOn(load.api, behind[0], classes.get(behind[0], ""))
        yield Step("graph" if noticed else "call", ("graph:handed-on",), Locus(path=model.path), found)


def _hands_on(load: Load, entry: dict[str, Any]) -> bool:
    return load.does(f"hands-on-{entry.get('class_name')}")


def _in_graph(
    load: Load, model: ConfigNode, layers: list[dict[str, Any]], concerned: list[dict[str, Any]]
) -> Iterator[Step]:
    inputs = {name_of(entry) for entry in layers if entry.get("class_name") == "InputLayer"}
    ends = {ref.layer for ref in read_refs(model.get("output_layers"))}
    names = frozenset(name_of(entry) for entry in layers)
    for entry in concerned:
        for node in read_nodes(entry, names):
            sources = [ref.layer for ref in refs_in([node.args, node.kwargs])]
            made = next((name for name in sources if name not in inputs), "")
            if made or name_of(entry) in ends:
                yield _step(load, model, entry, made)
                return


def _in_sequence(
    load: Load, model: ConfigNode, layers: list[dict[str, Any]], concerned: list[dict[str, Any]]
) -> Iterator[Step]:
    called = [entry for entry in layers if entry.get("class_name") != "InputLayer"]
    for entry in concerned:
        place = next(number for number, one in enumerate(called) if one is entry)
        # The model is put together anew with each layer that is added, the first time when there is but one.
        if place or len(called) == 1 or load.does("notices-ends-that-are-one"):
            yield _step(load, model, entry, name_of(called[place - 1]) if place else "")
            return


def _step(load: Load, model: ConfigNode, entry: dict[str, Any], after: str) -> Step:
    found = HandedOn(load.api, name_of(entry), str(entry.get("class_name")), after)
    # A model whose output is its input is noticed by the call: of a nested model, while the outer one is put together.
    late = not after and model.path == "config" and not load.does("notices-ends-that-are-one")
    return Step("call" if late else "graph", ("graph:handed-on",), Locus(path=model.path), found)
