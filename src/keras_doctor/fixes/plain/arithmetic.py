"""Arithmetic of tensors with numbers, and what follows from it, by layers."""

from __future__ import annotations

from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.fixes.plain.graph import Plain

    Values = dict[str, Any]
    Rule = Callable[[Plain, Values], Ref]

_PI_2 = 0.7978845608028654  # the square root of 2 / pi


def tensor(values: Values, name: str = "x") -> Ref:
    """Return an operand that has to be a tensor."""
    found = values.get(name)
    if not isinstance(found, Ref):
        raise CannotInferError("it works on what is no tensor")
    return found


def number(value: Any) -> float:
    """Return an operand that has to be a number."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CannotInferError("it computes with what is no number")
    return float(value)


def _numbers(value: Any) -> Any:
    """Return a number, or one for each feature."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, list) and value and all(type(one) in (int, float) for one in value):
        return value
    return number(value)


def _scaled(value: Any, by: float) -> Any:
    return [one * by for one in value] if isinstance(value, list) else value * by


def _pair(values: Values) -> tuple[Ref, Any, bool]:
    """Return the tensor and the numbers of two operands, and whether the tensor is the first."""
    first, second = values.get("x1"), values.get("x2")
    turned = not isinstance(first, Ref)
    found, other = (second, first) if turned else (first, second)
    if not isinstance(found, Ref) or isinstance(other, Ref):
        raise CannotInferError("it is about two tensors")
    return found, _numbers(other), not turned


def add(graph: Plain, values: Values) -> Ref:
    """Add numbers."""
    x, other, _ = _pair(values)
    return graph.line(x, 1.0, other)


def subtract(graph: Plain, values: Values) -> Ref:
    """Subtract numbers, or from numbers."""
    x, other, first = _pair(values)
    return graph.line(x, 1.0, _scaled(other, -1.0)) if first else graph.line(x, -1.0, other)


def multiply(graph: Plain, values: Values) -> Ref:
    """Multiply by numbers."""
    x, other, _ = _pair(values)
    return graph.line(x, other)


def divide(graph: Plain, values: Values) -> Ref:
    """Divide by numbers: multiply by their reciprocals."""
    x, other, first = _pair(values)
    listed = other if isinstance(other, list) else [other]
    if not first or 0 in listed:
        raise CannotInferError("it divides by a tensor")
    graph.rounded = True
    inverse = [1 / one for one in listed]
    return graph.line(x, inverse if isinstance(other, list) else inverse[0])


def negative(graph: Plain, values: Values) -> Ref:
    """Turn the sign."""
    return graph.line(tensor(values), -1.0)


def absolute(graph: Plain, values: Values) -> Ref:
    """Leave out the sign: the larger of a tensor and its negative."""
    x = tensor(values)
    return graph.layer("Maximum", [x, graph.line(x, -1.0)])


def square(graph: Plain, values: Values) -> Ref:
    """Multiply a tensor by itself."""
    x = tensor(values)
    return graph.layer("Multiply", [x, x])


def power(graph: Plain, values: Values) -> Ref:
    """Multiply a tensor by itself, several times."""
    x, exponent, first = _pair(values)
    if not first or exponent not in (1, 2, 3, 4):
        raise CannotInferError("no layer computes that power")
    graph.rounded = True
    made = x
    for _ in range(int(exponent) - 1):
        made = graph.layer("Multiply", [made, x])
    return made


def maximum(graph: Plain, values: Values) -> Ref:
    """Raise to a number."""
    x, other, _ = _pair(values)
    return at_least(graph, x, number(other))


def minimum(graph: Plain, values: Values) -> Ref:
    """Lower to a number."""
    x, other, _ = _pair(values)
    return graph.line(at_least(graph, graph.line(x, -1.0), -number(other)), -1.0)


def clip(graph: Plain, values: Values) -> Ref:
    """Keep between two numbers."""
    x, least, most = tensor(values), number(values.get("x_min")), number(values.get("x_max"))
    if most < least:
        raise CannotInferError("its bounds are none")
    if least == 0:
        return graph.layer("ReLU", x, max_value=most)
    return minimum(graph, {"x1": at_least(graph, x, least), "x2": most})


def at_least(graph: Plain, x: Ref, least: float) -> Ref:
    """Raise what is less than a number to it."""
    if least == 0:
        return graph.layer("Activation", x, activation="relu")
    graph.rounded = True
    return graph.line(graph.layer("Activation", graph.line(x, 1.0, -least), activation="relu"), 1.0, least)


def silu(graph: Plain, values: Values) -> Ref:
    """x times its sigmoid."""
    x = tensor(values)
    return graph.layer("Multiply", [x, graph.layer("Activation", x, activation="sigmoid")])


def gelu(graph: Plain, values: Values) -> Ref:
    """The one by tanh: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2."""
    if values.get("approximate") is not True:
        raise CannotInferError("no layer computes erf")
    x = tensor(values)
    graph.rounded = True
    cube = graph.layer("Multiply", [graph.layer("Multiply", [x, x]), x])
    inner = graph.line(graph.layer("Add", [x, graph.line(cube, 0.044715)]), _PI_2)
    gate = graph.line(graph.layer("Activation", inner, activation="tanh"), 0.5, 0.5)
    return graph.layer("Multiply", [x, gate])


RULES: dict[str, Rule] = {
    "numpy.Add": add,
    "numpy.Subtract": subtract,
    "numpy.Multiply": multiply,
    "numpy.TrueDivide": divide,
    "numpy.Negative": negative,
    "numpy.Absolute": absolute,
    "numpy.Square": square,
    "numpy.Power": power,
    "numpy.Maximum": maximum,
    "numpy.Minimum": minimum,
    "numpy.Clip": clip,
    "nn.Silu": silu,
    "nn.Gelu": gelu,
}
