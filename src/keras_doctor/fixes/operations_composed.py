"""Operations of a graph that no single operation of Keras 3 computes become several, in its words.

`tf.shape(x)[0]` and what is calculated from it is followed, and stands in what takes it: a shape with one open size, a
layer that keeps the batch, a vector as long as an axis. Called from `dialects.recast` before the graphs are written in
the target's encoding; what cannot be said stays as it is, and the target's rules refuse it by its name.
"""

from __future__ import annotations

from keras_doctor.fixes import operations
from keras_doctor.fixes.composing import Composer
from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.sizes import Size, is_sizes, product, quotient
from keras_doctor.layers.dtypes import compute_dtype
from keras_doctor.layers.functional import calls_of
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

_OPERATIONS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
# Functions that are one operation but where what they are called on asks for more.
_MEANS = ("math.reduce_mean", "reduce_mean", "keras.backend.mean", "compat.v1.reduce_mean")
_SQUEEZES = ("squeeze", "compat.v1.squeeze", "keras.backend.squeeze")
# Layers that keep all sizes but the last.
_KEEPING = (
    "Dense", "Activation", "Dropout", "LayerNormalization", "BatchNormalization", "ReLU", "LeakyReLU", "ELU", "PReLU",
    "Softmax", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "Masking", "Rescaling",
)  # fmt: skip
_RESHAPES = ("reshape", "compat.v1.reshape", "keras.backend.reshape")
_ALIKE = (
    "nn.Softmax",
    "nn.LogSoftmax",
    "core.Cast",
    "numpy.Clip",
    "nn.Normalize",
    "nn.LeakyRelu",
    "nn.Gelu",
    "numpy.Flip",
)
_ELEMENTWISE = (("x",), ("x1", "x2"), ("variable",))
_WHOLE = ("Discretization", "Hashing", "StringLookup", "IntegerLookup", "TextVectorization")


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
    return any(isinstance(layer, dict) and layer.get("class_name") in _OPERATIONS for layer in layers_of(entry))


