"""The expression of a function as a graph of operations, in the words of Keras 3: `Graph`.

Tensors are references to the entries that make them; numbers, shapes and dtypes are worked out here. What several
operations say together stands in `lambda_functions`.
"""

from __future__ import annotations

import math

from keras_doctor.fixes.entries import Entries
from keras_doctor.fixes.lambda_functions import FUNCTIONS
from keras_doctor.fixes.operations import DEFAULTS, known
from keras_doctor.layers.call import Call
from keras_doctor.layers.eras import era_of
from keras_doctor.layers.evaluation import Evaluator, Site
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.lambda_body import Body
from keras_doctor.layers.operations.operands import bind
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
_BACKENDS = (
    "K.", "backend.", "keras.backend.", "tf.keras.backend.", "tensorflow.keras.backend.",
    "keras.backend.tensorflow_backend.", "keras.activations.", "tf.keras.activations.", "activations.",
)  # fmt: skip
_SPACES = ("", "math.", "nn.", "linalg.", "compat.v1.")  # where else TensorFlow exports what it does at the top
_MODULES = ("tf", "tensorflow")
_NUMBERS = ("math", "np", "numpy")
_EPSILON = 1e-7  # K.epsilon(), unless the user's own settings say otherwise


class Graph(Entries, Body):
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
        Entries.__init__(self, inputs, name, api)
        Body.__init__(self, Call("Lambda", config, [refs if len(refs) > 1 else refs[0]], {}, era_of(era), site), code)
        self.centered = centered

    def operation(self, found: Operation) -> Any:
        """Enter arithmetic, a comparison or an indexing."""
        if found.symbol == "[]":
            return self.index(self.value(found.values[0]), found.values[1])
        values = [self.value(one) for one in found.values]
        if not any(isinstance(one, Ref) for one in values):
            return _calculated(found.symbol, values)
        if len(values) == 1:
            if found.symbol == "+":
                return values[0]
            if found.symbol == "-":
                return self.op("numpy.Negative", values[0])
            raise CannotInferError(f"what {found.symbol} does is not known")
        line = _line(found.symbol, *values)
        if line is not None and self.api.find("Rescaling", "layers") is not None:
            tensor, scale, offset = line
            return self.layer("Rescaling", tensor, scale=scale, offset=offset)
        if found.symbol not in _SYMBOLS:
            raise CannotInferError(f"what {found.symbol} does is not known")
        return self.op(_SYMBOLS[found.symbol], *values)

    def index(self, value: Any, key: Any) -> Any:
        """Return members of a list, or enter an indexing of a tensor."""
        if isinstance(value, list) and isinstance(key, Cut):
            ends = [self.value(one) for one in (key.start, key.stop, key.step)]
            if all(one is None or isinstance(one, int) for one in ends):
                return value[slice(*ends)]
        return super().index(value, self.value(key) if isinstance(value, list) else key)

    def indexed(self, value: Any, key: Any) -> Any:
        """Enter an indexing of a tensor."""
        keys = [_key(one) for one in (key if isinstance(key, list) else [key])]
        for place, axis in _turned(keys):  # PyTorch takes no negative step
            value, keys[place] = self.op("numpy.Flip", value, axis=axis), Slice()
        return self.part(value, keys) if any(one not in (Slice(), Ellipsis) for one in keys) else value

    def attribute(self, found: Attribute) -> Any:
        """Return the shape of a tensor: its sizes, None for those that are open."""
        value = self.value(found.value)
        if found.name == "shape" and isinstance(value, Ref):
            return list(self.shape(value))
        raise CannotInferError(f"what the attribute {found.name[:40]} is, is not known")

    def call(self, found: Calling) -> Any:
        """Enter what a function does, or work out what it says of shapes and numbers."""
        args = [self.value(one) for one in found.args]
        kwargs = {name: self.value(one) for name, one in found.kwargs if name != "name"}
        if isinstance(found.called, Attribute):
            return self._method(self.value(found.called.value), found.called.name)
        assert isinstance(found.called, Name)
        root, _, name = found.called.path.partition(".")
        if root in _NUMBERS or (root in _MODULES and args and not any(isinstance(one, (Ref, list)) for one in args)):
            return _number(name.rpartition(".")[2], args)
        for path in _paths(found.called.path):
            if path in ("keras.backend.int_shape", "keras.backend.shape", "shape") and isinstance(args[0], Ref):
                return list(self.shape(args[0]))
            if path == "keras.backend.epsilon":
                return _EPSILON
            if path == "keras.backend.floatx":
                return "float32"
            if path in FUNCTIONS:
                words, function = FUNCTIONS[path]
                operands = bind(words, args, kwargs)
                if not set(operands) <= {word.partition("|")[0] for word in words.split()} | set(_names(words)):
                    raise CannotInferError(f"{path} is told what is not known")
                return function(self, operands)
            row = next((row for row in known() if path in row.functions), None)
            if row is not None:
                return self._row(path, args, kwargs)
        raise CannotInferError(f"what {found.called.path[:60]} does is not known")

    def value(self, found: Any) -> Any:
        """Return what a part of the expression stands for."""
        value = super().value(found)
        if isinstance(found, Name):
            root, _, name = found.path.partition(".")
            if root in _NUMBERS and name in ("pi", "e"):
                return getattr(math, name)
            return name if root in (*_MODULES, *_NUMBERS) else value  # tf.float32
        return value

    @staticmethod
    def _method(value: Any, name: str) -> Any:
        if isinstance(value, list) and name == "as_list":
            return value
        raise CannotInferError(f"what the method {name[:40]} does is not known")

    def _row(self, path: str, args: list[Any], kwargs: dict[str, Any]) -> Ref:
        row = next(row for row in known() if path in row.functions)
        order = list(dict.fromkeys(new for _, new in row.parameters))
        names = {**{new: new for new in order}, **dict(row.parameters)}
        if len(args) > len(order) or not set(kwargs) <= set(names):
            raise CannotInferError(f"{path} is told what is not known")
        values = {**DEFAULTS.get(path, {}), **dict(zip(order, args, strict=False))}
        values.update({names[key]: value for key, value in kwargs.items()})
        if any(key not in values for key in row.call[:1]):
            raise CannotInferError(f"{path} is not told what to work on")
        return self.op(row.name, *(values[key] for key in row.call if key in values), **_only(values, row.made))


