"""Fourier transforms."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, numbers, operates
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


@operates("rfft")
def frequencies(op: Arguments) -> list[Array]:
    """Real and imaginary part of the frequencies of a real signal."""
    x = op.array()
    found = np.fft.rfft(x, op.number("fft_length", x.shape[-1]))
    return [found.real.astype(x.dtype), found.imag.astype(x.dtype)]


@operates("irfft")
def from_frequencies(op: Arguments) -> Array:
    """A real signal from its frequencies."""
    real, imaginary = (numbers(one) for one in op.get("x"))
    length = op.number("fft_length", 2 * (real.shape[-1] - 1))
    return np.fft.irfft(real + 1j * imaginary, length).astype(real.dtype)


@operates("fft fft2 ifft2 fft2d ifft ifft2d")
def transformed(op: Arguments) -> list[Array] | Array:
    """The frequencies of complex numbers: in Keras 3 a pair of real and imaginary parts, in TensorFlow one tensor."""
    name = op.name.rpartition(".")[2].lower()
    change = (
        (np.fft.ifft2 if name.startswith("i") else np.fft.fft2)
        if "2" in name
        else (np.fft.ifft if name.startswith("i") else np.fft.fft)
    )
    if op.traced:
        return change(op.array()).astype(np.complex64)
    real, imaginary = (numbers(one) for one in op.get("x"))
    found = change(real + 1j * imaginary)
    return [found.real.astype(real.dtype), found.imag.astype(real.dtype)]


@operates("stft")
def short_time_parts(op: Arguments) -> list[Array]:
    """Real and imaginary part of the frequencies of overlapping pieces (Keras 3)."""
    x, sizes = op.array(), (op.number("size"), op.number("stride"), op.number("fft_length"))
    found = short_time(op.call, x, sizes, op.named.get("window", "hann"), op.flag("center", default=True))
    return [found.real.astype(x.dtype), found.imag.astype(x.dtype)]


def short_time(call: Call, x: Array, sizes: tuple[int, int, int], window: Any, center: bool) -> Array:
    """Return the frequencies of overlapping pieces of a signal (…, pieces, frequencies), complex. `sizes`: of a piece,
    of the steps between them, of the transform.
    """
    size, stride, length = sizes
    if stride < 1 or not 0 < size <= length:
        raise CannotEvaluateError("its pieces make no sense")
    if center:
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(length // 2, length // 2)], mode="reflect")
    before = (length - size) // 2
    shape = np.pad(_window(call, window, size), (before, length - size - before))
    starts = range(0, x.shape[-1] - length + 1, stride)
    allow((*x.shape[:-1], len(starts), length))
    return np.fft.rfft(np.stack([x[..., start : start + length] for start in starts], axis=-2) * shape)


def _window(call: Call, window: Any, size: int) -> Array:
    if window is None:
        return np.ones(size)
    if not isinstance(window, str):
        return numbers(window)
    # TensorFlow's window of an odd length is not periodic.
    period = size if size % 2 == 0 or call.semantics.backend in ("jax", "torch") else size - 1
    middle = {"hann": 0.5, "hamming": 0.54}.get(window)
    if middle is None:
        raise CannotEvaluateError(f"the window {window[:40]!r} is not known")
    return middle - (1 - middle) * np.cos(2 * np.pi * np.arange(size) / max(period, 1))


@operates("extractsequences frame")
def pieces(op: Arguments) -> Array:
    """Overlapping pieces of a signal."""
    x, size, stride = op.array(), op.number("size"), op.number("stride")
    starts = range(0, x.shape[-1] - size + 1, stride)
    return np.stack([x[..., start : start + size] for start in starts], axis=-2)
