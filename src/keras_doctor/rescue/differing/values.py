"""How far the numbers of two tensors are apart, compared piece by piece."""

from __future__ import annotations

from keras_doctor.document.expressions import item_size
from keras_doctor.document.moving import Taker
from keras_doctor.rescue.differing.entries import Values
from keras_doctor.writers.evaluation import pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef

    Numbers = Callable[[bytes | memoryview, str], Any]

OPAQUE = "opaque"  # what a file without a note of the true type has for one that NumPy does not know
_ELEMENTS = 1 << 18


def compared(a: TensorRef, b: TensorRef) -> Values | None:
    """Return how two tensors of one shape differ, None when all their values are equal.

    Without NumPy bytes are compared: then it is only said that they differ. Raises `wire.errors.FormatError` when the
    bytes of one are damaged.
    """
    alike = a.dtype == b.dtype or OPAQUE in (a.dtype, b.dtype)
    numbers = _numbers(a.dtype, b.dtype)
    differing = 0
    largest: list[float] = []
    for first, second in zip(_pieces(a), _pieces(b), strict=True):
        if alike and first == second:
            continue
        if numbers is None:
            return Values(a.size)
        count, apart = _apart(numbers(first, a.dtype), numbers(second, b.dtype))
        differing += count
        largest += apart
    if numbers is None or not differing:
        return None
    scales = [_largest(_wide(numbers(piece, a.dtype))) for piece in _pieces(a)]
    scale = max((one for few in scales for one in few), default=0.0)
    return Values(a.size, differing, max(largest, default=None), scale)


def _pieces(tensor: TensorRef) -> Iterator[bytes | memoryview]:
    """Yield the values in pieces of as many elements, whatever their size."""
    taker = Taker(pieces(tensor))
    width = item_size(tensor)
    for start in range(0, tensor.size, _ELEMENTS):
        yield taker.take(min(_ELEMENTS, tensor.size - start) * width)


def _numbers(*dtypes: str) -> Numbers | None:
    """Return what makes numbers of stored bytes, None where NumPy is not there or does not know one of the dtypes."""
    try:
        from keras_doctor.writers.arithmetic import numbers

        for dtype in dtypes:
            numbers(b"", dtype)
    except (ImportError, TypeError):
        return None
    return numbers


def _wide(values: Any) -> Any:
    """Return numbers in a type in which the difference of two of any dtype is told."""
    import numpy as np

    return values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)


def _apart(a: Any, b: Any) -> tuple[int, list[float]]:
    """Return how many values differ, and the largest difference, if any is finite. What is no number equals itself."""
    import numpy as np

    wide_a, wide_b = _wide(a), _wide(b)
    differing = ~((a == b) | (np.isnan(wide_a) & np.isnan(wide_b)))
    with np.errstate(all="ignore"):
        return int(differing.sum()), _largest((wide_a - wide_b)[differing])


def _largest(values: Any) -> list[float]:
    """Return the largest finite absolute value, nothing when there is none."""
    import numpy as np

    sizes = np.abs(values)
    finite = sizes[np.isfinite(sizes)]
    return [float(finite.max())] if finite.size else []