def _turned(keys: list[Any]) -> list[tuple[int, int]]:
    """Return the places of keys `::-1`, and the axis that each turns."""
    found, rest = [], next((place for place, key in enumerate(keys) if key is Ellipsis), len(keys))
    for place, key in enumerate(keys):
        before = keys[:place] if place < rest else keys[place:]
        axis = sum(one is not None for one in before)
        if key == Slice(None, None, -1):
            found.append((place, axis if place < rest else -axis))
    return found


def _only(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {key: values[key] for key in names if key in values}


def _names(words: str) -> list[str]:
    return [name for word in words.split() for name in word.split("|")]


def _paths(path: str) -> list[str]:
    """Return the names under which tables may know a function."""
    for backend in _BACKENDS:
        if path.startswith(backend):
            name = path[len(backend) :]
            return [f"keras.backend.{name}", *(f"{space}{name}" for space in _SPACES[1:4])]
    root, _, name = path.partition(".")
    return [f"{space}{name}" for space in _SPACES] if root in _MODULES and name else []


def _calculated(symbol: str, values: list[Any]) -> Any:
    """Return what arithmetic makes of numbers, and of lists of sizes."""
    numbers = [one for one in values if isinstance(one, (int, float)) and not isinstance(one, bool)]
    if len(values) == 2 and symbol == "+" and all(isinstance(one, list) for one in values):
        return values[0] + values[1]
    if len(numbers) < len(values):
        raise CannotInferError("its function computes with what is no tensor")
    if len(numbers) == 1 and symbol in ("-", "+"):
        return -numbers[0] if symbol == "-" else numbers[0]
    first, second = (*numbers, 0)[:2]
    if symbol in ("/", "//", "%") and second and isinstance(first, int) and isinstance(second, int):
        if symbol == "%":
            return first % second
        return first / second if symbol == "/" and first % second else first // second
    if symbol in ("+", "-", "*"):
        return first + second if symbol == "+" else first - second if symbol == "-" else first * second
    if symbol == "/" and second:
        return first / second
    if symbol == "**" and abs(first) < 1e6 and abs(second) <= 16 and (first or second > 0):
        return first**second
    raise CannotInferError(f"what {symbol} makes of numbers is not known")


def _number(name: str, args: list[Any]) -> float:
    """Return what a function makes of a number."""
    if name == "constant" and args and isinstance(args[0], (int, float)):
        return args[0]
    if name in ("sqrt", "log", "exp") and len(args) == 1 and isinstance(args[0], (int, float)):
        try:
            return float(getattr(math, name)(args[0]))
        except (ValueError, OverflowError) as error:
            raise CannotInferError("its function computes what is no number") from error
    raise CannotInferError(f"what {name[:40]} makes of numbers is not known")


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
    if isinstance(key, int) or key is None:
        return key
    raise CannotInferError("its function indexes with what is no number")
