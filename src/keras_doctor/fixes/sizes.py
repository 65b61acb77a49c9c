"""Sizes of tensors that are open until the model runs, and what arithmetic makes of them: `tf.shape(x)[1] * 2`.

A size is a number, or a `Size` where an open one is in it.
"""

from __future__ import annotations

import math

from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice
from keras_doctor.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.inbound import Ref

    Axis = tuple[Ref, int]


@record
class Size:
    """factor * (the sizes of tensors along axes, multiplied) + plus."""

    factor: int
    axes: tuple[Axis, ...]
    plus: int = 0


class Vector(list):  # type: ignore[type-arg]
    """A tensor of sizes, such as the shape of another: arithmetic goes place by place."""


def calculated(symbol: str, first: Any, second: Any) -> Any:
    """Return what an operator makes of two sizes, or of lists of them. Raises CannotInferError for what is none."""
    if isinstance(first, Vector) or isinstance(second, Vector):
        length = len(first) if isinstance(first, list) else len(second)
        pair = [one if isinstance(one, list) else [one] * length for one in (first, second)]
        if len(pair[0]) != len(pair[1]):
            raise CannotInferError("its sizes do not go together")
        return Vector(calculated(symbol, *both) for both in zip(*pair, strict=True))
    if not all(isinstance(one, (int, float, Size)) and not isinstance(one, bool) for one in (first, second)):
        raise CannotInferError(f"what {symbol} makes of sizes is not known")
    if not isinstance(first, Size) and not isinstance(second, Size):
        return _number(symbol, first, second)
    if isinstance(first, Size) and isinstance(second, int):
        return _with_number(symbol, first, second)
    if isinstance(second, Size) and isinstance(first, int) and symbol in ("+", "*"):
        return _with_number(symbol, second, first)
    if isinstance(first, Size) and isinstance(second, Size):
        return _both(symbol, first, second)
    raise CannotInferError(f"what {symbol} makes of an open size is not known")


def product(sizes: list[Any]) -> Any:
    """Return sizes multiplied."""
    total: Any = 1
    for one in sizes:
        total = calculated("*", total, one)
    return total


def quotient(whole: Any, part: Any) -> Any:
    """Return the size that makes `whole` out of `part`. Raises CannotInferError when that is none."""
    pair = [one if isinstance(one, Size) else Size(one, ()) for one in (whole, part)]
    axes = list(pair[0].axes)
    if any(one.plus for one in pair) or pair[1].factor < 1 or pair[0].factor % pair[1].factor:
        raise CannotInferError("its sizes do not go together")
    for axis in pair[1].axes:
        if axis not in axes:
            raise CannotInferError("its sizes do not go together")
        axes.remove(axis)
    return _size(pair[0].factor // pair[1].factor, axes)


def _size(factor: int, axes: list[Axis], plus: int = 0) -> int | Size:
    ordered = tuple(sorted(axes, key=lambda axis: (axis[0].layer, axis[0].node, axis[0].tensor, axis[1])))
    return Size(factor, ordered, plus) if axes and factor else factor * (not axes) + plus


def _with_number(symbol: str, size: Size, number: int) -> int | Size:
    if symbol in ("+", "-"):
        return replace(size, plus=size.plus + (number if symbol == "+" else -number))
    if symbol == "*":
        return _size(size.factor * number, list(size.axes), size.plus * number)
    if symbol in ("/", "//") and number and size.factor % number == 0 == size.plus % number:
        return Size(size.factor // number, size.axes, size.plus // number)
    raise CannotInferError(f"what {symbol} makes of an open size is not known")


def _both(symbol: str, first: Size, second: Size) -> Any:
    if symbol == "*" and not first.plus and not second.plus:
        return _size(first.factor * second.factor, [*first.axes, *second.axes])
    if symbol in ("+", "-") and first.axes == second.axes:
        sign = 1 if symbol == "+" else -1
        return _size(first.factor + sign * second.factor, list(first.axes), first.plus + sign * second.plus)
    if symbol in ("/", "//"):
        return quotient(first, second)
    raise CannotInferError(f"what {symbol} makes of open sizes is not known")


def _number(symbol: str, first: float, second: float) -> float:
    """Return what an operator makes of numbers; a whole number where it is one of whole numbers."""
    whole = isinstance(first, int) and isinstance(second, int)
    if symbol in ("/", "//", "%") and second and whole:
        if symbol == "%":
            return first % second
        return first / second if symbol == "/" and first % second else first // second
    if symbol in ("+", "-", "*"):
        return first + second if symbol == "+" else first - second if symbol == "-" else first * second
    if symbol == "/" and second:
        return first / second
    if symbol == "**" and abs(first) < 1e6 and abs(second) <= 16 and (first or second > 0):
        return float(first**second) if not whole else first**second
    raise CannotInferError(f"what {symbol} makes of numbers is not known")


def of_number(name: str, value: Any) -> float:
    """Return what a function of one number gives. Raises CannotInferError when it is not known, or no number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if name == "constant":
            return value
        try:
            if name in ("sqrt", "log", "exp"):
                return float(getattr(math, name)(value))
            if name == "rsqrt":
                return float(value**-0.5)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise CannotInferError("its function computes what is no number") from error
    raise CannotInferError(f"what {name[:40]} makes of numbers is not known")


def is_sizes(value: Any) -> bool:
    """Tell whether a value is a size or a list of sizes."""
    if isinstance(value, list):
        return bool(value) and all(is_sizes(one) for one in value)
    return isinstance(value, (int, Size)) and not isinstance(value, bool)


def has_open(value: Any) -> bool:
    """Tell whether an open size is in a value."""
    if isinstance(value, (list, tuple)):
        return any(has_open(one) for one in value)
    if isinstance(value, dict):
        return any(has_open(one) for one in value.values())
    if isinstance(value, Slice):
        return has_open((value.start, value.stop, value.step))
    return isinstance(value, Size)
