"""The kernels of convolutions as Keras 2 has them, from those of every era and backend."""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


def convolution_kernel(call: Call, rank: int, name: str = "kernel", *, transposed: bool = False) -> Array:
    """Return a kernel as (*window, in, out), as (*window, out, in) for a `transposed` convolution.

    Keras 1 keeps channels_first kernels as (out, in, *window), one-dimensional ones as (length, 1, in, out), and those
    of a Deconvolution2D like those of a Convolution2D; its windows are turned around under Theano, as are those of
    Keras 2 (`conv_utils.convert_kernel`).
    """
    kernel = call.variable(name)
    if call.era.outputs_lead:
        if rank == 1 and kernel.ndim == 4:
            kernel = kernel[:, 0]
        elif call.channels_first:
            kernel = np.moveaxis(kernel, (0, 1), (-1, -2))
        if transposed:
            kernel = np.swapaxes(kernel, -1, -2)
    return flipped(call, kernel, rank)


def flipped(call: Call, kernel: Array, rank: int) -> Array:
    """Return a kernel with its window the way in which TensorFlow slides it."""
    if not call.semantics.backend and call.runner.era_name == "keras-1":
        call.approximate("Keras 1 does not say whether its kernels are Theano's, which are turned around")
    if call.semantics.backend != "theano":
        return kernel
    return np.flip(kernel, axis=tuple(range(rank)))
