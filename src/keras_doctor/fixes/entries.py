"""Entries of a graph that is put together, in the words of Keras 3: operations, and layers without variables."""

from __future__ import annotations

from keras_doctor.fixes.draft import GoneError, layers_of
from keras_doctor.fixes.operations import constant, entry_of, is_array
from keras_doctor.layers.evaluation import Evaluator
from keras_doctor.layers.graph import infer
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

WRAPPERS = 16  # around one layer


def layers_wanted(
    draft: Draft, wanted: Callable[[dict[str, Any]], bool]
) -> Iterator[tuple[dict[str, Any], LayerShape]]:
    """Yield every layer of a draft that is no model and is wanted, with what is inferred of it: nothing is inferred
    where none is.
    """
    found = []
    left = [(draft.config, "config")]
    while left:
        entry, path = left.pop()
        place = f"{path}.layers" if isinstance(entry.get("config"), dict) else path
        for number, layer in enumerate(layers_of(entry)):
            here = f"{place}[{number}]"
            if isinstance(layer, dict) and layers_of(layer):
                left.append((layer, f"{here}.config"))
            elif isinstance(layer, dict) and isinstance(layer.get("config"), dict) and wanted(layer):
                found.append((layer, here))
    shapes = {shape.path: shape for shape in infer(draft.config, draft.era)} if found else {}
    for layer, here in found:
        if here in shapes:
            yield layer, shapes[here]


def standing(draft: Draft, era: str) -> Iterator[tuple[dict[str, Any], LayerShape]]:
    """Yield every layer that is inferred and has a config, with what is inferred of it: not those that a fix, or the
    one before in this walk, took away.
    """
    for shape in infer(draft.config, era):
        try:
            entry = draft.at(shape.path)
        except GoneError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("config"), dict):
            yield entry, shape


_OF_MANY = ("numpy.Concatenate", "numpy.Stack")


def unwrapped(layer: Any) -> tuple[dict[str, Any], int]:
    """Return what a layer applies to each step, or itself; and how often it is wrapped."""
    steps = 0
    while isinstance(layer, dict) and layer.get("class_name") == "TimeDistributed" and steps < WRAPPERS:
        config = layer.get("config")
        layer, steps = config.get("layer") if isinstance(config, dict) else None, steps + 1
    plain = isinstance(layer, dict) and isinstance(layer.get("config"), dict)
    return (layer if plain else {"class_name": "", "config": {}}), steps


