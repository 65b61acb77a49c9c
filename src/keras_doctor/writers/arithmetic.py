"""Evaluation of the expressions that calculate, with NumPy, piece by piece.

Each operation calculates in float64 (integers: in their own type) and rounds once, to nearest, to the dtype of its
result.
"""

from __future__ import annotations

import numpy as np

from keras_doctor.document.moving import Taker
from keras_doctor.document.tensors import ITEM_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    from keras_doctor.document.expressions import Evaluate, Expression, Operation

    Array = NDArray[Any]

_ELEMENTS = 1 << 18  # of one piece


def numbers(data: bytes | memoryview, dtype: str) -> Array:
    """Return stored bytes as numbers of their dtype; bfloat16, which NumPy does not know, as float32.

    Raises TypeError for the 8-bit floats and whatever else has no numbers here.
    """
    if dtype == "bfloat16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    kind = np.dtype(dtype) if dtype in ITEM_SIZE else None  # "float" of a strange size is not NumPy's float
    if kind is None or kind.kind not in "biufc":
        raise TypeError(f"{dtype} has no numbers to calculate with")
    return np.frombuffer(data, kind.newbyteorder("<"))


def stored(values: Array, dtype: str) -> bytes:
    """Return numbers as the bytes that are stored for `dtype`, rounded to nearest."""
    if dtype != "bfloat16":
        return values.astype(np.dtype(dtype).newbyteorder("<"), copy=False).tobytes()
    # Round to odd in 32 bits, then to nearest even in 16: rounding to nearest twice can go the wrong way.
    single = values.astype(np.float32)
    bits = single.view(np.uint32)
    if values.dtype == np.float64:
        wide = single.astype(np.float64)
        toward = np.abs(wide) > np.abs(values)
        bits = np.where(toward, bits - 1, bits)
        bits = np.where((wide != values) & ~np.isnan(values), bits | 1, bits)
    nan = np.isnan(single)
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    return np.where(nan, bits >> 16 | 0x40, rounded).astype("<u2").tobytes()


def _wide(values: Array) -> Array:
    """Return numbers in the type that they are calculated in."""
    return values.astype(np.float64) if values.dtype.kind == "f" else values


def _each(
    tensor: Expression, evaluate: Evaluate, of: Callable[..., Array], elements: int = _ELEMENTS
) -> Iterator[bytes]:
    """Yield `of` the place of the first element and the inputs' numbers, in pieces of so many `elements`."""
    takers = [(Taker(evaluate(one)), one.nbytes // max(one.size, 1), one.dtype) for one in tensor.inputs]
    for at in range(0, tensor.size, elements):
        count = min(elements, tensor.size - at)
        values = [numbers(taker.take(count * width), dtype) for taker, width, dtype in takers]
        with np.errstate(all="ignore"):  # infinities and NaN are as good here as in the model
            yield stored(of(at, *values), tensor.dtype)


def _scale(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    factor, axis, start, stop = (tensor.arguments[name] for name in ("factor", "axis", "start", "stop"))
    if axis is None:
        return _each(tensor, evaluate, lambda _, values: _wide(values) * factor)
    factors = np.where((np.arange(tensor.shape[axis]) >= start) & (np.arange(tensor.shape[axis]) < stop), factor, 1.0)
    entry = int(np.prod(tensor.shape[axis + 1 :], dtype=np.int64))  # elements that have one factor
    period = max(1, len(factors) * entry)
    if period > _ELEMENTS:

        def scaled(at: int, values: Array) -> Array:
            first, last = at // entry, (at + len(values) - 1) // entry
            repeated: Array = np.repeat(factors[np.arange(first, last + 1) % len(factors)], entry)
            skipped = at - first * entry
            made: Array = _wide(values) * repeated[skipped : skipped + len(values)]
            return made

        return _each(tensor, evaluate, scaled)
    periods = _ELEMENTS // period
    pattern = np.tile(np.repeat(factors, entry), periods)
    return _each(tensor, evaluate, lambda _, values: _wide(values) * pattern[: len(values)], periods * period)


def _shift(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    amount = tensor.arguments["amount"]
    return _each(tensor, evaluate, lambda _, values: _wide(values) + amount)


def _add(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return _each(tensor, evaluate, lambda _, first, second: _wide(first) + _wide(second))


def _multiply(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return _each(tensor, evaluate, lambda _, first, second: _wide(first) * _wide(second))


def _square_root(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return _each(tensor, evaluate, lambda _, values: np.sqrt(_wide(values)))


def _square(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return _each(tensor, evaluate, lambda _, values: np.square(_wide(values)))


def _reciprocal(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return _each(tensor, evaluate, lambda _, values: 1.0 / _wide(values))


def _cast(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return _each(tensor, evaluate, lambda _, values: values)


OPERATIONS: dict[str, Operation] = {
    "scale": _scale,
    "shift": _shift,
    "add": _add,
    "multiply": _multiply,
    "square_root": _square_root,
    "square": _square,
    "reciprocal": _reciprocal,
    "cast": _cast,
}
