"""Cells: what a recurrent layer does at each step. A rule puts out the step's output and, after it, each state."""

from __future__ import annotations

from keras_doctor.layers.families.convolution import divided, joined, ordered, slid_sides
from keras_doctor.layers.shapes import CannotInferError, Shape
from keras_doctor.layers.stock import stock
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


def gates(call: Call, kernel: Shape, recurrent: Shape, bias: Shape, letters: str, part: str = "") -> None:
    """Enter the arrays of a gated cell, whose last dimension is that of all gates together. `letters`: the gates as
    Keras 1 names and orders them.
    """
    use_bias = call.flag("use_bias", True)
    if call.era.gates_apart and call.text("consume_less", "cpu") != "gpu":
        for letter in letters:
            call.own(f"W_{letter}", kernel, part=part)
            call.own(f"U_{letter}", recurrent, part=part)
            call.own(f"b_{letter}", bias, part=part)
        return
    count = len(letters)
    call.own("kernel", _wide(kernel, count), part=part)
    call.own("recurrent_kernel", _wide(recurrent, count), part=part)
    if use_bias:
        call.own("bias", _wide(bias, count), part=part)


def _wide(shape: Shape, count: int) -> Shape:
    last = shape[-1]
    return (*shape[:-1], last * count if last is not None else None)


def lstm_variables(call: Call, features: int | None, part: str = "") -> int:
    """Enter what an LSTM owns; return its units."""
    units = call.size("units")
    gates(call, (features, units), (units, units), (units,), "icfo", part)
    return units


def gru_variables(call: Call, features: int | None, part: str = "") -> int:
    """Enter what a GRU owns; return its units. One that resets after the product has a second row of biases."""
    units = call.size("units")
    after = call.flag("reset_after", call.era.reset_after)
    bias: Shape = (2, units) if after and not call.era.gates_apart else (units,)
    gates(call, (features, units), (units, units), bias, "zrh", part)
    return units


def simple_variables(call: Call, features: int | None, part: str = "") -> int:
    """Enter what a SimpleRNN owns; return its units."""
    units = call.size("units")
    call.own("kernel", (features, units), part=part)
    call.own("recurrent_kernel", (units, units), part=part)
    if call.flag("use_bias", True):
        call.own("bias", (units,), part=part)
    return units


@stock("SimpleRNNCell")
def simple_cell(call: Call) -> Any:
    """One state, which is the output."""
    batch, features = call.ranked(2)
    units = simple_variables(call, features)
    return [(batch, units)] * 2


@stock("GRUCell")
def gru_cell(call: Call) -> Any:
    """One state, which is the output."""
    batch, features = call.ranked(2)
    units = gru_variables(call, features)
    return [(batch, units)] * 2


@stock("LSTMCell")
def lstm_cell(call: Call) -> Any:
    """Two states: the output and the carry."""
    batch, features = call.ranked(2)
    units = lstm_variables(call, features)
    return [(batch, units)] * 3


@stock("ConvLSTM2DCell", "ConvLSTMCell")
def conv_lstm_cell(call: Call) -> Any:
    """An LSTM whose products are convolutions."""
    rank = call.size("rank", 2)
    lead, sides, channels = divided(call, rank, call.ranked(rank + 2))
    window, filters = call.sizes("kernel_size", rank), call.size("filters")
    gates(call, ordered(call, window, channels, filters), ordered(call, window, filters, filters), (filters,), "icfo")
    return [joined(call, lead, slid_sides(call, sides, window), filters)] * 3


@stock("PeepholeLSTMCell")
def peephole_cell(call: Call) -> Any:
    """An LSTM whose gates see the carry (`tf.keras.experimental`)."""
    outputs = lstm_cell(call)
    units = call.size("units")
    for gate in ("input_gate", "forget_gate", "output_gate"):
        call.own(f"{gate}_peephole_weights", (units,))
    return outputs


@stock("StackedRNNCells")
def stacked_cells(call: Call) -> Any:
    """Cells one after the other; the states of all of them."""
    cells = call.value("cells")
    shape: Shape = call.input
    states: list[Any] = []
    for index in range(len(cells) if isinstance(cells, list) else 0):
        output, *own = step(call, "cells", shape, index=index)
        states = own + states if call.flag("reverse_state_order") else states + own
        shape = output
    return [shape, *states]


@stock("DropoutWrapper", "ResidualWrapper", "DeviceWrapper")
def wrapped_cell(call: Call) -> Any:
    """A cell with something around it that owns nothing (`tf.nn.RNNCellDropoutWrapper` and the like)."""
    return step(call, "cell", call.input)


def step(call: Call, key: str, shape: Shape, index: int | None = None) -> list[Any]:
    """Follow one step of an inner cell on an input of `shape`; return the shapes of its output and states."""
    outcome = call.inner(key, [Tensor(shape)], index=index)
    shapes = [tensor.shape for tensor in outcome.outputs]
    if len(shapes) < 2 or None in shapes:
        raise CannotInferError("the states of its cell are not known")
    return shapes
