"""Operations of a graph that no single operation of Keras 3 computes become several, in its words.

`tf.shape(x)[0]` and what is calculated from it is followed, and stands in what takes it: a shape with one open size, a
layer that keeps the batch, a vector as long as an axis. Called from `dialects.recast` before the graphs are written in
the target's encoding; what cannot be said stays as it is, and the target's rules refuse it by its name.
"""

from __future__ import annotations

from keras_doctor.fixes import operations
from keras_doctor.fixes.composing import Composer
from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.graphs import OP_LAYERS
from keras_doctor.fixes.operation_calls import function_called, refs
from keras_doctor.fixes.sizes import Size, Vector, is_sizes, product, quotient
from keras_doctor.fixes.tensors_known import Known
from keras_doctor.layers.graph import infer
from keras_doctor.layers.inbound import Node, Ref
from keras_doctor.layers.models import is_input, name_of
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

# Functions that are one operation but where what they are called on asks for more.
_MEANS = ("math.reduce_mean", "reduce_mean", "keras.backend.mean", "compat.v1.reduce_mean")
_SQUEEZES = ("squeeze", "compat.v1.squeeze", "keras.backend.squeeze")
_RESHAPES = ("reshape", "compat.v1.reshape", "keras.backend.reshape")


def compose_operations(config: Any, era: str, api: Api, centered: bool) -> Iterator[str]:
    """Put several operations in the place of those that Keras 3 has no equal of; yield the names of these."""
    if api.line != "keras-3" or era in ("keras-1", "keras-3"):
        return
    graphs = [(entry, path) for entry, path in _graphs(config, "config") if _wanted(entry)]
    shapes = {shape.path: shape for shape in infer(config, era)} if graphs else {}
    for entry, path in graphs:
        yield from _Composing(entry["config"], path, shapes, api, centered).done()


def _graphs(entry: Any, path: str) -> Iterator[tuple[Any, str]]:
    place = f"{path}.layers" if isinstance(entry.get("config"), dict) else path
    for number, layer in enumerate(layers_of(entry)):
        inner, where = layer, f"{place}[{number}]"
        while isinstance(inner, dict):
            if layers_of(inner):
                yield from _graphs(inner, f"{where}.config")
                break
            held = inner.get("config")
            inner, where = held.get("layer") if isinstance(held, dict) else None, f"{where}.config.layer"
    if isinstance(entry.get("config"), dict) and "output_layers" in entry["config"]:
        yield entry, place


def _wanted(entry: Any) -> bool:
    return any(isinstance(layer, dict) and layer.get("class_name") in OP_LAYERS for layer in layers_of(entry))


