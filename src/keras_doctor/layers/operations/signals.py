"""Operations on signals: Fourier transforms and overlapping pieces."""

from __future__ import annotations

from keras_doctor.layers.operations.operands import Operands
from keras_doctor.layers.shapes import CannotInferError, Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _last(op: Operands) -> tuple[Shape, int | None]:
    shape = op.shape()
    if not shape:
        raise CannotInferError("it takes a signal and gets a single number")
    return shape[:-1], shape[-1]


def frequencies(op: Operands) -> Any:
    """Real and imaginary part of the frequencies of a real signal."""
    lead, length = _last(op)
    length = op.number("fft_length") if op.has("fft_length") else length
    return [(*lead, None if length is None else length // 2 + 1)] * 2


def from_frequencies(op: Operands) -> Any:
    """A real signal from its frequencies."""
    pair = op.get("x")
    lead, bands = _last(Operands({"x": pair[0] if isinstance(pair, list) and pair else pair}, op.traced))
    if op.has("fft_length"):
        return (*lead, op.number("fft_length"))
    return (*lead, None if bands is None else 2 * (bands - 1))


def complex_parts(op: Operands) -> Any:
    """Real and imaginary part of the frequencies of a complex signal."""
    shapes = op.shapes()
    return [shapes[0]] * 2


def pieces(op: Operands) -> Any:
    """Overlapping pieces of a signal."""
    lead, length = _last(op)
    size, stride = op.number("size"), op.number("stride")
    if stride < 1:
        raise CannotInferError("its stride is not positive")
    return (*lead, None if length is None else 1 + (length - size) // stride, size)


def short_time(op: Operands) -> Any:
    """Frequencies of overlapping pieces of a signal."""
    lead, length = _last(op)
    stride, fft = op.number("stride"), op.number("fft_length")
    if stride < 1:
        raise CannotInferError("its stride is not positive")
    if length is not None and op.named.get("center") is not False:
        length += fft // 2 * 2
    bands = fft // 2 + 1
    return [(*lead, None if length is None else 1 + (length - fft) // stride, bands)] * 2


def from_short_time(op: Operands) -> Any:
    """A signal from the frequencies of its overlapping pieces."""
    shape = op.shapes()[0]
    if len(shape) < 2:
        raise CannotInferError("it takes frequencies of pieces and gets less than 2 dimensions")
    if op.has("length"):
        return (*shape[:-2], op.number("length"))
    fft, count = op.number("fft_length"), shape[-2]
    if count is None:
        return (*shape[:-2], None)
    length = (count - 1) * op.number("stride") + fft
    return (*shape[:-2], length - fft // 2 * 2 if op.named.get("center") is not False else length)


def joined_parts(op: Operands) -> Any:
    """Complex numbers from pairs."""
    return _last(op)[0]


def parted(op: Operands) -> Any:
    """Pairs from complex numbers."""
    return (*op.shape(), 2)
