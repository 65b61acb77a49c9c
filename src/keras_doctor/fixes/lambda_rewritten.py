"""A Lambda layer whose code is a known expression becomes a small model of the operations that it calls.

The code is read, never run: `lambda x: tf.reduce_sum(x * 2, 1)` is a Multiply and a Sum. What is not wholly made of
operations that the target has stays a Lambda, which the target's rules then judge. Called from `dialects.recast`, for
the operations are written in the target's dialect with the rest of the graph.
"""

from __future__ import annotations

from itertools import pairwise

from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.entries import input_entry, model_entry
from keras_doctor.fixes.lambda_graph import Graph
from keras_doctor.fixes.operation_calls import refs
from keras_doctor.fixes.operations import can_write
from keras_doctor.fixes.tensors_known import Known
from keras_doctor.layers.dtypes import compute_dtype
from keras_doctor.layers.graph import infer
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.lambda_body import body
from keras_doctor.layers.models import is_input, name_of
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.stock import is_operation
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.releases.api import Api

    Told = tuple[str, Api, bool]  # era, facts about the target, whether images are resized by the centers of pixels

ROUNDS = 8  # a Lambda whose input is another's output waits until that is known


def rewrite_lambdas(config: Any, era: str, api: Api, centered: bool) -> Iterator[str]:
    """Put models of operations in the place of the Lambdas of a model whose code is known; yield their names.

    `centered`: whether the release that wrote them resizes images by the centers of pixels.
    """
    if api.line != "keras-3" and api.find("TFOpLambda", "layers") is None:
        return  # the release has nothing else to write an operation with
    for _ in range(ROUNDS):
        shapes = {shape.path: shape for shape in infer(config, era)}
        found = list(_model(config, "config", shapes, (era, api, centered)))
        yield from found
        if not found:
            return


def _model(entry: Any, path: str, shapes: dict[str, LayerShape], told: Told) -> Iterator[str]:
    api = told[1]
    place = f"{path}.layers" if isinstance(entry.get("config"), dict) else path
    # Before 3.4 a graph gives a list of its one output, which the next layer of a Sequential does not take.
    lists = api.line == "keras-3" and not has("reads-nested-ends", api.library, api.version)
    chained = lists and entry.get("class_name") == "Sequential"
    known = Known(entry["config"], place, shapes) if place.endswith(".layers") and layers_of(entry) else None
    for number, layer in enumerate(layers_of(entry)):
        if not isinstance(layer, dict):
            continue
        here = f"{place}[{number}]"
        if layers_of(layer):
            yield from _model(layer, f"{here}.config", shapes, told)
            continue
        found = layer.get("class_name") == "Lambda" and here in shapes
        if found and rewritten(layer, shapes[here], told, chained, _held(known, layers_of(entry), number)):
            yield str(layer["config"]["name"])


def _held(known: Known | None, layers: list[Any], number: int) -> list[str]:
    """Return what the tensors hold that a layer is called on; [] where it is not known."""
    layer = layers[number]
    if known is not None and "inbound_nodes" in layer:
        calls = known.calls.get(name_of(layer), [])
        return [known.dtype(ref) or "float32" for ref in refs(calls[0].args)] if calls else []
    before = layers[number - 1] if number else layer
    config = before.get("config") if isinstance(before, dict) else None
    stated = compute_dtype(config.get("dtype")) if isinstance(config, dict) else ""
    return [stated if stated and (number == 0 or is_input(before)) else "float32"]


def rewritten(
    layer: dict[str, Any],
    shape: LayerShape,
    told: Told,
    chained: bool,
    held: Sequence[str] = (),
    writes: Callable[[dict[str, Any], Api], bool] = can_write,
) -> bool:
    """Make a layer the model of its operations, a Sequential if `chained`; tell whether that can be done. `held`: what
    the tensors hold that it is called on; `writes` tells what of it the target can have.
    """
    config = layer.get("config")
    if not isinstance(config, dict):
        return False
    name = str(config.get("name") or layer.get("name") or "lambda")
    shapes = [one for one in shape.input_shapes if one is not None]
    if not shapes or len(shapes) < len(shape.input_shapes) or config.get("mask") is not None:
        return False
    inputs = {Ref(f"{name}_in_{number}", 0, 0): one for number, one in enumerate(shapes)}
    dtypes = dict(zip(inputs, held, strict=False)) if len(held) == len(inputs) else {}
    try:
        code, found = body(config.get("function"))
        graph = Graph(config, code, inputs, name, *told)
        graph.dtypes = dtypes
        output = graph.value(found)
    except (CannotInferError, ValueError, KeyError, TypeError, IndexError):
        return False
    if len(inputs) == 1 and isinstance(output, Ref) and output in inputs:
        layer.update(class_name="Activation", config={**_common(config, name), "activation": "linear"})
        return True
    outputs = output if isinstance(output, list) else [output]
    if not outputs or not all(isinstance(one, Ref) and one not in inputs for one in outputs):
        return False
    made = graph.needed(outputs)
    if not all(writes(entry, told[1]) for entry in made):
        return False
    if chained:
        entries = [input_entry(ref.layer, list(one), dtypes.get(ref, "float32")) for ref, one in inputs.items()]
        if len(inputs) > 1 or len(outputs) > 1 or not _is_chain([*entries, *made]):
            return False
        steps = [{"class_name": one["class_name"], "config": one["config"]} for one in (*entries, *made)]
        layer.update(class_name="Sequential", config={"name": name, "trainable": True, "layers": steps})
        return True
    layer.update(model_entry(name, inputs, made, outputs, dtypes))
    return True


def _common(config: dict[str, Any], name: str) -> dict[str, Any]:
    return {"name": name, "trainable": True, "dtype": config.get("dtype", "float32")}


def _is_chain(entries: list[dict[str, Any]]) -> bool:
    """Tell whether each entry is a layer that takes what the one before it puts out."""
    for before, entry in pairwise(entries):
        args = entry["inbound_nodes"][0]["args"]
        history = args[0].get("config", {}).get("keras_history") if isinstance(args[0], dict) else None
        if is_operation(entry) or len(args) != 1 or history is None or history[0] != before["name"]:
            return False
    return True