class Entries:
    """Entries named after `name`, in order. `inputs`: what the graph is called on, with the shapes."""

    def __init__(self, inputs: dict[Ref, Shape], name: str, api: Api) -> None:
        self.name = name
        self.api = api
        self.entries: list[dict[str, Any]] = []
        self._shapes: dict[Ref, Shape] = dict(inputs)
        self._calls: dict[Ref, tuple[dict[str, Any], list[Any]]] = {}

    def op(self, operation: str, *args: Any, **settings: Any) -> Ref:
        """Enter an operation of Keras 3, called once with `args`; return what it puts out."""
        if not all(isinstance(one, Ref) or is_array(one) for arg in args if type(arg) is list for one in _members(arg)):
            raise CannotInferError("its function computes with a list of what is no tensor")
        if any(isinstance(one, str) or one is None for one in _flat(list(args))):
            raise CannotInferError("its function computes with what is no number")
        if operation not in _OF_MANY:
            args = tuple(self._together(arg) for arg in args)
        if not any(isinstance(one, Ref) for one in _flat(list(args))):
            raise CannotInferError("its function computes with what is no tensor")
        if not all(_is_plain(value) for value in settings.values()):
            raise CannotInferError("its function is told what the graph works out")
        name = f"{self.name}_{len(self.entries)}"
        plain = {key: _dtype(value) if key == "dtype" else value for key, value in settings.items()}
        return self._enter(entry_of(name, operation, [_object(arg, operand=True) for arg in args], plain), list(args))

    def _together(self, value: Any) -> Any:
        """Return an operand as one tensor, which a list of several becomes."""
        return self.op("numpy.Stack", value, axis=0) if isinstance(value, list) and not is_array(value) else value

    def several(self, operation: str, count: int, *args: Any, **settings: Any) -> list[Ref]:
        """Enter an operation that puts out several tensors; return them."""
        first = self.op(operation, *args, **settings)
        return [Ref(first.layer, 0, number) for number in range(count)]

    def part(self, tensor: Ref, keys: list[Any]) -> Ref:
        """Enter an indexing."""
        name = f"{self.name}_{len(self.entries)}"
        args = [_object(tensor), [_object(key) for key in keys]]
        return self._enter(entry_of(name, "numpy.GetItem", args), [tensor, keys])

    def layer(self, class_name: str, value: Any, **config: Any) -> Ref:
        """Enter a layer without variables. Raises CannotInferError when the target has none of that class."""
        if self.api.find(class_name, "layers") is None:
            raise CannotInferError(f"the target has no {class_name}")
        name = f"{self.name}_{len(self.entries)}"
        settings = {"name": name, "trainable": True, "dtype": "float32", **config}
        nodes = [{"args": [_object(value)], "kwargs": {}}]
        return self._enter(
            {"class_name": class_name, "config": settings, "name": name, "inbound_nodes": nodes}, [value]
        )

    def _enter(self, entry: dict[str, Any], args: list[Any]) -> Ref:
        self.entries.append(entry)
        made = Ref(entry["name"], 0, 0)
        self._calls[made] = entry, args
        return made

    @staticmethod
    def tensor(ref: Ref) -> Any:
        """Return a reference as Keras 3 writes it in a call."""
        return _object(ref)

    def shape(self, ref: Ref) -> Shape:
        """Return the shape of a tensor of the graph. Raises CannotInferError when it is not known."""
        if ref not in self._shapes:
            entry, args = self._calls[ref]
            outcome = Evaluator("keras-3").evaluate(entry, "", [self._tensors(arg) for arg in args])
            if not outcome.known or outcome.several or not outcome.outputs or outcome.outputs[0].shape is None:
                raise CannotInferError(f"the shape of {entry['class_name']} is not known")
            self._shapes[ref] = outcome.outputs[0].shape
        return self._shapes[ref]

    def _tensors(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return Tensor(self.shape(value))
        return [self._tensors(one) for one in value] if isinstance(value, list) else value

    def needed(self, outputs: list[Ref]) -> list[dict[str, Any]]:
        """Return the entries that tensors are made by, in order."""
        wanted, left = set(), list(outputs)
        while left:
            ref = left.pop()
            made = Ref(ref.layer, 0, 0)
            if made in self._calls and ref.layer not in wanted:
                wanted.add(ref.layer)
                left += [one for one in _flat(self._calls[made][1]) if isinstance(one, Ref)]
        return [entry for entry in self.entries if entry["name"] in wanted]


def become(
    layer: dict[str, Any], name: str, inputs: dict[Ref, Shape], made: list[dict[str, Any]], outputs: list[Ref]
) -> None:
    """Make a layer the graph of `made`, with its calls as they are."""
    layer.pop("module", None)
    layer.pop("registered_name", None)
    layer.update(model_entry(name, inputs, made, outputs))


def model_entry(
    name: str,
    inputs: dict[Ref, Shape],
    made: list[dict[str, Any]],
    outputs: list[Ref],
    dtypes: dict[Ref, str] | None = None,
) -> dict[str, Any]:
    """Return the entry of a graph as a layer, without calls. `dtypes`: of the inputs, where that is not float32."""
    held = dtypes or {}
    layers = [*(input_entry(ref.layer, list(shape), held.get(ref, "float32")) for ref, shape in inputs.items()), *made]
    ends = {"input_layers": [_bare(ref) for ref in inputs], "output_layers": [_bare(ref) for ref in outputs]}
    return {"class_name": "Functional", "config": {"name": name, "trainable": True, "layers": layers, **ends}}


def input_entry(name: str, shape: list[Any], dtype: str = "float32") -> dict[str, Any]:
    """Return the entry of an input."""
    config = {"name": name, "batch_shape": shape, "dtype": dtype, "sparse": False}
    return {"class_name": "InputLayer", "config": config, "name": name, "inbound_nodes": []}


def _bare(ref: Ref) -> list[Any]:
    return [ref.layer, ref.node, ref.tensor]


def _members(value: list[Any]) -> list[Any]:
    return [value] if is_array(value) else value


def _flat(value: Any) -> list[Any]:
    return [inner for one in value for inner in _flat(one)] if isinstance(value, list) else [value]


def _is_plain(value: Any) -> bool:
    """Tell whether a value can stand in a config."""
    return all(one is None or isinstance(one, (str, int, float)) for one in _flat([value]))


def _dtype(value: Any) -> Any:
    return value.rpartition(".")[2] if isinstance(value, str) else value


def _object(value: Any, operand: bool = False) -> Any:
    if isinstance(value, Ref):
        history = [value.layer, value.node, value.tensor]
        config = {"shape": [None], "dtype": "float32", "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": config}
    if isinstance(value, Slice):
        ends = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": ends}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if operand and is_array(value):
        return constant(value)
    return [_object(one, operand) for one in value] if isinstance(value, list) else value
