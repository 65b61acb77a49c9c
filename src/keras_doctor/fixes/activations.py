"""Activations that a target does not know, put together from what it has: `FORMULAS`.

An Activation becomes a small graph; a layer with such an activation a graph of the layer without it and the formula.
Where the target lacks a part of it, the activation stays, and the target's rules refuse it by its name. Called from
`dialects.recast`, for the graph is written in the target's dialect with the rest.
Source of the formulas: keras/src/activations/activations.py and keras/src/backend/tensorflow/nn.py (3.15).
"""

from __future__ import annotations

from keras_doctor.fixes.entries import Entries, become, layers_wanted
from keras_doctor.fixes.hard_sigmoid import LINEAR
from keras_doctor.fixes.operations import can_write
from keras_doctor.fixes.plain.composing import lacks_operations
from keras_doctor.fixes.plain.graph import Plain
from keras_doctor.fixes.tables import rows
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

    Formula = Callable[[Entries, Ref], Ref]


def _silu(graph: Entries, x: Ref) -> Ref:
    return graph.layer("Multiply", [x, graph.layer("Activation", x, activation="sigmoid")])


def _mish(graph: Entries, x: Ref) -> Ref:
    line = graph.layer("Activation", x, activation="softplus")
    return graph.layer("Multiply", [x, graph.layer("Activation", line, activation="tanh")])


def _relu6(graph: Entries, x: Ref) -> Ref:
    return graph.layer("ReLU", x, max_value=6.0)


def _leaky_relu(graph: Entries, x: Ref) -> Ref:
    return graph.layer("LeakyReLU", x, negative_slope=0.2)


def _celu(graph: Entries, x: Ref) -> Ref:
    return graph.layer("ELU", x, alpha=1.0)


def _hard_silu(graph: Entries, x: Ref) -> Ref:
    line = graph.op("nn.Relu6", graph.op("numpy.Add", x, 3.0))
    return graph.op("numpy.Multiply", x, graph.op("numpy.TrueDivide", line, 6.0))


def _log_softmax(graph: Entries, x: Ref) -> Ref:
    return graph.op("nn.LogSoftmax", x, axis=-1)


def _log_sigmoid(graph: Entries, x: Ref) -> Ref:
    return graph.op("numpy.Negative", graph.op("nn.Softplus", graph.op("numpy.Negative", x)))


def _hard_tanh(graph: Entries, x: Ref) -> Ref:
    return graph.op("numpy.Clip", x, x_min=-1.0, x_max=1.0)


def _tanh_shrink(graph: Entries, x: Ref) -> Ref:
    return graph.op("numpy.Subtract", x, graph.op("numpy.Tanh", x))


def _soft_shrink(graph: Entries, x: Ref) -> Ref:
    size = graph.op("nn.Relu", graph.op("numpy.Subtract", graph.op("numpy.Absolute", x), 0.5))
    return graph.op("numpy.Multiply", graph.op("numpy.Sign", x), size)


def _squareplus(graph: Entries, x: Ref) -> Ref:
    root = graph.op("numpy.Sqrt", graph.op("numpy.Add", graph.op("numpy.Square", x), 4.0))
    return graph.op("numpy.TrueDivide", graph.op("numpy.Add", x, root), 2.0)


def _gelu_new(graph: Entries, x: Ref) -> Ref:
    return graph.op("nn.Gelu", x, approximate=True)


FORMULAS: dict[str, Formula] = {
    "silu": _silu,
    "swish": _silu,
    "mish": _mish,
    "relu6": _relu6,
    "leaky_relu": _leaky_relu,
    "celu": _celu,
    "hard_silu": _hard_silu,
    "hard_swish": _hard_silu,
    "log_softmax": _log_softmax,
    "log_sigmoid": _log_sigmoid,
    "hard_tanh": _hard_tanh,
    "tanh_shrink": _tanh_shrink,
    "soft_shrink": _soft_shrink,
    "squareplus": _squareplus,
    "gelu_new": _gelu_new,  # TensorFlow.js's
}


def compose(draft: Draft, api: Api) -> Iterator[tuple[str, bool]]:
    """Put graphs in the place of layers with activations that the target lacks; yield what became of them, and whether
    it rounds otherwise.
    """
    unknown = {name for name in FORMULAS if not _knows(api, name)}
    if not unknown:
        return

    def lacking(layer: dict[str, Any]) -> bool:
        activation = layer["config"].get("activation")
        return isinstance(activation, str) and activation in unknown

    for layer, shape in layers_wanted(draft, lacking):
        config, activation = layer["config"], layer["config"]["activation"]
        graph = _composed(draft, layer, shape, api)
        if graph is not None:
            yield f"{activation} of {config.get('name')}", isinstance(graph, Plain) and graph.rounded


def _knows(api: Api, name: str) -> bool:
    others = [names for kind, *names in rows("classes.tsv") if kind == "activations" and name in names]
    return any(api.find(one, "activations") for one in [name, *(other for names in others for other in names)])


def _composed(draft: Draft, layer: dict[str, Any], shape: LayerShape, api: Api) -> Entries | None:
    config, class_name = layer["config"], layer["class_name"]
    if class_name not in ("Activation", *LINEAR) or len(shape.input_shapes) != 1 or not shape.output_shape:
        return None
    given, made = shape.input_shapes[0], shape.output_shape
    if given is None or isinstance(made[0], tuple):
        return None
    name = str(config.get("name") or layer.get("name"))
    start = Ref(f"{name}_in", 0, 0)
    middle = start if class_name == "Activation" else Ref(f"{name}_linear", 0, 0)
    output_shape: Shape = tuple(made)  # type: ignore[arg-type]
    graph = (Plain if lacks_operations(api) else Entries)({middle: output_shape}, name, api)
    try:
        output = FORMULAS[config["activation"]](graph, middle)
    except CannotInferError:
        return None
    entries = graph.needed([output])
    if not all(can_write(entry, api) for entry in entries):
        return None
    if middle is not start:
        nodes = [{"args": [graph.tensor(start)], "kwargs": {}}]
        plain = {key: value for key, value in config.items() if key != "batch_input_shape"}
        inner = {**layer, "config": {**plain, "activation": "linear", "name": middle.layer}, "name": middle.layer}
        inner["inbound_nodes"] = nodes
        draft.move(layer, inner)
        entries.insert(0, inner)
    become(layer, name, {start: given}, entries, [output])
    for entry, tensors in graph.weights if isinstance(graph, Plain) else ():
        draft.give(entry, tensors)
    return graph
