"""Operations on each element, alone or with that of another tensor."""

from __future__ import annotations

from math import lgamma

import numpy as np

from keras_doctor.rescue.evaluation import functions
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, dtype_named, enter_all, operates
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.operations.arguments import Operation
    from keras_doctor.rescue.evaluation.values import Array


_lgamma: Any = np.frompyfunc(lgamma, 1, 1)


def _unary(function: Callable[[Array], Array]) -> Operation:
    return lambda op: function(op.array())


def _float(x: Array) -> Array:
    return x if x.dtype.kind in "fc" else x.astype(np.float32)


def _of_floats(function: Callable[[Array], Array]) -> Operation:
    return lambda op: function(_float(op.array()))


def _binary(function: Callable[[Array, Array], Array]) -> Operation:
    return lambda op: function(*op.pair())


enter_all({
    "abs absolute fabs": _unary(np.abs),
    "negative neg": _unary(np.negative),
    "square": _unary(np.square),
    "sign": _unary(np.sign),
    "floor": _unary(np.floor),
    "ceil": _unary(np.ceil),
    "rint": _unary(np.rint),
    "trunc": _unary(np.trunc),
    "exp": _of_floats(np.exp),
    "exp2": _of_floats(np.exp2),
    "expm1": _of_floats(np.expm1),
    "log": _of_floats(np.log),
    "log1p": _of_floats(np.log1p),
    "log2": _of_floats(np.log2),
    "log10": _of_floats(np.log10),
    "sqrt": _of_floats(np.sqrt),
    "cbrt": _of_floats(np.cbrt),
    "rsqrt": _of_floats(lambda x: 1 / np.sqrt(x)),
    "reciprocal inv": _of_floats(lambda x: 1 / x),
    "sin": _of_floats(np.sin),
    "cos": _of_floats(np.cos),
    "tan": _of_floats(np.tan),
    "sinh": _of_floats(np.sinh),
    "cosh": _of_floats(np.cosh),
    "arcsin asin": _of_floats(np.arcsin),
    "arccos acos": _of_floats(np.arccos),
    "arctan atan": _of_floats(np.arctan),
    "arcsinh asinh": _of_floats(np.arcsinh),
    "arccosh acosh": _of_floats(np.arccosh),
    "arctanh atanh": _of_floats(np.arctanh),
    "deg2rad": _of_floats(np.deg2rad),
    "rad2deg": _of_floats(np.rad2deg),
    "sinc": _of_floats(np.sinc),
    "erf": _of_floats(functions.error_function),
    "erfc": _of_floats(lambda x: 1 - functions.error_function(x)),
    "real": _unary(np.real),
    "imag": _unary(np.imag),
    "conj conjugate": _unary(np.conj),
    "logicalnot": _unary(np.logical_not),
    "isfinite": _unary(np.isfinite),
    "isinf": _unary(np.isinf),
    "isnan": _unary(np.isnan),
    "signbit": _unary(np.signbit),
    "isposinf": _unary(np.isposinf),
    "isneginf": _unary(np.isneginf),
    "isreal": _unary(np.isreal),
    "bitwisenot bitwiseinvert invert": _unary(np.bitwise_not),
    "angle": _unary(np.angle),
    "reciprocalnonan": _of_floats(lambda x: np.where(x == 0, np.zeros((), x.dtype), 1 / np.where(x == 0, 1, x))),
    "lgamma": _of_floats(lambda x: _lgamma(x).astype(x.dtype)),
    "crelu": _of_floats(lambda x: np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis=-1)),
    "l2loss": _of_floats(lambda x: np.asarray((x * x).sum() / 2)),
    "onelike oneslike": _unary(np.ones_like),
    "zeroslike emptylike": _unary(np.zeros_like),
    "identity stopgradient copy array converttotensor preventgradient": _unary(lambda x: x),
    "gradpassthrough checknumerics ensureshape linear": _unary(lambda x: x),
    "sigmoid": _of_floats(functions.sigmoid),
    "tanh": _of_floats(np.tanh),
    "softplus": _of_floats(functions.softplus),
    "softsign": _of_floats(functions.FUNCTIONS["softsign"]),
    "relu6": _unary(functions.FUNCTIONS["relu6"]),
    "selu": _of_floats(functions.FUNCTIONS["selu"]),
    "silu swish": _of_floats(functions.FUNCTIONS["silu"]),
    "mish": _of_floats(functions.FUNCTIONS["mish"]),
    "hardsilu hardswish": _of_floats(functions.FUNCTIONS["hard_silu"]),
    "hardtanh": _unary(functions.FUNCTIONS["hard_tanh"]),
    "tanhshrink": _of_floats(functions.FUNCTIONS["tanh_shrink"]),
    "logsigmoid": _of_floats(functions.FUNCTIONS["log_sigmoid"]),
    "sparseplus": _of_floats(functions.FUNCTIONS["sparse_plus"]),
    "sparsesigmoid": _of_floats(functions.FUNCTIONS["sparse_sigmoid"]),
    "squareplus": _of_floats(functions.FUNCTIONS["squareplus"]),
    "exponential": _of_floats(np.exp),
    })  # fmt: skip


