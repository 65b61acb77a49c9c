"""What is known of the tensors of a graph that tf.keras wrote: `Known`. Their shapes, what they hold, and where their
open sizes come from.
"""

from __future__ import annotations

from keras_doctor.fixes import operations
from keras_doctor.fixes.composing import Composer
from keras_doctor.fixes.graphs import OP_LAYERS
from keras_doctor.fixes.operation_calls import function_called, refs
from keras_doctor.fixes.sizes import Size
from keras_doctor.layers.dtypes import compute_dtype
from keras_doctor.layers.functional import calls_of
from keras_doctor.layers.inbound import Node, Ref
from keras_doctor.layers.models import is_input, name_of
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape

# Layers that keep all sizes but the last.
_KEEPING = (
    "Dense", "Activation", "Dropout", "LayerNormalization", "BatchNormalization", "ReLU", "LeakyReLU", "ELU", "PReLU",
    "Softmax", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "Masking", "Rescaling",
)  # fmt: skip
_WHOLE = ("Discretization", "Hashing", "StringLookup", "IntegerLookup", "TextVectorization")
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


class Known:
    """One graph. `place`: where its layers stand in the config; `shapes`: what was inferred, by path."""

    def __init__(self, config: dict[str, Any], place: str, shapes: dict[str, LayerShape]) -> None:
        self.layers = [layer for layer in config["layers"] if isinstance(layer, dict)]
        self.entries = {name_of(layer): layer for layer in self.layers}
        names = frozenset(self.entries)
        self.calls = {name_of(layer): calls_of(layer, names) for layer in self.layers}
        self.shapes = {
            name_of(layer): shapes[f"{place}[{number}]"]
            for number, layer in enumerate(config["layers"])
            if isinstance(layer, dict) and f"{place}[{number}]" in shapes
        }
        self.known: dict[Ref, list[Size | int]] = {}
        self.reshaped: dict[Ref, list[Size | int]] = {}

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
        if entry.get("class_name") in OP_LAYERS and calls:
            return self._of_operation(entry, calls[0], depth)
        if entry.get("class_name") in _WHOLE:
            return "int64"
        return compute_dtype(config.get("dtype")) or "float32"

    def _of_operation(self, entry: dict[str, Any], call: Node, depth: int) -> str:
        try:
            path, args, kwargs = function_called(entry, call.args, call.kwargs)
        except CannotInferError:
            return ""
        found = operations.read(entry, call)
        name = (found.name if found is not None else path).rpartition(".")[2]
        stated = kwargs.get("dtype", dict(found.values).get("dtype") if found is not None else None)
        if isinstance(stated, str):
            return stated.rpartition(".")[2]
        if name in ("OneHot", "one_hot", "zeros", "ones"):
            return "float32"
        given = [*args, *kwargs.values()]
        given = given[1:] if name in ("Where", "where") else given
        first = next((one for one in given if isinstance(one, (Ref, list, float))), None)
        if isinstance(first, float) or operations.is_array(first):
            numbers = first if isinstance(first, list) else [first]
            held = str(operations.constant(numbers)["config"]["dtype"])
        else:
            ref = next(iter(refs(first)), None)
            held = "" if ref is None else self.dtype(ref, depth + 1)
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
        first = next(iter(refs(call.args)), None) if call is not None else None
        if call is None or first is None or self.shape(first) is None:
            return own
        if entry.get("class_name") in OP_LAYERS:
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
        first = next(iter(refs(calls[0].args)), None) if calls else None
        same = first is not None and self.shape(first) == self.shape(ref)
        elementwise = row is not None and not row.made and row.call in _ELEMENTWISE and row.name != "numpy.Matmul"
        return before if same and (elementwise or found.name in _ALIKE) else own
