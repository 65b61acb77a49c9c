"""How far the numbers of two tensors are apart, compared piece by piece."""

from __future__ import annotations

from keras_doctor.document.expressions import item_size
from keras_doctor.document.moving import Taker
from keras_doctor.rescue.differing.entries import Values
from keras_doctor.writers.evaluation import pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.tensors import TensorRef

OPAQUE = "opaque"  # what a file without a note of the true type has for one that NumPy does not know
_ELEMENTS = 1 << 18


def compared(a: TensorRef, b: TensorRef) -> Values | None:
    """Return how two tensors of one shape differ, None when all their values are equal.

    Without NumPy bytes are compared: then it is only said that they differ. Raises `wire.errors.FormatError` when the
    bytes of one are damaged.
    """
    takers = Taker(pieces(a)), Taker(pieces(b))
    widths = item_size(a), item_size(b)
    tally = _Tally(a, b)
    for start in range(0, a.size, _ELEMENTS):
        count = min(_ELEMENTS, a.size - start)
        first, second = (taker.take(count * width) for taker, width in zip(takers, widths, strict=True))
        if first == second and (a.dtype == b.dtype or OPAQUE in (a.dtype, b.dtype)):
            tally.equal(first)
        elif not tally.add(first, second):
            return Values(a.size)
    return tally.result()


class _Tally:
    """Counts what differs."""

    def __init__(self, a: TensorRef, b: TensorRef) -> None:
        self._dtypes = a.dtype, b.dtype
        self._count = a.size
        self._numpy: Any = None
        self._numbers: Any = None
        self._differing = 0
        self._max: float | None = None
        self._scale = 0.0
        try:
            import numpy

            from keras_doctor.writers.arithmetic import numbers

            for dtype in self._dtypes:
                numbers(b"", dtype)
        except (ImportError, TypeError):
            return
        self._numpy, self._numbers = numpy, numbers

    def equal(self, data: bytes | memoryview) -> None:
        """Count a piece that is the same in both."""
        if self._numpy is not None:
            self._scale = max(self._scale, self._largest(self._numbers(data, self._dtypes[0])) or 0.0)

    def add(self, first: bytes | memoryview, second: bytes | memoryview) -> bool:
        """Compare two pieces; tell whether they could be."""
        if self._numpy is None:
            return False
        np = self._numpy
        a, b = (
            self._numbers(data, dtype).astype(np.complex128 if dtype.startswith("complex") else np.float64)
            for data, dtype in zip((first, second), self._dtypes, strict=True)
        )
        differing = ~((a == b) | (np.isnan(a) & np.isnan(b)))
        self._differing += int(differing.sum())
        with np.errstate(all="ignore"):
            apart = self._largest((a - b)[differing])
        if apart is not None:
            self._max = max(self._max or 0.0, apart)
        self._scale = max(self._scale, self._largest(a) or 0.0)
        return True

    def _largest(self, values: Any) -> float | None:
        """Return the largest finite absolute value."""
        np = self._numpy
        sizes = np.abs(values.astype(np.float64) if values.dtype.kind in "biu" else values)
        finite = sizes[np.isfinite(sizes)]
        return float(finite.max()) if finite.size else None

    def result(self) -> Values | None:
        """Return the count, None when nothing differs."""
        if not self._differing:
            return None
        return Values(self._count, self._differing, self._max, self._scale)
