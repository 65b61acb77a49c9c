"""The output of a Lambda layer from the code of its function, where that is one plain expression."""

from __future__ import annotations

from keras_doctor.layers.operations import tensorflow
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Tensor
from keras_doctor.wire.bytecode import WRITERS
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.expressions import (
    Argument,
    Attribute,
    Calling,
    Cut,
    Free,
    Listed,
    Name,
    Operation,
    expression,
)
from keras_doctor.wire.marshalled import read_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call
    from keras_doctor.wire.marshalled import Code

# What people call the modules whose functions a Lambda uses.
_TENSORFLOW = ("tf", "tensorflow")
_BACKENDS = (
    "K", "backend", "keras.backend", "tf.keras.backend", "tensorflow.keras.backend", "keras.backend.tensorflow_backend",
)  # fmt: skip
# Where a function may stand that TensorFlow exports at the top as well.
_SPACES = ("", "math.", "nn.", "linalg.", "compat.v1.")
_SYMBOLS = {"+": "math.add", "-": "math.subtract", "*": "math.multiply", "@": "linalg.matmul"}
_OTHERS = "math.truediv"  # the arithmetic that broadcasts and does no more
MOST = 2_000  # values in one expression


def _plain(value: Any) -> Any:
    """Return a value that was saved with a function, where that is made of numbers and texts."""
    if isinstance(value, dict) and value.get("class_name") == "__tuple__":
        value = value.get("items")
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise CannotInferError("a variable of the function around it is no number")


def code_text(value: Any) -> str:
    """Return the code of a function as a config has it, "" where there is none."""
    if isinstance(value, dict):
        inner = value.get("config")
        value = inner.get("code") if isinstance(inner, dict) else value.get("items")  # a tuple, as SavedModels write it
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) else ""


def code_bytes(text: str, base64: bool = True) -> bytes:
    """Return the bytes that Keras hands to `marshal`: base64 where the text can be that, else its characters.

    `base64`: whether the release tries that at all.
    """
    from binascii import Error, a2b_base64

    if base64 and text.isascii():
        try:
            return a2b_base64(text)
        except Error:
            pass
    return text.encode("raw_unicode_escape", "replace")


def body(value: Any) -> tuple[Code, Any]:
    """Return the code of a function in a config and its expression. Raises CannotInferError when it is no plain one."""
    text = code_text(value)
    if not text:
        raise CannotInferError("its function is the user's own, and its config states no output shape")
    try:
        code = read_code(code_bytes(text))
    except FormatError as error:
        raise CannotInferError(f"its function is the user's own, and no code that can be read: {error}") from error
    for python in WRITERS[code.layout]:
        found = expression(code, python)
        if found is not None:
            return code, found
    raise CannotInferError("its function does more than one expression says")


def output(call: Call) -> Any:
    """Return what the function of a Lambda layer puts out. Raises CannotInferError when that does not follow."""
    code, found = body(call.value("function", None))
    return Body(call, code).value(found)


