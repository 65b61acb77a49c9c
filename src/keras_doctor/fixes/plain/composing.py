"""`compose_plainly`: small graphs of layers in the place of operations, and of layers, that a release lacks.

Called from `dialects.recast`, for the graphs are written in the target's dialect with the rest. Where masks may come
in, everything stays: those layers of Keras 2 do not hand them on, or refuse them.
"""

from __future__ import annotations

from keras_doctor.fixes import operations
from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.entries import become, layers_wanted
from keras_doctor.fixes.graphs import OP_LAYERS, is_operation
from keras_doctor.fixes.operation_layers import layer_of
from keras_doctor.fixes.plain import layers
from keras_doctor.fixes.plain.graph import Plain
from keras_doctor.fixes.plain.lambdas import composed, is_foreign
from keras_doctor.layers.evaluation import layer_config
from keras_doctor.layers.functional import calls_of
from keras_doctor.layers.inbound import Ref, refs_in
from keras_doctor.layers.masking import may_mask
from keras_doctor.layers.models import name_of
from keras_doctor.layers.semantics import semantics_of
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import convert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.releases.api import Api
    from keras_doctor.releases.semantics import Semantics

ROUNDED = "numbers are rounded in other places: outputs agree to about 1e-6 of their scale"


def lacks_operations(api: Api) -> bool:
    """Tell whether a release has no layers for operations that a repair could write."""
    return api.line != "keras-3" and api.find("TFOpLambda", "layers") is None


def compose_plainly(draft: Draft, target: Target, centered: bool) -> Iterator[tuple[str, bool]]:
    """Put graphs of layers in the place of what a release has no layer for; yield what became of it, and whether it
    rounds otherwise. `centered`: whether the release that wrote the model resizes images by the centers of pixels.
    """
    api = target.api
    if not lacks_operations(api) or may_mask(draft.config):
        return
    lacking = {name for name in layers.RULES if api.find(name, "layers") is None}
    slopes = [one.get("hard_sigmoid") for one in (_source(draft), target.semantics)]
    other_slope = slopes[0] != slopes[1] and "Rescaling" in lacking

    def wanted(layer: dict[str, Any]) -> bool:
        if is_operation(layer):
            return layer["class_name"] not in OP_LAYERS or api.find(layer["class_name"], "layers") is None
        sigmoid = other_slope and layer["class_name"] == "Activation"
        if is_foreign(layer, target):
            return True
        return layer.get("class_name") in lacking or (sigmoid and layer["config"].get("activation") == "hard_sigmoid")

    def operation(layer: dict[str, Any], shape: LayerShape, names: frozenset[str]) -> Plain | None:
        return _operation(layer, shape, names, api, single=True)

    names = frozenset(_names(draft.config))
    for layer, shape in layers_wanted(draft, wanted):
        name, class_name = name_of(layer), str(layer["class_name"])
        try:
            if class_name == "Lambda":
                graphs = composed(layer, shape, draft.era, centered, target, operation)
            else:
                known = is_operation(layer)
                graph = _operation(layer, shape, names, api) if known else _layer(draft, layer, shape, api)
                graphs = None if graph is None else [graph]
        except CannotInferError:
            continue
        if graphs is not None:
            for entry, tensors in (pair for graph in graphs for pair in graph.weights):
                draft.give(entry, tensors)
            yield f"{class_name} {name}", any(graph.rounded for graph in graphs)


def _source(draft: Draft) -> Semantics:
    return semantics_of(draft.source.provenance, draft.source.provenance.era)


def _layer(draft: Draft, layer: dict[str, Any], shape: LayerShape, api: Api) -> Plain | None:
    """Make a layer a graph."""
    config, name = layer_config(layer, layer["class_name"], draft.era), name_of(layer)
    shapes = {call.input_shapes for call in shape.calls}
    given = (*shape.input_shapes, None)[0]
    if given is None or len(shapes) != 1:
        return None
    start = Ref(f"{name}_in", 0, 0)
    graph = Plain({start: given}, name, api)
    if layer["class_name"] == "Activation":
        output = layers.hard_sigmoid(graph, start, _source(draft).get("hard_sigmoid"))
    else:
        output = layers.RULES[layer["class_name"]](graph, start, config, draft.tensors(layer))
    draft.give(layer, {})
    become(layer, name, {start: given}, graph.needed([output]), [output])
    return graph


def _operation(
    layer: dict[str, Any], shape: LayerShape, names: frozenset[str], api: Api, single: bool = False
) -> Plain | None:
    """Make an operation a graph; one that is a `single` layer as well, or only where it is none."""
    calls = calls_of(layer, names)
    operation = operations.read(layer, calls[0]) if len(calls) == 1 else None
    if operation is None:
        return None
    name, taken = name_of(layer), list(refs_in([calls[0].args, calls[0].kwargs]))
    shapes = dict(zip(taken, shape.input_shapes, strict=False))
    inputs = {ref: Ref(f"{name}_in_{number}", 0, 0) for number, ref in enumerate(shapes)}
    given = {inputs[ref]: found for ref, found in shapes.items() if found is not None}
    if len(given) < len(set(taken)):
        return None
    if not single and layer_of(operation.name, dict(operation.values), api) is not None:
        return None
    values = convert(dict(operation.values), lambda value: inputs[value] if isinstance(value, Ref) else value)
    graph = Plain(given, name, api)
    made = graph.compute(operation.name, values)
    outputs = made if isinstance(made, list) else [made]
    if any(output in given for output in outputs):  # it changes nothing
        outputs = [graph.layer("Activation", one, activation="linear") if one in given else one for one in outputs]
    become(layer, name, given, graph.needed(outputs), outputs)
    if calls[0].keras3:
        told = [Plain.tensor(ref) for ref in inputs]
        layer["inbound_nodes"] = [{"args": [told if len(told) > 1 else told[0]], "kwargs": {}}]
    else:
        layer["inbound_nodes"] = [[[ref.layer, ref.node, ref.tensor, {}] for ref in inputs]]
    return graph


def _names(entry: Any) -> Iterator[str]:
    for layer in layers_of(entry):
        if isinstance(layer, dict):
            yield name_of(layer)
            yield from _names(layer)
