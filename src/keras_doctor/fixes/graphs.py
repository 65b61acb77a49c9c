"""Calls of layers in a target's encoding: `inbound_nodes`, `input_layers` and `output_layers` written anew.

Keras 3 writes each call as arguments and keyword arguments with tensors in them; every Keras before it as a list of
[layer, call, tensor, keyword arguments] for the first argument. The two count the calls of a nested model differently,
and a release that reads the other's count takes a wrong call, or waits for one that never comes.
Sources: keras/src/models/functional.py `serialize_node`, `functional_from_config` (3.15); keras/engine/network.py and
keras/src/engine/functional.py `get_network_config`, `_should_skip_first_node` (2.2 to 2.15).
"""

from __future__ import annotations

from keras_doctor.fixes import operations
from keras_doctor.fixes.draft import layers_of
from keras_doctor.layers.functional import calls_of, shifts_of
from keras_doctor.layers.graph import infer
from keras_doctor.layers.inbound import Node, Ref, read_refs, refs_in
from keras_doctor.layers.models import is_input, name_of
from keras_doctor.layers.tensors import Slice
from keras_doctor.releases.behaviours import has

_BARE = "reads-nested-ends"
OP_LAYERS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.releases.api import Api

_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional")
# Names of the arguments after the first, for calls that Keras 3 writes by position and its predecessors by name.
_ARGUMENTS = {
    "MultiHeadAttention": ("value", "key"),
    "GroupQueryAttention": ("value", "key"),
    "LSTM": ("mask", "training", "initial_state"),
    "GRU": ("mask", "training", "initial_state"),
    "SimpleRNN": ("mask", "training", "initial_state"),
}


def rewrite(config: Any, era: str, api: Api, ends_only: bool = False) -> list[str]:
    """Write the graphs of a model's config, and of the models in it, in the encoding of a release, with its operations.
    `era`: who wrote the config. `ends_only`: the calls stay as they are, only how inputs and outputs are listed does
    not. Return the names of the operations that became the release's own.
    """
    shapes = {} if ends_only else {shape.path: shape for shape in infer(config, era)}
    done: list[str] = []
    _model(config, "config", shapes, api, done, ends_only)
    return done


def _model(entry: Any, path: str, shapes: dict[str, LayerShape], api: Api, done: list[str], ends_only: bool) -> None:
    layers = layers_of(entry)
    place = f"{path}.layers" if isinstance(entry.get("config"), dict) else path
    for number, layer in enumerate(layers):
        for inner, where in _models_in(layer, f"{place}[{number}]"):
            _model(inner, f"{where}.config", shapes, api, done, ends_only)
    config = entry.get("config")
    if isinstance(config, dict) and "output_layers" in config:
        rewriting = _Rewriting(config, place, shapes, api)
        rewriting.rewrite(ends_only)
        done += rewriting.done