class _Composing:
    """One graph."""

    def __init__(
        self, config: dict[str, Any], place: str, shapes: dict[str, LayerShape], api: Api, centered: bool
    ) -> None:
        self.config = config
        self.api = api
        self.centered = centered
        self.layers = [layer for layer in config["layers"] if isinstance(layer, dict)]
        self.entries = {name_of(layer): layer for layer in self.layers}
        names = frozenset(self.entries)
        self.calls = {name_of(layer): calls_of(layer, names) for layer in self.layers}
        self.shapes = {
            name_of(layer): shapes[f"{place}[{number}]"]
            for number, layer in enumerate(config["layers"])
            if isinstance(layer, dict) and f"{place}[{number}]" in shapes
        }
        self.values: dict[Ref, Any] = {}  # what stands for an operation that is not there any more
        self.known: dict[Ref, list[Size | int]] = {}
        self.reshaped: dict[Ref, list[Size | int]] = {}
        self.places: dict[tuple[Ref, int], tuple[Ref, int]] = {}
        self.made: dict[str, list[dict[str, Any]]] = {}
        self.told: list[str] = []

    def done(self) -> Iterator[str]:
        """Compose what there is to compose; yield the names."""
        for layer in self.layers:
            calls = self.calls[name_of(layer)]
            if layer.get("class_name") in _OPERATIONS and len(calls) == 1:
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
            path, args, kwargs = _called(layer, args, kwargs)
        except CannotInferError:
            return
        if not path:
            return
        if path in _RESHAPES:
            self._reshape(name, args, kwargs)
        changed = any(not isinstance(self.values.get(ref, ref), Ref) for ref in _refs([call.args, call.kwargs]))
        if not changed and self._is_one(layer, call, path, args):
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
        if is_sizes(value) or not all(isinstance(one, Ref) for one in outputs):
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
        if not is_sizes(shape) or not isinstance(shape, list) or not args or not isinstance(args[0], Ref):
            return
        sizes = list(shape)
        if -1 in sizes:
            place = sizes.index(-1)
            try:
                rest = product(sizes[:place] + sizes[place + 1 :])
                sizes[place] = quotient(product(list(self.sizes(args[0]))), rest)
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
            return not any(True for _ in _refs(args[1:]))
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
        for ref in _refs(value):
            shape = self.shape(ref)
            if shape is None:
                return None, {}
            shapes[ref] = shape
        return shapes, {ref: self.dtype(ref) for ref in shapes}

    # What is known of a tensor

    def shape(self, ref: Ref) -> Shape | None:
        """Return the shape of a tensor; None where it is not known."""
        known = self.shapes.get(ref.layer)
        if known is None or not known.calls:
            return None
        found: Any = known.calls[min(max(ref.node, 0), len(known.calls) - 1)].output_shape
        if found and isinstance(found[0], tuple):
            found = found[ref.tensor] if 0 <= ref.tensor < len(found) else None
        if found is None or any(isinstance(size, tuple) for size in found):
            return None
        return self._first_places(ref, found)

    def _first_places(self, ref: Ref, shape: Shape) -> Shape:
        """Return a shape with a 1 for each open axis of which the first place alone was taken."""
        calls = self.calls.get(ref.layer, [])
        config = self.entries[ref.layer].get("config") if ref.layer in self.entries else None
        if None not in shape or not calls or not isinstance(config, dict):
            return shape
        found = operations.read(self.entries[ref.layer], calls[0])
        keys = dict(found.values).get("key", []) if found is not None and found.name == "numpy.GetItem" else []
        if len(keys) > len(shape) or not all(key is None or isinstance(key, Slice) for key in keys):
            return shape
        ones = [isinstance(key, Slice) and key in (Slice(None, 1), Slice(0, 1), Slice(-1, None)) for key in keys]
        return tuple(1 if one else size for one, size in zip([*ones, *[False] * len(shape)], shape, strict=False))

    def dtype(self, ref: Ref, depth: int = 0) -> str:
        """Return what a tensor holds; "" where it is not known."""
        entry = self.entries.get(ref.layer)
        if not isinstance(entry, dict) or depth > 200:
            return ""
        config = entry.get("config")
        config = config if isinstance(config, dict) else {}
        calls = self.calls.get(ref.layer, [])
        if is_input(entry):
            return compute_dtype(config.get("dtype")) or "float32"
        if entry.get("class_name") in _OPERATIONS and calls:
            return self._of_operation(entry, calls[0], depth)
        if entry.get("class_name") in _WHOLE:
            return "int64"
        return compute_dtype(config.get("dtype")) or "float32"

    def _of_operation(self, entry: dict[str, Any], call: Node, depth: int) -> str:
        found = operations.read(entry, call)
        values = dict(found.values) if found is not None else {}
        function = str(entry["config"].get("function"))
        name = (found.name if found is not None else function).rpartition(".")[2]
        if name in ("Cast", "OneHot"):
            return str(values.get("dtype") or "float32").rpartition(".")[2]
        given = [call.args[1:], call.kwargs, call.args] if name == "Where" else [call.args, call.kwargs]
        first = next(iter(_refs(given)), None)
        held = "" if first is None else self.dtype(first, depth + 1)
        return Composer.result(name, held)

    def sizes(self, ref: Ref) -> list[Size | int]:
        """Return the sizes of a tensor, the open ones by where they come from."""
        if ref not in self.known:
            self.known[ref] = [Size(1, ((ref, axis),)) for axis in range(len(self.shape(ref) or ()))]
            found = self._followed(ref)
            shape = self.shape(ref) or ()
            self.known[ref] = [
                one if size is None else size for one, size in zip(found or self.known[ref], shape, strict=True)
            ]
        return self.known[ref]

    def _followed(self, ref: Ref) -> list[Size | int]:
        entry, calls = self.entries.get(ref.layer, {}), self.calls.get(ref.layer, [])
        shape = self.shape(ref)
        own: list[Size | int] = [Size(1, ((ref, axis),)) for axis in range(len(shape or ()))]
        if is_input(entry):
            return [Size(1, ((Ref("", 0, 0), 0),)), *own[1:]] if own else own
        call = calls[ref.node] if 0 <= ref.node < len(calls) else None
        first = next(iter(_refs(call.args)), None) if call is not None else None
        if call is None or first is None or self.shape(first) is None:
            return own
        if entry.get("class_name") in _OPERATIONS:
            found = operations.read(entry, call)
            return own if found is None else self._of_call(found, self.sizes(first), own, ref)
        before = self.sizes(first)
        if entry.get("class_name") in _KEEPING and len(before) == len(own):
            return [*before[:-1], *own[-1:]]
        return [*before[:1], *own[1:]]

    def _of_call(
        self, found: operations.Operation, before: list[Size | int], own: list[Size | int], ref: Ref
    ) -> list[Size | int]:
        """Return the sizes of what an operation puts out, by those of its first tensor."""
        values = dict(found.values)
        if found.name == "numpy.Transpose":
            axes = values.get("axes")
            return [before[axis] for axis in axes] if isinstance(axes, list) and len(axes) == len(own) else own
        if found.name == "numpy.Matmul" and len(before) == len(own):
            return [*before[:-1], *own[-1:]]
        if found.name == "numpy.Reshape" and ref in self.reshaped:
            return self.reshaped[ref]
        row = next((row for row in operations.known() if row.name == found.name), None)
        calls = self.calls.get(ref.layer, [])
        first = next(iter(_refs(calls[0].args)), None) if calls else None
        same = first is not None and self.shape(first) == self.shape(ref)
        elementwise = row is not None and not row.made and row.call in _ELEMENTWISE and row.name != "numpy.Matmul"
        return before if same and (elementwise or found.name in _ALIKE) else own

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


def _called(layer: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> tuple[str, list[Any], dict[str, Any]]:
    """Return the function that an operation calls, and what with."""
    if layer["class_name"] == "TensorFlowOpLayer":
        return "", [], {}
    config = layer.get("config")
    path = str(config.get("function")) if isinstance(config, dict) else ""
    named = {key: value for key, value in kwargs.items() if value is not None and key != "name"}
    if path == operations.GETITEM:
        key = operations.keys_of(named.get("slice_spec", args[1] if len(args) > 1 else None))
        return path, [args[0], key], {}
    return path, args, named


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield Ref(value.layer, value.node, value.tensor)
    elif isinstance(value, Slice):
        yield from _refs([value.start, value.stop, value.step])
    elif isinstance(value, dict):
        yield from _refs(list(value.values()))
    elif isinstance(value, list) and not operations.is_array(value):
        for one in value:
            yield from _refs(one)
