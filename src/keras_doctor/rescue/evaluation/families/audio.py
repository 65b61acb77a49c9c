"""Spectrograms of Keras 3.

Source: `keras/src/layers/preprocessing/mel_spectrogram.py` and `stft_spectrogram.py` of 3.15.1.
"""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.operations.spectra import short_time
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.windows import convolve, padded, same_padding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

_LEAST = 1e-7  # keras.backend.epsilon()


@computes("MelSpectrogram")
def mel_spectrogram(call: Call) -> Any:
    """The energy in each mel band at each step: (…, bands, steps)."""
    fft = call.size("fft_length", 2048)
    sequence, window = call.number("sequence_length", fft), call.value("window", "hann")
    found = short_time(call, call.x, (sequence, call.size("sequence_stride", 512), fft), window, center=True)
    rate = _real(call, "sampling_rate", 16000)
    highest = _real(call, "max_freq", int(rate / 2)) or int(rate / 2)
    bands = _bands(call.size("num_mel_bins", 128), found.shape[-1], (rate, _real(call, "min_freq", 20.0), highest))
    energy = np.matmul(np.abs(found) ** _real(call, "mag_exp", 2.0), bands)
    if call.flag("power_to_db", default=True):
        energy = _decibels(call, energy)
    return np.swapaxes(energy, -1, -2).astype(call.x.dtype)


def _real(call: Call, key: str, default: float) -> float:
    stated = call.value(key, default)
    return float(stated) if isinstance(stated, (int, float)) else default


def _decibels(call: Call, energy: Array) -> Array:
    least = _real(call, "min_power", 1e-10)
    level = 10 * np.log10(np.maximum(energy, least))
    level = level - 10 * np.log10(max(abs(_real(call, "ref_power", 1.0)), least))
    return np.maximum(level, level.max(initial=-np.inf) - _real(call, "top_db", 80.0))


def _bands(count: int, frequencies: int, hertz: tuple[float, float, float]) -> Array:
    """Return triangles over the frequencies (frequencies, count): from one edge in mel to the next but one."""
    rate, lowest, highest = hertz
    allow((count, frequencies))
    edges = np.linspace(_mel(lowest), _mel(highest), count + 2)
    places = _mel(np.linspace(0, rate / 2, frequencies)[1:, None])
    rising = (places - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - places) / (edges[2:] - edges[1:-1])
    return np.concatenate([np.zeros((1, count)), np.maximum(np.minimum(rising, falling), 0)])


def _mel(hertz: Any) -> Any:
    return 1127 * np.log(1 + hertz / 700)


@computes("STFTSpectrogram")
def stft_spectrogram(call: Call) -> Any:
    """The frequencies in each frame, by convolutions with sines and cosines that are variables."""
    mode = call.text("mode", "log")
    if mode in ("real", "imag"):
        return _arranged(call, _correlated(call, f"{mode}_kernel"))
    real, imaginary = _correlated(call, "real_kernel"), _correlated(call, "imag_kernel")
    if mode == "angle":
        return _arranged(call, np.arctan2(imaginary, real))
    if mode == "stft":
        return _arranged(call, np.concatenate([real, imaginary], axis=-1))
    power = real * real + imaginary * imaginary
    if mode == "psd":  # both halves of the spectrum count
        power[..., 1:-1] *= 2
        return _arranged(call, power)
    size = _arranged(call, np.sqrt(np.maximum(power, np.float32(_LEAST))))
    return size if mode == "magnitude" else np.log(np.maximum(size, np.float32(_LEAST)))


def _correlated(call: Call, name: str) -> Array:
    """Return (batch, channels, steps, frequencies)."""
    x, kernel = call.x, call.variable(name)
    x = x if call.channels_first else np.swapaxes(x, 1, 2)
    rows = x.reshape(-1, x.shape[-1], 1)
    stride = call.size("frame_step", len(kernel) // 2)
    if call.text("padding", "valid") == "same":
        rows = padded(rows, [same_padding(rows.shape[1], len(kernel), stride, 1)])
    found = convolve(rows, kernel.astype(x.dtype), (stride,), (1,))
    return found.reshape(*x.shape[:2], *found.shape[1:])


def _arranged(call: Call, found: Array) -> Array:
    if call.flag("expand_dims"):
        return found if call.channels_first else found.transpose(0, 2, 3, 1)
    batch, channels, steps, frequencies = found.shape
    joined = found.transpose(0, 1, 3, 2).reshape(batch, channels * frequencies, steps)
    return joined if call.channels_first else np.swapaxes(joined, 1, 2)