class Body:
    """One expression with what its arguments stand for. What is done with tensors, `apply`, `operation` and `indexed`
    say.
    """

    def __init__(self, call: Call, code: Code) -> None:
        self.inputs = call.args[0] if call.args else None
        given = call.value("arguments", None)
        self.given = given if isinstance(given, dict) else {}
        stored = call.value("function", None)
        if isinstance(stored, dict):
            inner = stored.get("config")
            held = [None, inner.get("defaults"), inner.get("closure")] if isinstance(inner, dict) else None
            stored = held or stored.get("items")
        defaults = stored[1] if isinstance(stored, list) and len(stored) > 1 else None
        self.defaults = defaults if isinstance(defaults, list) else []
        around = stored[2] if isinstance(stored, list) and len(stored) > 2 else None
        self.around = around if isinstance(around, list) else []
        self.code = code
        self.left = MOST

    def value(self, found: Any) -> Any:
        """Return a tensor, a list of them, or a plain value."""
        self.left -= 1
        if self.left < 0:
            raise CannotInferError("its function is too long")
        if isinstance(found, Argument):
            return self.argument(found.place)
        if isinstance(found, Free):
            return self.free(found.place)
        if isinstance(found, Listed):
            return [self.value(one) for one in found.values]
        if isinstance(found, tuple):
            return [self.value(one) for one in found]
        if isinstance(found, Operation):
            return self.operation(found)
        if isinstance(found, Calling):
            return self.call(found)
        if isinstance(found, Attribute):
            return self.attribute(found)
        if isinstance(found, Name):
            return found.path
        return found

    def argument(self, place: int) -> Any:
        """Return what the argument at `place` stands for."""
        if place == 0:
            return self.inputs
        name = self.code.variables[place] if place < len(self.code.variables) else ""
        if name in self.given:
            return self.given[name]
        late = place - (self.code.arguments - len(self.defaults))
        if 0 <= late < len(self.defaults):
            return self.defaults[late]
        raise CannotInferError(f"the argument {name[:40]} of its function is not known")

    def free(self, place: int) -> Any:
        """Return what a variable of the function around stands for. Up to Python 3.10 these count from zero, later they
        follow the function's own variables.
        """
        number = place if self.code.free else place - (len(self.code.variables) - len(self.around))
        if not 0 <= number < len(self.around) or (self.code.free and len(self.code.free) != len(self.around)):
            raise CannotInferError("a variable of the function around it is not known")
        return _plain(self.around[number])

    def operation(self, found: Operation) -> Any:
        """Return what arithmetic makes of tensors."""
        if found.symbol == "[]":
            return self.index(self.value(found.values[0]), found.values[1])
        values = [self.value(one) for one in found.values]
        if any(isinstance(one, list) for one in values) or not any(isinstance(one, Tensor) for one in values):
            raise CannotInferError("its function computes with what is no tensor")
        if len(values) == 1:
            return values[0]
        return _made(tensorflow.function(_SYMBOLS.get(found.symbol, _OTHERS), values, {}))

    def index(self, value: Any, key: Any) -> Any:
        """Return a member of a list, or part of a tensor."""
        if isinstance(value, list):
            if isinstance(key, int) and -len(value) <= key < len(value):
                return value[key]
            raise CannotInferError("its function indexes a list in a way that is not known")
        return self.indexed(value, self.key(key))

    def indexed(self, value: Any, key: Any) -> Any:
        """Return part of a tensor."""
        return _made(tensorflow.getitem([value], {"slice_spec": key}))

    def key(self, key: Any) -> Any:
        """Return a key as the configs of TensorFlow have it."""
        if isinstance(key, Cut):
            return {"start": self.value(key.start), "stop": self.value(key.stop), "step": self.value(key.step)}
        if isinstance(key, (Listed, tuple)):
            return [self.key(one) for one in (key.values if isinstance(key, Listed) else key)]
        if key is Ellipsis:
            return {"class_name": "__ellipsis__"}
        return self.value(key)

    def attribute(self, found: Attribute) -> Any:
        """Return an attribute of a value: the shape of a tensor."""
        value = self.value(found.value)
        if found.name == "shape" and isinstance(value, Tensor) and value.shape is not None:
            return list(value.shape)
        raise CannotInferError(f"what the attribute {found.name[:40]} is, is not known")

    def call(self, found: Calling) -> Any:
        """Return what a call of a known function makes."""
        if not isinstance(found.called, Name):
            raise CannotInferError("its function calls a method of a value")
        args = [self.value(one) for one in found.args]
        kwargs = {name: self.value(one) for name, one in found.kwargs if name not in ("name", "dtype")}
        if found.called.path.rpartition(".")[2] == "int_shape" and args and isinstance(args[0], Tensor):
            return list(args[0].shape or ())
        return self.apply(_known(found.called.path), args, kwargs)

    def apply(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return what a function of TensorFlow or of the backend makes of its arguments."""
        return _made(tensorflow.function(name, args, kwargs))


def _known(path: str) -> str:
    """Return under which name the function is known to `operations.tensorflow`."""
    root, _, name = path.partition(".")
    for backend in _BACKENDS:
        if path.startswith(f"{backend}."):
            name = path[len(backend) + 1 :]
            spaces: tuple[str, ...] = ("keras.backend.", *_SPACES)
            break
    else:
        if root not in _TENSORFLOW or not name:
            raise CannotInferError(f"what {path[:60]} makes of shapes is not known")
        spaces = _SPACES
    for space in spaces:
        if space + name in tensorflow.FUNCTIONS:
            return space + name
    raise CannotInferError(f"what {path[:60]} makes of shapes is not known")


def _made(result: Any) -> Any:
    """Return what an operation put out as tensors."""
    if isinstance(result, list):
        return [_made(one) for one in result]
    return result if isinstance(result, Tensor) else Tensor(result)
