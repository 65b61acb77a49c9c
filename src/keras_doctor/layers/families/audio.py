"""Spectrograms."""

from __future__ import annotations

from keras_doctor.layers.families.convolution import divided, joined
from keras_doctor.layers.shapes import CannotInferError, product
from keras_doctor.layers.stock import stock
from keras_doctor.layers.windows import slid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("MelSpectrogram")
def mel_spectrogram(call: Call) -> Any:
    """Puts out the energy in each mel band at each step (`MelSpectrogram.compute_output_shape`)."""
    shape = call.ranked(1, 2)
    stride = call.size("sequence_stride", 512)
    if not stride:
        raise CannotInferError("its stride is not positive")
    length = shape[-1]
    steps = None if length is None else (length + stride + 1) // stride
    return (*shape[:-1], call.size("num_mel_bins", 128), steps)


@stock("STFTSpectrogram")
def stft_spectrogram(call: Call) -> Any:
    """Puts out the frequencies in each frame, by two convolutions that hold sines and cosines."""
    lead, (length,), channels = divided(call, 1, call.ranked(3))
    frame = call.size("frame_length", 256)
    power_of_two = 1 << (frame - 1).bit_length() if frame else 1
    bands = call.size("fft_length", power_of_two) // 2 + 1
    mode = call.text("mode", "log")
    for name, other in (("real_kernel", "imag"), ("imag_kernel", "real")):
        if mode != other:
            call.own(name, (frame, 1, bands))
    bands *= 2 if mode == "stft" else 1
    step = call.size("frame_step", frame // 2)
    steps = slid(length, frame, step, call.text("padding", "valid"))
    if not call.flag("expand_dims"):
        return joined(call, lead, (steps,), product((bands, channels)))
    return (*lead, channels, steps, bands) if call.channels_first else (*lead, steps, bands, channels)