def _models_in(layer: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Yield a model that a layer is, or that a wrapper around it holds, with its place."""
    while isinstance(layer, dict):
        if layers_of(layer):
            yield layer, path
            return
        config = layer.get("config")
        layer, path = config.get("layer") if isinstance(config, dict) else None, f"{path}.config.layer"


def _with_state(layer: Any, call: Node) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call. Keras 2 lists a recurrent layer's state behind its input, Keras 3 names it.

    Source: `_standardize_args` of keras/layers/recurrent.py (2.2); `call` of keras/src/layers/rnn/rnn.py (3.0).
    """
    args, kwargs = list(call.args), dict(call.kwargs)
    listed = args[0] if len(args) == 1 and isinstance(args[0], list) else []
    if layer.get("class_name") in _RECURRENT and len(listed) > 1 and not kwargs.get("initial_state"):
        args, kwargs = listed[:1], {**kwargs, "initial_state": listed[1:]}
    return args, kwargs


def _taken_state(layer: Any, given: dict[str, Any]) -> list[Any]:
    """Take the initial state of a recurrent layer, as a list of tensors, from the arguments of a call: Keras 2 and
    tf.keras list it behind the input. [] where there is none.
    """
    state = given.get("initial_state")
    listed = state if isinstance(state, list) else [state]
    if layer.get("class_name") not in _RECURRENT or not all(isinstance(one, Ref) for one in listed):
        return []
    del given["initial_state"]
    return listed


def is_operation(entry: dict[str, Any]) -> bool:
    """Tell whether an entry stands for an operation, in any dialect."""
    module = entry.get("module")
    return entry.get("class_name") in OP_LAYERS or (isinstance(module, str) and ".ops" in module)


class _Rewriting:
    """One graph on its way into another encoding."""

    def __init__(self, config: dict[str, Any], place: str, shapes: dict[str, LayerShape], api: Api) -> None:
        self.config = config
        self.api = api
        self.done: list[str] = []
        self.layers = [layer for layer in config["layers"] if isinstance(layer, dict)]
        self.modern = api.line == "keras-3"
        self.own_call = has("counts-own-call", api.library, api.version)
        self.names = frozenset(name_of(layer) for layer in self.layers)
        self.entries = {name_of(layer): layer for layer in self.layers}
        self.shapes = {
            name_of(layer): shapes[path]
            for number, layer in enumerate(config["layers"])
            if (path := f"{place}[{number}]") in shapes and isinstance(layer, dict)
        }

    def rewrite(self, ends_only: bool) -> None:
        nodes = [calls_of(layer, self.names) for layer in self.layers]
        outputs = self.config.get("output_layers")
        shift, output_shift = shifts_of(self.layers, nodes, read_refs(outputs))
        if not ends_only:
            self.calls(nodes, shift)
        for key in ("input_layers", "output_layers"):
            if key in self.config:
                shifted = output_shift if key == "output_layers" else {}
                self.config[key] = self.bare(self.config[key], shifted)

    def calls(self, nodes: list[list[Node]], shift: dict[str, int]) -> None:
        nodes = [self.operation(layer, calls) for layer, calls in zip(self.layers, nodes, strict=True)]
        nodes = self.wanted(nodes)
        for layer, calls in zip(self.layers, nodes, strict=True):
            if "inbound_nodes" in layer and not is_input(layer):
                layer["inbound_nodes"] = [self.node(layer, call, shift) for call in calls if call.args or call.kwargs]

    def wanted(self, nodes: list[list[Node]]) -> list[list[Node]]:
        """Leave out operations whose result nothing takes, such as a shape of which one size was worked out; return the
        calls of the layers that stay.
        """
        ends = {ref.layer for ref in read_refs(self.config.get("output_layers"))}
        while True:
            taken = ends | {ref.layer for calls in nodes for call in calls for ref in refs_in([call.args, call.kwargs])}
            stay = [name_of(layer) in taken or not is_operation(layer) for layer in self.layers]
            if all(stay):
                return nodes
            gone = [layer for layer, stays in zip(self.layers, stay, strict=True) if not stays]
            self.config["layers"] = [layer for layer in self.config["layers"] if not any(layer is one for one in gone)]
            self.layers = [layer for layer, stays in zip(self.layers, stay, strict=True) if stays]
            nodes = [calls for calls, stays in zip(nodes, stay, strict=True) if stays]

    def operation(self, layer: Any, calls: list[Node]) -> list[Node]:
        """Return the calls of a layer, of an operation as the release writes it; then the layer is that, too."""
        if len(calls) != 1 or is_input(layer) or not is_operation(layer):
            return calls
        if self.modern and calls[0].keras3 and operations.can_write(layer, self.api):
            return calls  # it was put together in the release's own words
        found = operations.read(layer, calls[0])
        made = operations.write(found, layer, self.api) if found is not None else None
        if made is None:
            return calls
        self.done.append(name_of(layer))
        return [made]

    def node(self, layer: Any, call: Node, shift: dict[str, int]) -> Any:
        if self.modern:
            positional, named = _with_state(layer, call)
            if not is_operation(layer):  # other releases do not take all that one notes as not given
                named = {key: value for key, value in named.items() if value is not None}
            if is_operation(layer) and layer.get("class_name") != "GetItem":
                if layer.get("class_name") == "Add" and len(positional) == 2:
                    positional = operations.summands(positional[0], positional[1], self.last(positional[1]))
                positional = [operations.operand(arg) for arg in positional]
            args = [self.value(arg, shift) for arg in positional]
            return {"args": args, "kwargs": {key: self.value(value, shift) for key, value in named.items()}}
        # Keras 3 notes arguments that were not given as null; a call before it may not know them.
        # And it notes whether a layer trains by default, which it does not go by when it fits or predicts.
        noted = ("training",) if call.keras3 else ()
        given = {key: value for key, value in call.kwargs.items() if value is not None and key not in noted}
        state = _taken_state(layer, given)
        kwargs = {key: self.plain(value, shift) for key, value in given.items()}
        for name, value in zip(_ARGUMENTS.get(str(layer.get("class_name")), ()), call.args[1:], strict=False):
            kwargs[name] = self.plain(value, shift)
        first = call.args[0] if call.args else []
        first = [first, *state] if state else first
        if layer.get("class_name") in OP_LAYERS and not isinstance(first, list):
            return self.legacy(first, shift, kwargs)  # these keep the structure of what they are called with
        if isinstance(first, dict):  # a model that takes its inputs by name
            return self.legacy(first, shift, kwargs)
        listed = first if isinstance(first, list) else [first]
        return [self.legacy(value, shift, kwargs) for value in listed]

    # Keras 3

    def last(self, value: Any) -> int | None:
        """Return the size of a tensor's last axis; None where it has not two axes, or that is open."""
        shape = self.shape(value, value.node) if isinstance(value, Ref) else []
        return shape[-1] if len(shape) > 1 else None

    def value(self, value: Any, shift: dict[str, int]) -> Any:
        if isinstance(value, Ref):
            call = value.node - shift.get(value.layer, 0)
            config = {
                "shape": self.shape(value, call),
                "dtype": "float32",
                "keras_history": [value.layer, call, value.tensor],
            }
            return {"class_name": "__keras_tensor__", "config": config}
        if isinstance(value, Slice):
            parts = (value.start, value.stop, value.step)
            ends = [self.value(part, shift) for part in parts]
            return {"class_name": "__slice__", "config": dict(zip(("start", "stop", "step"), ends, strict=True))}
        if value is Ellipsis:
            return {"class_name": "__ellipsis__", "config": {}}
        if isinstance(value, list):
            return [self.value(one, shift) for one in value]
        if isinstance(value, dict):
            return {key: self.value(one, shift) for key, one in value.items()}
        return value

    def shape(self, ref: Ref, call: int) -> list[int | None]:
        """Return the shape of a tensor, which Keras 3 wants to be told and never looks at."""
        found: Any = ref.shape
        known = self.shapes.get(ref.layer)
        if found is None and known is not None and known.calls:
            found = known.calls[min(max(call, 0), len(known.calls) - 1)].output_shape
            if found and isinstance(found[0], tuple):
                found = found[ref.tensor] if 0 <= ref.tensor < len(found) else None
        return list(found) if found is not None else [None]

    # Before Keras 3

    def legacy(self, value: Any, shift: dict[str, int], kwargs: dict[str, Any]) -> Any:
        if isinstance(value, Ref):
            return [*self.counted(value, shift), dict(kwargs)]
        if isinstance(value, list) and not operations.is_array(value):
            return [self.legacy(one, shift, kwargs) for one in value]
        if isinstance(value, dict) and any(True for _ in refs_in([value])):
            return {key: self.legacy(one, shift, kwargs) for key, one in value.items()}
        return ["_CONSTANT_VALUE", -1, value, dict(kwargs)]

    def plain(self, value: Any, shift: dict[str, int]) -> Any:
        if isinstance(value, Ref):
            return self.counted(value, shift)
        if isinstance(value, list):
            return [self.plain(one, shift) for one in value]
        if isinstance(value, dict):
            return {key: self.plain(one, shift) for key, one in value.items()}
        return value

    def counted(self, ref: Ref, shift: dict[str, int]) -> list[Any]:
        """Return a reference as lists have it: the calls of a nested model count from 1."""
        nested = bool(layers_of(self.entries.get(ref.layer)))
        return [ref.layer, ref.node - shift.get(ref.layer, 0) + nested, ref.tensor]

    # Both

    def bare(self, value: Any, shift: dict[str, int]) -> Any:
        """Return `input_layers` or `output_layers`, as they are structured, with their references counted anew."""
        found = [self._end(ref, shift) for ref in read_refs(value)]
        if isinstance(value, dict):
            return _structured(value, iter(found))
        if self.modern and len(found) == 1 and has(_BARE, self.api.library, self.api.version):
            return found[0]  # a list of one would give a list of one
        return _structured(value, iter(found)) if found and not isinstance(value[0], str) else found or value

    def _end(self, ref: Ref, shift: dict[str, int]) -> list[Any]:
        """Return a reference of `input_layers` or `output_layers` with its call counted anew."""
        entry = self.entries.get(ref.layer)
        config = entry.get("config") if entry else None
        graph = isinstance(config, dict) and "output_layers" in config
        counts = graph and self.own_call if self.modern else bool(layers_of(entry))
        return [ref.layer, ref.node - shift.get(ref.layer, 0) + counts, ref.tensor]


def _structured(value: Any, ends: Iterator[list[Any]]) -> Any:
    """Return a structure with its references replaced, in the order in which Keras flattens it."""
    if isinstance(value, dict):
        return {key: _structured(value[key], ends) for key in sorted(value, key=str)}
    if isinstance(value, list) and not (len(value) == 3 and isinstance(value[0], str)):
        return [_structured(one, ends) for one in value]
    return next(ends)
