"""Lambda layers whose function is one plain expression: computed from its code, which nobody runs."""

from __future__ import annotations

from keras_doctor.layers.lambda_body import Body, body
from keras_doctor.layers.operations import tensorflow
from keras_doctor.layers.operations.operands import bind
from keras_doctor.layers.tensors import Tensor
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, perform
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.wire.expressions import Operation
    from keras_doctor.wire.marshalled import Code

# The operations behind Python's symbols.
_SYMBOLS = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
    "@": "matmul", "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal",
    "!=": "not_equal",
}  # fmt: skip
_UNARY = {"-": "negative", "+": "identity"}


@computes("Lambda")
def lambda_layer(call: Call) -> Any:
    """What the function's code says, with `K` and `tf` taken for the modules that people call so."""
    code, found = body(call.value("function", None))
    call.approximate("the function of a Lambda layer is computed as its code reads")
    result = _Numbers(call, code).value(found)
    if isinstance(result, list):
        return [_tensor(one) for one in result]
    return _tensor(result).array


def _tensor(found: Any) -> Any:
    if not isinstance(found, Tensor):
        raise CannotEvaluateError("its function puts out what is no tensor")
    return found


class _Numbers(Body):
    """The expression over tensors that hold their numbers."""

    def __init__(self, call: Call, code: Code) -> None:
        super().__init__(call, code)
        self.owner = call

    def operation(self, found: Operation) -> Any:
        """Compute arithmetic."""
        if found.symbol == "[]":
            return super().operation(found)
        known = _SYMBOLS if len(found.values) > 1 else _UNARY
        if found.symbol not in known:
            raise CannotEvaluateError(f"its function does {found.symbol[:20]!r}, which is not computed here")
        values = [self.value(one) for one in found.values]
        if not any(isinstance(one, Tensor) for one in values) or any(isinstance(one, list) for one in values):
            raise CannotEvaluateError("its function computes with what is no tensor")
        return self._computed(known[found.symbol], dict(zip("xy", values, strict=False)))

    def indexed(self, value: Any, key: Any) -> Any:
        """Compute an indexing."""
        return self._computed("getitem", {"x": value, "key": key})

    def apply(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Compute a function of TensorFlow or of the backend."""
        return self._computed(name, bind(tensorflow.FUNCTIONS[name][1], args, kwargs))

    def _computed(self, name: str, operands: dict[str, Any]) -> Any:
        result = perform(Arguments(operands, True, self.owner, name))
        return [value(one) for one in result] if isinstance(result, list) else value(result)
