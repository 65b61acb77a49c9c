"""Layers that only Keras 1 had; Keras 2 kept some of them, argument names and all, in `keras.legacy.layers`."""

from __future__ import annotations

from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("TimeDistributedDense")
def time_distributed_dense(call: Call) -> Any:
    """A dense layer on each step."""
    batch, steps, last = call.ranked(3)
    units = call.size("units")
    call.own("W", (last, units))
    if call.flag("use_bias", True):
        call.own("b", (units,))
    return (batch, steps, units)


@stock("MaxoutDense")
def maxout_dense(call: Call) -> Any:
    """The largest of several dense layers."""
    batch, last = call.ranked(2)
    units, features = call.size("units"), call.size("nb_feature", 4)
    call.own("W", (features, last, units))
    if call.flag("use_bias", True):
        call.own("b", (features, units))
    return (batch, units)


@stock("Highway")
def highway(call: Call) -> Any:
    """A dense layer and a gate that lets the input pass beside it."""
    batch, last = call.ranked(2)
    call.own("W", (last, last))
    call.own("W_carry", (last, last))
    if call.flag("use_bias", True):
        call.own("b", (last,))
        call.own("b_carry", (last,))
    return (batch, last)