def _quotient(x: Array, y: Array) -> Array:
    return np.true_divide(_float(x), _float(y))


def _safe_quotient(x: Array, y: Array) -> Array:
    return np.where(y == 0, np.zeros((), x.dtype), x / np.where(y == 0, np.ones((), y.dtype), y))


enter_all({
    "add addv2": _binary(np.add),
    "subtract sub": _binary(np.subtract),
    "multiply mul": _binary(np.multiply),
    "divide truediv truedivide realdiv": _binary(_quotient),
    "div": _binary(lambda x, y: x / y if x.dtype.kind == "f" else x // y),
    "dividenonan divnonan": _binary(_safe_quotient),
    "floordiv floordivide": _binary(np.floor_divide),
    "mod floormod": _binary(np.mod),
    "truncatemod fmod": _binary(np.fmod),
    "truncatediv": _binary(lambda x, y: np.trunc(x / y).astype(x.dtype)),
    "power pow": _binary(np.power),
    "maximum": _binary(np.maximum),
    "minimum": _binary(np.minimum),
    "fmax": _binary(np.fmax),
    "fmin": _binary(np.fmin),
    "squareddifference": _binary(lambda x, y: np.square(x - y)),
    "arctan2 atan2": _binary(np.arctan2),
    "hypot": _binary(np.hypot),
    "logaddexp": _binary(np.logaddexp),
    "logaddexp2": _binary(np.logaddexp2),
    "equal eq": _binary(np.equal),
    "notequal ne": _binary(np.not_equal),
    "greater gt": _binary(np.greater),
    "greaterequal ge": _binary(np.greater_equal),
    "less lt": _binary(np.less),
    "lessequal le": _binary(np.less_equal),
    "logicaland": _binary(np.logical_and),
    "logicalor": _binary(np.logical_or),
    "logicalxor": _binary(np.logical_xor),
    "bitwiseand": _binary(np.bitwise_and),
    "bitwiseor": _binary(np.bitwise_or),
    "bitwisexor": _binary(np.bitwise_xor),
    "bitwiseleftshift leftshift": _binary(np.left_shift),
    "bitwiserightshift rightshift": _binary(np.right_shift),
    "heaviside": _binary(np.heaviside),
    "gcd": _binary(np.gcd),
    "lcm": _binary(np.lcm),
    "nextafter": _binary(np.nextafter),
    "ldexp": _binary(lambda x, y: np.ldexp(x, y.astype(np.int32))),
    "multiplynonan": _binary(lambda x, y: np.where(y == 0, np.zeros((), x.dtype), x * y)),
    "xlog1py": _binary(lambda x, y: np.where(x == 0, np.zeros((), x.dtype), x * np.log1p(y))),
    "xdivy": _binary(lambda x, y: np.where(x == 0, np.zeros((), x.dtype), x / y)),
    "xlogy": _binary(lambda x, y: np.where(x == 0, np.zeros((), x.dtype), x * np.log(y))),
})  # fmt: skip


@operates("biasadd")
def biased(op: Arguments) -> Array:
    """A number for each channel added."""
    x = op.array()
    bias = op.array(op.first("bias", "value", "y"), x)
    return x + (bias.reshape(-1, *(1,) * (x.ndim - 2)) if op.text("data_format").startswith("nc") else bias)


@operates("dropout")
def dropped(op: Arguments) -> Array:
    """Nothing changes where nothing is dropped."""
    if op.real("rate", 0.0) or op.real("keep_prob", 1.0) != 1.0:
        raise CannotEvaluateError("it drops numbers at random, in use too")
    return op.array()


@operates("addn accumulaten")
def added(op: Arguments) -> Array:
    """The sum of a list of tensors."""
    first, *others = op.arrays()
    return sum(others, first)


@operates("where select selectv2 wherev2 switch")
def chosen(op: Arguments) -> Array:
    """One of two tensors, element by element."""
    condition = op.array("z")
    x, y = op.pair()
    if op.call.class_name == "TensorFlowOpLayer" and condition.ndim == 1 and x.ndim > 1:  # whole rows
        condition = condition.reshape(-1, *(1,) * (x.ndim - 1))
    return np.where(condition.astype(bool), x, y)


@operates("cast saturatecast")
def cast(op: Arguments) -> Array:
    """Another type."""
    return op.array().astype(dtype_named(op.get("dtype", op.get("DstT", "float32"))))


@operates("round")
def rounded(op: Arguments) -> Array:
    """The nearest whole number, of two the even one."""
    return np.round(op.array(), op.number("decimals", 0))


# What the releases call the lower and the upper bound.
_BOUNDS = (("x_min", "clip_value_min", "min_value"), ("x_max", "clip_value_max", "max_value"))


@operates("clip clipbyvalue")
def clipped(op: Arguments) -> Array:
    """Nothing below and above two bounds."""
    x = op.array()
    low, high = (next((op.array(name, x) for name in names if op.has(name)), None) for names in _BOUNDS)
    return np.clip(x, low, high)


@operates("relu")
def rectified(op: Arguments) -> Array:
    """The rectifier; the backend's own has options."""
    ceiling = op.get("max_value")
    slope = op.real("negative_slope", op.real("alpha", 0.0))
    return functions.relu(op.array(), slope, None if ceiling is None else float(ceiling), op.real("threshold", 0.0))


@operates("leakyrelu")
def leaky(op: Arguments) -> Array:
    """A small slope below zero."""
    return functions.relu(op.array(), op.real("negative_slope", op.real("alpha", 0.2)))


@operates("elu celu")
def exponential_linear(op: Arguments) -> Array:
    """An exponential below zero."""
    x, alpha = op.array(), op.real("alpha", 1.0)
    if op.name == "Celu":
        return (np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha)).astype(x.dtype)
    return functions.elu(x, alpha)


