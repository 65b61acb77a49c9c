"""A Lambda layer whose code is a known expression becomes a small model of the operations that it calls.

The code is read, never run: `lambda x: tf.reduce_sum(x * 2, 1)` is a Multiply and a Sum. What is not wholly made of
operations that the target has stays a Lambda, which the target's rules then judge. Called from `dialects.recast`, for
the operations are written in the target's dialect with the rest of the graph.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.operations import entry_of, known
from keras_doctor.layers.call import Call
from keras_doctor.layers.eras import era_of
from keras_doctor.layers.evaluation import Evaluator, Site
from keras_doctor.layers.graph import infer
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.lambda_body import Body, body
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.releases.api import Api
    from keras_doctor.wire.expressions import Operation
    from keras_doctor.wire.marshalled import Code

_SYMBOLS = {
    "+": "numpy.Add", "-": "numpy.Subtract", "*": "numpy.Multiply", "/": "numpy.TrueDivide", "//": "numpy.FloorDivide",
    "%": "numpy.Mod", "**": "numpy.Power", "@": "numpy.Matmul", "==": "numpy.Equal", "!=": "numpy.NotEqual",
    ">": "numpy.Greater", ">=": "numpy.GreaterEqual", "<": "numpy.Less", "<=": "numpy.LessEqual",
}  # fmt: skip


def rewrite_lambdas(config: Any, era: str, api: Api) -> Iterator[str]:
    """Put models of operations in the place of the Lambdas of a model whose code is known; yield their names."""
    if api.line != "keras-3" and api.find("TFOpLambda", "layers") is None:
        return  # the release has nothing else to write an operation with
    shapes = {shape.path: shape for shape in infer(config, era)}
    yield from _model(config, "config", shapes, era, api)


def _model(entry: Any, path: str, shapes: dict[str, LayerShape], era: str, api: Api) -> Iterator[str]:
    place = f"{path}.layers" if isinstance(entry.get("config"), dict) else path
    # Before 3.4 a graph gives a list of its one output, which the next layer of a Sequential does not take.
    lists = api.line == "keras-3" and not has("reads-nested-ends", api.library, api.version)
    chained = lists and entry.get("class_name") == "Sequential"
    for number, layer in enumerate(layers_of(entry)):
        if not isinstance(layer, dict):
            continue
        here = f"{place}[{number}]"
        if layers_of(layer):
            yield from _model(layer, f"{here}.config", shapes, era, api)
            continue
        found = layer.get("class_name") == "Lambda" and here in shapes
        if found and _rewritten(layer, shapes[here], era, api, chained):
            yield str(layer["config"]["name"])


def _rewritten(layer: dict[str, Any], shape: LayerShape, era: str, api: Api, chained: bool) -> bool:
    """Make a layer the model of its operations, a Sequential if `chained`; tell whether that can be done."""
    config = layer.get("config")
    if not isinstance(config, dict):
        return False
    name = str(config.get("name") or layer.get("name") or "lambda")
    inputs = shape.input_shapes
    if not inputs or any(one is None for one in inputs) or config.get("mask") is not None:
        return False
    refs = [Ref(f"{name}_in_{number}", 0, 0) for number in range(len(inputs))]
    try:
        code, found = body(config.get("function"))
        building = _Building(config, code, refs if len(refs) > 1 else refs[0], name, era, api)
        output = building.value(found)
    except (CannotInferError, ValueError, KeyError, TypeError):
        return False
    if not isinstance(output, Ref) or output in refs:
        return False
    entries = [_input(ref.layer, list(one or ())) for ref, one in zip(refs, inputs, strict=True)]
    if chained:
        chain = [*entries, *building.entries]
        if any(one["class_name"] not in ("InputLayer", "Rescaling") for one in chain):
            return False
        steps = [{"class_name": one["class_name"], "config": one["config"]} for one in chain]
        layer.update(class_name="Sequential", config={"name": name, "trainable": True, "layers": steps})
        return True
    layers = [*entries, *building.entries]
    graph = {"name": name, "trainable": True, "layers": layers, "input_layers": [_bare(ref) for ref in refs]}
    layer.update(class_name="Functional", config={**graph, "output_layers": [_bare(output)]})
    return True


class _Building(Body):
    """The expression of a function with references for tensors: each operation becomes an entry of a graph."""

    def __init__(self, config: dict[str, Any], code: Code, inputs: Any, name: str, era: str, api: Api) -> None:
        site = Site(Evaluator(era), "", 0)
        super().__init__(Call("Lambda", config, [inputs], {}, era_of(era), site), code)
        self.name = name
        self.api = api
        self.entries: list[dict[str, Any]] = []

    def operation(self, found: Operation) -> Any:
        if found.symbol == "[]":
            return self.index(self.value(found.values[0]), found.values[1])
        values = [self.value(one) for one in found.values]
        if not any(isinstance(one, Ref) for one in values):
            raise CannotInferError("its function computes with what is no tensor")
        if len(values) == 1:
            if found.symbol != "-":
                raise CannotInferError(f"what {found.symbol} does is not known")
            return self._made("numpy.Negative", {"x": values[0]})
        if found.symbol not in _SYMBOLS:
            raise CannotInferError(f"what {found.symbol} does is not known")
        line = _line(found.symbol, *values)
        if line is not None and self.api.find("Rescaling", "layers") is not None:
            return self._rescaled(*line)
        return self._made(_SYMBOLS[found.symbol], {"x1": values[0], "x2": values[1]})

    def indexed(self, value: Any, key: Any) -> Any:
        keys = [_key(one) for one in (key if isinstance(key, list) else [key])]
        return self._made("numpy.GetItem", {"x": value, "key": keys})

    def apply(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        row = next((row for row in known() if name in row.functions), None)
        if row is None:
            raise CannotInferError(f"what {name} does is not known")
        order = list(dict.fromkeys(new for _, new in row.parameters))
        names = {**{new: new for new in order}, **dict(row.parameters)}
        values = dict(zip(order, args, strict=False))
        values.update({names[key]: value for key, value in kwargs.items()})
        return self._made(row.name, values)

    def _rescaled(self, tensor: Ref, scale: float, offset: float) -> Ref:
        """Enter a Rescaling: inside of a model Keras 3 cannot size an operation that is called with a number."""
        name = f"{self.name}_{len(self.entries)}"
        config = {"name": name, "trainable": True, "dtype": "float32", "scale": scale, "offset": offset}
        nodes = [{"args": [_object(tensor)], "kwargs": {}}]
        self.entries.append({"class_name": "Rescaling", "config": config, "name": name, "inbound_nodes": nodes})
        return Ref(name, 0, 0)

    def _made(self, operation: str, values: dict[str, Any]) -> Ref:
        """Enter an operation into the graph, as Keras 3 writes it; return what it puts out."""
        call: tuple[str, ...] = ("x", "key")
        made: tuple[str, ...] = ()
        if operation != "numpy.GetItem":
            row = next(row for row in known() if row.name == operation)
            call, made = row.call, row.made
        name = f"{self.name}_{len(self.entries)}"
        args = [_object(values[key]) for key in call if key in values]
        self.entries.append(entry_of(name, operation, args, {key: values[key] for key in made if key in values}))
        return Ref(name, 0, 0)


def _line(symbol: str, first: Any, second: Any) -> tuple[Ref, float, float] | None:
    """Return a tensor with the scale and offset that arithmetic with a number means; None for anything else.

    Division is left alone: to multiply by the reciprocal rounds otherwise.
    """
    numbers = [one for one in (first, second) if isinstance(one, (int, float)) and not isinstance(one, bool)]
    tensors = [one for one in (first, second) if isinstance(one, Ref)]
    if len(numbers) != 1 or len(tensors) != 1:
        return None
    number = float(numbers[0])
    if symbol == "*":
        return tensors[0], number, 0.0
    if symbol == "+":
        return tensors[0], 1.0, number
    if symbol == "-":
        return (tensors[0], 1.0, -number) if first is tensors[0] else (tensors[0], -1.0, number)
    return None


def _object(value: Any) -> Any:
    if isinstance(value, Ref):
        history = [value.layer, value.node, value.tensor]
        config = {"shape": [None], "dtype": "float32", "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": config}
    if isinstance(value, Slice):
        ends = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": ends}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    return [_object(one) for one in value] if isinstance(value, list) else value


def _key(key: Any) -> Any:
    if isinstance(key, dict) and "start" in key:
        return Slice(key.get("start"), key.get("stop"), key.get("step"))
    return Ellipsis if isinstance(key, dict) else key


def _input(name: str, shape: list[Any]) -> dict[str, Any]:
    config = {"name": name, "batch_shape": shape, "dtype": "float32", "sparse": False}
    return {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}


def _bare(ref: Ref) -> list[Any]:
    return [ref.layer, ref.node, ref.tensor]