class _Composing(Known):
    """One graph."""

    def __init__(
        self, config: dict[str, Any], place: str, shapes: dict[str, LayerShape], api: Api, centered: bool
    ) -> None:
        super().__init__(config, place, shapes)
        self.config = config
        self.api = api
        self.centered = centered
        self.values: dict[Ref, Any] = {}  # what stands for an operation that is not there any more
        self.places: dict[tuple[Ref, int], tuple[Ref, int]] = {}
        self.made: dict[str, list[dict[str, Any]]] = {}
        self.told: list[str] = []

    def done(self) -> Iterator[str]:
        """Compose what there is to compose; yield the names."""
        for layer in self.layers:
            calls = self.calls[name_of(layer)]
            if layer.get("class_name") in OP_LAYERS and len(calls) == 1:
                self._operation(layer, calls[0])
        if not self.made and not self.values:
            return
        yield from self.told
        layers: list[Any] = []
        for layer in self.config["layers"]:
            name = name_of(layer) if isinstance(layer, dict) else ""
            if name in self.made:
                layers += self.made[name]
            elif name not in self.told:
                layers.append(layer)
        for layer in layers:
            if isinstance(layer, dict) and not is_input(layer) and "inbound_nodes" in layer:
                layer["inbound_nodes"] = self._renamed(layer["inbound_nodes"])
        self.config["layers"] = layers
        self.config["output_layers"] = self._renamed(self.config["output_layers"])

    def _operation(self, layer: dict[str, Any], call: Node) -> None:
        name = name_of(layer)
        try:
            args, kwargs = self._resolved(call.args), self._resolved(call.kwargs)
            path, args, kwargs = function_called(layer, args, kwargs)
        except CannotInferError:
            return
        if not path:
            return
        if path in _RESHAPES:
            self._reshape(name, args, kwargs)
        changed = any(not isinstance(self.values.get(ref, ref), Ref) for ref in refs([call.args, call.kwargs]))
        if not changed and self._is_one(layer, call, path, [*args, *kwargs.values()]):
            return
        inputs, dtypes = self._inputs([args, kwargs])
        if inputs is None:
            return
        graph = _Graph(self, inputs, f"{name}_part", dtypes)
        try:
            value = graph.function([path], args, kwargs)
        except (CannotInferError, ValueError, KeyError, TypeError, IndexError):
            return
        outputs = value if isinstance(value, list) else [value]
        if isinstance(value, Vector) or is_sizes(value) or not all(isinstance(one, Ref) for one in outputs):
            self.values[Ref(name, 0, 0)] = value  # what takes it says it in its own words
            return
        entries = graph.needed(outputs)
        if not all(operations.can_write(entry, self.api) for entry in entries):
            return
        self._put(name, entries, outputs)
        self.told.append(name)

    def _reshape(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Note the sizes that a tensor is laid out in, as far as they are told or follow."""
        shape = kwargs.get("shape", args[1] if len(args) > 1 else None)
        given = args[0] if args else kwargs.get("tensor", kwargs.get("x"))
        if not is_sizes(shape) or not isinstance(shape, list) or not isinstance(given, Ref):
            return
        sizes = list(shape)
        if -1 in sizes:
            place = sizes.index(-1)
            try:
                rest = product(sizes[:place] + sizes[place + 1 :])
                sizes[place] = quotient(product(list(self.sizes(given))), rest)
            except CannotInferError:
                sizes[place] = Size(1, ((Ref(name, 0, 0), place),))
        self.reshaped[Ref(name, 0, 0)] = sizes

    def _put(self, name: str, entries: list[dict[str, Any]], outputs: list[Ref]) -> None:
        """Put entries in the place of an operation; the last one has its name, where that is what it puts out."""
        last = outputs[0].layer
        renamed = last if len(outputs) == 1 and any(entry["name"] == last for entry in entries) else ""
        for number, output in enumerate(outputs):
            kept = Ref(name, 0, output.tensor) if output.layer == renamed else output
            self.values[Ref(name, 0, number)] = kept
        for entry in entries:
            if entry["name"] == renamed:
                entry["name"] = name
                if "name" in entry["config"]:
                    entry["config"]["name"] = name
        self.made[name] = entries

    def _is_one(self, layer: dict[str, Any], call: Node, path: str, args: list[Any]) -> bool:
        """Tell whether an operation of Keras 3 says all of it."""
        found = operations.read(layer, call)
        if found is None or operations.write(found, {**layer, "config": dict(layer["config"])}, self.api) is None:
            return False
        first = next((one for one in args if isinstance(one, Ref)), None)
        if first is None:
            return True
        if path == operations.GETITEM:
            return not any(True for _ in refs(args[1:]))
        if path in _MEANS:
            return self.dtype(first).startswith(("float", "bfloat", "mixed"))
        if path in _SQUEEZES:
            shape = self.shape(first)
            axes = dict(found.values).get("axis")
            listed = axes if isinstance(axes, list) else [axes]
            return shape is not None and all(
                type(axis) is int and -len(shape) <= axis < len(shape) and shape[axis] == 1 for axis in listed
            )
        return True

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Ref):
            plain = Ref(value.layer, value.node, value.tensor)
            return self.values.get(plain, plain)
        if isinstance(value, Slice):
            return Slice(*(self._resolved(one) for one in (value.start, value.stop, value.step)))
        if isinstance(value, list) and not operations.is_array(value):
            return [self._resolved(one) for one in value]
        return {key: self._resolved(one) for key, one in value.items()} if isinstance(value, dict) else value

    def _inputs(self, value: Any) -> tuple[dict[Ref, Shape] | None, dict[Ref, str]]:
        shapes: dict[Ref, Shape] = {}
        for ref in refs(value):
            shape = self.shape(ref)
            if shape is None:
                return None, {}
            shapes[ref] = shape
        return shapes, {ref: self.dtype(ref) for ref in shapes}

    def _renamed(self, value: Any) -> Any:
        """Return calls, in either encoding, with references to what stands for an operation now."""
        if isinstance(value, dict):
            history = value.get("keras_history")
            if isinstance(history, list) and len(history) == 3:
                return {**value, "keras_history": self._stands(history)}
            return {key: self._renamed(one) for key, one in value.items()}
        if not isinstance(value, list) or operations.is_array(value):
            return value
        if len(value) >= 3 and isinstance(value[0], str) and type(value[1]) is int and type(value[2]) is int:
            return [*self._stands(value[:3]), *(self._renamed(one) for one in value[3:])]
        return [self._renamed(one) for one in value]

    def _stands(self, history: list[Any]) -> list[Any]:
        ref = Ref(*history)
        for _ in range(200):
            found = self.values.get(ref)
            if not isinstance(found, Ref) or found == ref:
                break
            ref = found
        return [ref.layer, ref.node, ref.tensor]


class _Graph(Composer):
    """What one operation becomes."""

    def __init__(self, around: _Composing, inputs: dict[Ref, Shape], name: str, dtypes: dict[Ref, str]) -> None:
        super().__init__(inputs, name, around.api, around.centered, dtypes)
        self._around = around
        self.places = around.places

    def shape(self, ref: Ref) -> Shape:
        """Return the shape of a tensor, of this graph or the one around it."""
        if ref not in self._shapes and Ref(ref.layer, ref.node, 0) not in self._calls:
            found = self._around.shape(ref)
            if found is None:
                raise CannotInferError("the shape of its input is not known")
            self._shapes[ref] = found
        return super().shape(ref)

    def sizes(self, ref: Ref) -> list[int | Size]:
        """Return the sizes of a tensor along its axes."""
        if ref in self._calls:
            return super().sizes(ref)
        found = self._around.sizes(ref)
        for axis, size in enumerate(found):
            if isinstance(size, Size) and len(size.axes) == 1 and size.factor == 1 and not size.plus:
                self.places.setdefault(size.axes[0], (ref, axis))
        return found