@operates("gelu")
def gaussian(op: Arguments) -> Array:
    """A bell's integral times the number."""
    return functions.gelu(_float(op.array()), op.flag("approximate", not op.traced))


@operates("hardsigmoid")
def hard_sigmoid(op: Arguments) -> Array:
    """A sigmoid of straight lines, the release's own."""
    return functions.HARD_SIGMOIDS[op.call.semantics["hard_sigmoid"]](_float(op.array()))


@operates("hardshrink")
def hard_shrink(op: Arguments) -> Array:
    """Zero near zero."""
    x = op.array()
    return np.where(np.abs(x) > op.real("threshold", 0.5), x, 0).astype(x.dtype)


@operates("softshrink")
def soft_shrink(op: Arguments) -> Array:
    """Nearer to zero."""
    x = op.array()
    return (np.sign(x) * np.maximum(np.abs(x) - op.real("threshold", 0.5), 0)).astype(x.dtype)


@operates("threshold")
def thresholded(op: Arguments) -> Array:
    """What is above a threshold, another number else."""
    x = op.array()
    return np.where(x > op.real("threshold", 0.0), x, op.real("value", op.real("default_value", 0.0))).astype(x.dtype)


@operates("softmax")
def softmax(op: Arguments) -> Array:
    """Exponentials that add up to 1."""
    x = _float(op.array())
    if not op.traced and op.named.get("axis", -1) is None:
        return functions.softmax(x.reshape(-1), -1).reshape(x.shape)
    return functions.softmax(x, op.axis("axis", x.ndim, -1))


@operates("logsoftmax")
def log_softmax(op: Arguments) -> Array:
    """The logarithm of the softmax."""
    x = _float(op.array())
    return functions.log_softmax(x, op.axis("axis", x.ndim, -1))


@operates("sparsemax")
def sparsemax(op: Arguments) -> Array:
    """The nearest point of the simplex."""
    x = _float(op.array())
    return functions.sparsemax(x, op.axis("axis", x.ndim, -1))


@operates("glu")
def gated(op: Arguments) -> Array:
    """One half, gated by the other."""
    x = _float(op.array())
    return functions.glu(x, op.axis("axis", x.ndim, -1))


@operates("nantonum")
def nan_to_num(op: Arguments) -> Array:
    """Numbers for what is none."""
    return np.nan_to_num(op.array(), nan=op.real("nan", 0.0), posinf=op.get("posinf"), neginf=op.get("neginf"))


@operates("shape")
def shape(op: Arguments) -> Array:
    """The shape itself."""
    return np.array(op.array().shape, np.int32)


@operates("size")
def size(op: Arguments) -> Array:
    """The number of elements."""
    return np.array(op.array().size, np.int32)


@operates("rank ndim")
def rank(op: Arguments) -> Array:
    """The number of dimensions."""
    return np.array(op.array().ndim, np.int32)
