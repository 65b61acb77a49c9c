"""The expression of a function as a graph of operations, in the words of Keras 3: `Graph`.

Tensors are references to the entries that make them; numbers, shapes and dtypes are worked out here. What several
operations say together stands in `functions`.
"""

from __future__ import annotations

import math

from keras_doctor.fixes.composing import Composer
from keras_doctor.fixes.operations import is_array
from keras_doctor.fixes.sizes import Size, Vector, calculated, has_open, of_number
from keras_doctor.layers.call import Call
from keras_doctor.layers.eras import era_of
from keras_doctor.layers.evaluation import Evaluator, Site
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.lambda_body import Body
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice
from keras_doctor.wire.expressions import Attribute, Cut, Name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api
    from keras_doctor.wire.expressions import Calling, Operation
    from keras_doctor.wire.marshalled import Code

_SYMBOLS = {
    "+": "numpy.Add", "-": "numpy.Subtract", "*": "numpy.Multiply", "/": "numpy.TrueDivide", "//": "numpy.FloorDivide",
    "%": "numpy.Mod", "**": "numpy.Power", "@": "numpy.Matmul", "==": "numpy.Equal", "!=": "numpy.NotEqual",
    ">": "numpy.Greater", ">=": "numpy.GreaterEqual", "<": "numpy.Less", "<=": "numpy.LessEqual",
}  # fmt: skip
_TRUTHS = {"&": "numpy.LogicalAnd", "|": "numpy.LogicalOr", "^": "numpy.LogicalXor"}
_BACKENDS = (
    "K.", "backend.", "keras.backend.", "tf.keras.backend.", "tensorflow.keras.backend.",
    "keras.backend.tensorflow_backend.", "keras.activations.", "tf.keras.activations.", "activations.",
)  # fmt: skip
_SPACES = ("", "math.", "nn.", "linalg.", "compat.v1.")  # where else TensorFlow exports what it does at the top
_MODULES = ("tf", "tensorflow")
_NUMBERS = ("math", "np", "numpy")
MOST = 64  # copies of a list
_ARRAYS = ("constant", "array", "asarray", "convert_to_tensor")
_FIELDS = ("values", "indices")  # of what tf.math.top_k gives
_EPSILON = 1e-7  # K.epsilon(), unless the user's own settings say otherwise


class Graph(Composer, Body):
    """The graph that an expression makes: `entries`, in order, and `value`, which is a reference to what one puts out.

    `centered`: whether the release that wrote the function resizes images by the centers of pixels.
    """

    def __init__(
        self,
        config: dict[str, Any],
        code: Code,
        inputs: dict[Ref, Shape],
        name: str,
        era: str,
        api: Api,
        centered: bool,
    ) -> None:
        refs = list(inputs)
        site = Site(Evaluator(era), "", 0)
        Composer.__init__(self, inputs, name, api, centered)
        self.by_value = centered or era == "keras-3"  # whether == compares tensors, as it does since TensorFlow 2
        Body.__init__(self, Call("Lambda", config, [refs if len(refs) > 1 else refs[0]], {}, era_of(era), site), code)

    def operation(self, found: Operation) -> Any:
        """Enter arithmetic, a comparison or an indexing."""
        if found.symbol == "[]":
            return self.index(self.value(found.values[0]), found.values[1])
        values = [self.value(one) for one in found.values]
        if not any(isinstance(one, Ref) for one in values):
            try:
                return _calculated(found.symbol, values)
            except CannotInferError:
                if found.symbol not in ("//", "%") or not any(isinstance(one, Size) for one in values):
                    raise
                values = [self.amount(one, "int32") for one in values]
        if len(values) == 1:
            if found.symbol == "+":
                return values[0]
            if found.symbol == "~" and self.dtype(values[0]) == "bool":
                return self.op("numpy.LogicalNot", values[0])
            if found.symbol == "-":
                return self.op("numpy.Negative", values[0])
            raise CannotInferError(f"what {found.symbol} does is not known")
        line = _line(found.symbol, *values)
        floats = self.dtype(self.first(values)).startswith("float")
        if line is not None and floats and self.api.find("Rescaling", "layers") is not None:
            tensor, scale, offset = line
            return self.layer("Rescaling", tensor, scale=scale, offset=offset)
        symbols = {**_SYMBOLS, **_TRUTHS} if self.dtype(self.first(values)) == "bool" else _SYMBOLS
        if found.symbol in ("==", "!=") and not self.by_value:
            raise CannotInferError("TensorFlow 1 compares tensors as objects")
        if found.symbol not in symbols:
            raise CannotInferError(f"what {found.symbol} does is not known")
        dtype = self.dtype(self.first(values))
        return self.op(symbols[found.symbol], *(self.amount(one, dtype) for one in values))

    def index(self, value: Any, key: Any) -> Any:
        """Return members of a list, or enter an indexing of a tensor."""
        if isinstance(value, list) and isinstance(key, Cut):
            ends = [self.value(one) for one in (key.start, key.stop, key.step)]
            if all(one is None or isinstance(one, int) for one in ends):
                return type(value)(value[slice(*ends)])
        return super().index(value, self.value(key) if isinstance(value, list) else key)

    def indexed(self, value: Any, key: Any) -> Any:
        """Enter an indexing of a tensor."""
        keys = [_key(one) for one in (key if isinstance(key, list) else [key])]
        if has_open(keys):
            return self.function(["__operators__.getitem"], [value, keys], {})
        for place, axis in _turned(keys):  # PyTorch takes no negative step
            value, keys[place] = self.op("numpy.Flip", value, axis=axis), Slice()
        return self.part(value, keys) if any(one not in (Slice(), Ellipsis) for one in keys) else value

    def attribute(self, found: Attribute) -> Any:
        """Return the shape of a tensor: its sizes, None for those that are open."""
        value = self.value(found.value)
        if found.name == "shape" and isinstance(value, Ref):
            return list(self.sizes(value))
        if found.name == "dtype" and isinstance(value, Ref):
            return self.dtype(value)
        if found.name in _FIELDS and isinstance(value, list) and len(value) == 2:
            return value[_FIELDS.index(found.name)]
        raise CannotInferError(f"what the attribute {found.name[:40]} is, is not known")

    def call(self, found: Calling) -> Any:
        """Enter what a function does, or work out what it says of shapes and numbers."""
        args = [self.value(one) for one in found.args]
        kwargs = {name: self.value(one) for name, one in found.kwargs if name != "name"}
        if isinstance(found.called, Attribute):
            return self._method(self.value(found.called.value), found.called.name)
        assert isinstance(found.called, Name)
        root, _, name = found.called.path.partition(".")
        if name.rpartition(".")[2] in _ARRAYS and args and is_array(args[0]):
            return args[0]
        plain = len(args) == 1 and not kwargs and type(args[0]) in (int, float)
        if root in _NUMBERS or (root in _MODULES and plain):
            if not plain:
                raise CannotInferError(f"what {found.called.path[:60]} makes of numbers is not known")
            return of_number(name.rpartition(".")[2], args[0])
        paths = _paths(found.called.path)
        for path, value in (("keras.backend.epsilon", _EPSILON), ("keras.backend.floatx", "float32")):
            if path in paths:
                return value
        return self.function(paths or [found.called.path], args, kwargs)

    def value(self, found: Any) -> Any:
        """Return what a part of the expression stands for."""
        value = super().value(found)
        if isinstance(found, Name):
            root, _, name = found.path.partition(".")
            if root in _NUMBERS and name in ("pi", "e"):
                return getattr(math, name)
            if name == "newaxis" and root in (*_MODULES, *_NUMBERS):
                return None
            return name if root in (*_MODULES, *_NUMBERS) else value  # tf.float32
        return value

    def _method(self, value: Any, name: str) -> Any:
        if isinstance(value, list) and name == "as_list":
            return value
        if isinstance(value, Ref) and name == "get_shape":
            return list(self.sizes(value))
        raise CannotInferError(f"what the method {name[:40]} does is not known")


