"""Activations that are layers."""

from __future__ import annotations

from keras_doctor.layers.shapes import Shape
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("ELU", "LeakyReLU", "ReLU", "Softmax", "ThresholdedReLU")
def plain(call: Call) -> Any:
    """Puts out a tensor of the shape that comes in."""
    return call.input


def _shared(call: Call) -> Shape:
    """Return the shape of one coefficient array: that of a sample, with 1 for each axis over which it is shared.

    No release makes an array with an open size (`loaders.graphs` says so), but Keras 1 saves such layers: it leaves the
    shared axes out of the config.
    """
    shape = call.input
    axes = call.axes("shared_axes", len(shape), [])
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape) if axis)


@stock("PReLU")
def prelu(call: Call) -> Any:
    """Learns a slope for each place."""
    call.own("alpha", _shared(call), open_ended=True)
    return call.input


@stock("SReLU")
def srelu(call: Call) -> Any:
    """Learns an S of three lines for each place (Keras 1)."""
    for name in ("t_left", "a_left", "t_right", "a_right"):
        call.own(name, _shared(call), open_ended=True)
    return call.input


@stock("ParametricSoftplus")
def parametric_softplus(call: Call) -> Any:
    """Learns two factors for each place (Keras 1)."""
    for name in ("alpha", "betas"):
        call.own(name, _shared(call), open_ended=True)
    return call.input
