"""Fourier transforms."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.operations.arguments import Arguments, numbers, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
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


@operates("extractsequences frame")
def pieces(op: Arguments) -> Array:
    """Overlapping pieces of a signal."""
    x, size, stride = op.array(), op.number("size"), op.number("stride")
    starts = range(0, x.shape[-1] - size + 1, stride)
    return np.stack([x[..., start : start + size] for start in starts], axis=-2)