def _turned(keys: list[Any]) -> list[tuple[int, int]]:
    """Return the places of keys `::-1`, and the axis that each turns."""
    found, rest = [], next((place for place, key in enumerate(keys) if key is Ellipsis), len(keys))
    for place, key in enumerate(keys):
        before = keys[:place] if place < rest else keys[place:]
        axis = sum(one is not None for one in before)
        if key == Slice(None, None, -1):
            found.append((place, axis if place < rest else -axis))
    return found


def _paths(path: str) -> list[str]:
    """Return the names under which tables may know a function."""
    for backend in _BACKENDS:
        if path.startswith(backend):
            name = path[len(backend) :]
            return [f"keras.backend.{name}", *(f"{space}{name}" for space in _SPACES[1:4])]
    root, _, name = path.partition(".")
    if root not in _MODULES or not name:
        return []
    space, _, last = name.rpartition(".")
    others = [f"{one}{last}" for one in _SPACES[:3]] if space in ("math", "nn", "dtypes") else []
    return [*(f"{one}{name}" for one in _SPACES), *others]


def _calculated(symbol: str, values: list[Any]) -> Any:
    """Return what arithmetic makes of numbers, and of lists of sizes."""
    if len(values) == 1 and symbol in ("-", "+"):
        return calculated("*", values[0], -1 if symbol == "-" else 1)
    if len(values) != 2:
        raise CannotInferError("its function computes with what is no tensor")
    if symbol == "+" and all(isinstance(one, list) and not isinstance(one, Vector) for one in values):
        return values[0] + values[1]
    if symbol == "*" and type(values[0]) is list and type(values[1]) is int and 0 < values[1] <= MOST:
        return values[0] * values[1]
    return calculated(symbol, *values)


def _line(symbol: str, first: Any, second: Any) -> tuple[Ref, Any, Any] | None:
    """Return a tensor with the scale and offset that arithmetic with a number, or with one for each channel, means;
    None for anything else.

    Division is left alone: to multiply by the reciprocal rounds otherwise.
    """
    tensors = [one for one in (first, second) if isinstance(one, Ref)]
    other = second if first is tensors[0] else first
    listed = isinstance(other, list) and bool(other)
    if len(tensors) != 1 or not all(
        isinstance(one, (int, float)) and not isinstance(one, bool) for one in (other if listed else [other])
    ):
        return None
    number = [float(one) for one in other] if listed else float(other)
    minus = [-one for one in number] if isinstance(number, list) else -number
    if symbol == "*":
        return tensors[0], number, 0.0
    if symbol == "+":
        return tensors[0], 1.0, number
    if symbol == "-":
        return (tensors[0], 1.0, minus) if first is tensors[0] else (tensors[0], -1.0, number)
    return None


def _key(key: Any) -> Any:
    if isinstance(key, dict) and "start" in key:
        return Slice(key.get("start"), key.get("stop"), key.get("step"))
    if isinstance(key, dict):
        return Ellipsis
    if isinstance(key, (int, Size)) or key is None:
        return key
    raise CannotInferError("its function indexes with what is no number")
