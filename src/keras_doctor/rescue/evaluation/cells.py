"""Cells: what a recurrent layer does at each step, as functions over arrays.

Source: `LSTMCell`, `GRUCell`, `SimpleRNNCell` and `ConvLSTM2DCell` of `keras/layers/recurrent.py` in Keras 2.2.4 and
`keras/src/layers/rnn` in 3.15; Keras 1's `step` functions compute the same.
"""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.stock import ALIASES
from keras_doctor.records import record
from keras_doctor.rescue.evaluation.functions import activation, sigmoid
from keras_doctor.rescue.evaluation.images import channels_last, padding_of, restored, same_padding_of
from keras_doctor.rescue.evaluation.kernels import convolution_kernel, flipped
from keras_doctor.rescue.evaluation.values import CannotEvaluateError
from keras_doctor.rescue.evaluation.windows import convolve, padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

    States = list[Array]


@record
class Cell:
    """`project` takes a whole sequence, (batch, steps, …), to what each step needs of it; `step` takes that of one step
    and the states to the output and the new states; `initial` makes the states for a batch, from one projected step.
    """

    project: Callable[[Array], Array]
    step: Callable[[Array, States], tuple[Array, States]]
    initial: Callable[[Array], States]


def _zeros(units: int, count: int) -> Callable[[Array], States]:
    return lambda x: [np.zeros((len(x), units), x.dtype) for _ in range(count)]


def _gathered(call: Call, part: str, letters: str) -> tuple[Array, Array, Array | None]:
    """Return kernel, recurrent kernel and bias of a gated cell, the gates side by side in the order of `letters`.

    Keras 1 has one array for each gate, unless it was told to consume less of the GPU's time.
    """
    if call.maybe(f"W_{letters[0]}", part) is None:
        return call.variable("kernel", part), call.variable("recurrent_kernel", part), call.maybe("bias", part)
    kernel, recurrent, bias = (
        np.concatenate([call.variable(f"{name}_{letter}", part) for letter in letters], axis=-1) for name in "WUb"
    )
    return kernel, recurrent, bias


def _gathered_windows(call: Call, part: str, rank: int) -> tuple[Array, Array, Array | None]:
    """Return the same of a cell that convolves, with the windows first and the way TensorFlow slides them."""
    if not (call.era.outputs_lead and call.channels_first):
        kernel, recurrent, bias = _gathered(call, part, "ifco")
        return flipped(call, kernel, rank), flipped(call, recurrent, rank), bias
    kernel, recurrent = (
        np.concatenate([convolution_kernel(call, rank, f"{name}_{gate}") for gate in "ifco"], axis=-1) for name in "WU"
    )
    return kernel, recurrent, np.concatenate([call.variable(f"b_{gate}") for gate in "ifco"])


def _gate_activation(call: Call) -> Callable[[Array], Array]:
    key = "inner_activation" if "inner_activation" in call.config else "recurrent_activation"
    return activation(call, key, call.semantics["gate_activation"])


def lstm_cell(call: Call, part: str = "") -> Cell:
    """Two states: the output and the carry."""
    kernel, recurrent, bias = _gathered(call, part, "ifco")
    return _lstm(kernel, recurrent, bias, activation(call, default="tanh"), _gate_activation(call))


def _lstm(
    kernel: Array, recurrent: Array, bias: Array | None, act: Callable[[Array], Array], gate: Callable[[Array], Array]
) -> Cell:
    units = recurrent.shape[0]

    def project(x: Array) -> Array:
        return x @ kernel if bias is None else x @ kernel + bias

    def step(z: Array, states: States) -> tuple[Array, States]:
        h, carry = states
        i, f, c, o = np.split(z + h @ recurrent, 4, axis=-1)
        carry = gate(f) * carry + gate(i) * act(c)
        h = gate(o) * act(carry)
        return h, [h, carry]

    return Cell(project, step, _zeros(units, 2))


def peephole_cell(call: Call, part: str = "") -> Cell:
    """An LSTM whose gates see the carry (`tf.keras.experimental`)."""
    plain = lstm_cell(call, part)
    _, recurrent, _ = _gathered(call, part, "ifco")
    act, gate = activation(call, default="tanh"), _gate_activation(call)
    i_sees, f_sees, o_sees = (
        call.variable(f"{name}_gate_peephole_weights", part) for name in ("input", "forget", "output")
    )

    def step(z: Array, states: States) -> tuple[Array, States]:
        h, carry = states
        i, f, c, o = np.split(z + h @ recurrent, 4, axis=-1)
        carry = gate(f + f_sees * carry) * carry + gate(i + i_sees * carry) * act(c)
        h = gate(o + o_sees * carry) * act(carry)
        return h, [h, carry]

    return Cell(plain.project, step, plain.initial)


def gru_cell(call: Call, part: str = "") -> Cell:
    """One state, which is the output. One that resets after the product has a second row of biases."""
    kernel, recurrent, bias = _gathered(call, part, "zrh")
    act, gate = activation(call, default="tanh"), _gate_activation(call)
    after = call.flag("reset_after", call.era.reset_after) and not call.era.gates_apart
    return _gru(kernel, recurrent, bias, act, gate, after)


def _gru(
    kernel: Array,
    recurrent: Array,
    bias: Array | None,
    act: Callable[[Array], Array],
    gate: Callable[[Array], Array],
    after: bool,
) -> Cell:
    units = recurrent.shape[0]
    own, second = (bias[0], bias[1]) if bias is not None and bias.ndim == 2 else (bias, None)

    def project(x: Array) -> Array:
        return x @ kernel if own is None else x @ kernel + own

    def step(x: Array, states: States) -> tuple[Array, States]:
        h = states[0]
        x_z, x_r, x_h = np.split(x, 3, axis=-1)
        if after:
            inner = h @ recurrent if second is None else h @ recurrent + second
            h_z, h_r, h_h = np.split(inner, 3, axis=-1)
            z = gate(x_z + h_z)
            new = act(x_h + gate(x_r + h_r) * h_h)
        else:
            inner = h @ recurrent[:, : 2 * units]
            z = gate(x_z + inner[:, :units])
            new = act(x_h + (gate(x_r + inner[:, units:]) * h) @ recurrent[:, 2 * units :])
        h = z * h + (1 - z) * new
        return h, [h]

    return Cell(project, step, _zeros(units, 1))


def simple_cell(call: Call, part: str = "") -> Cell:
    """One state, which is the output."""
    kernel, recurrent = call.variable("kernel", part), call.variable("recurrent_kernel", part)
    bias, act = call.maybe("bias", part), activation(call, default="tanh")

    def project(x: Array) -> Array:
        return x @ kernel if bias is None else x @ kernel + bias

    def step(x: Array, states: States) -> tuple[Array, States]:
        h = act(x + states[0] @ recurrent)
        return h, [h]

    return Cell(project, step, _zeros(recurrent.shape[0], 1))


def cudnn_cell(call: Call) -> Cell:
    """A cell from the arrays of NVIDIA's kernels: each gate's kernel is written with its inputs last, and there are two
    biases (`_convert_rnn_weights` of `keras/engine/saving.py` in 2.2.4).
    """
    lstm = call.class_name == "CuDNNLSTM"
    count = 4 if lstm else 3
    bias = call.variable("bias")
    kernel, recurrent = (
        np.concatenate([gate.reshape(gate.shape[::-1]).T for gate in np.split(call.variable(name), count, axis=1)], 1)
        for name in ("kernel", "recurrent_kernel")
    )
    if lstm:
        return _lstm(kernel, recurrent, bias.reshape(2, -1).sum(axis=0), np.tanh, sigmoid)
    return _gru(kernel, recurrent, bias.reshape(2, -1), np.tanh, sigmoid, True)


def conv_lstm_cell(call: Call, part: str = "", rank: int = 2) -> Cell:
    """An LSTM whose products are convolutions."""
    kernel, recurrent, bias = _gathered_windows(call, part, rank)
    act, gate = activation(call, default="tanh"), _gate_activation(call)
    window, ones = kernel.shape[:rank], (1,) * rank
    strides, dilation = call.sizes("strides", rank, 1), call.sizes("dilation_rate", rank, 1)

    def project(x: Array) -> Array:
        lead = x.shape[: x.ndim - rank - 1]
        image = channels_last(call, x.reshape(-1, *x.shape[x.ndim - rank - 1 :]), rank)
        image = padded(image, padding_of(call, image.shape[1:-1], window, strides, dilation))
        y = convolve(image, kernel, strides, dilation)
        y = y if bias is None else y + bias
        return y.reshape(*lead, *y.shape[1:])

    def step(z: Array, states: States) -> tuple[Array, States]:
        h, carry = (channels_last(call, state, rank) for state in states)
        pairs = same_padding_of(call, h.shape[1:-1], window, ones, ones)
        i, f, c, o = np.split(z + convolve(padded(h, pairs), recurrent, ones, ones), 4, axis=-1)
        carry = gate(f) * carry + gate(i) * act(c)
        h = restored(call, gate(o) * act(carry), rank)
        return h, [h, restored(call, carry, rank)]

    def initial(z: Array) -> States:
        state = restored(call, np.zeros((*z.shape[:-1], z.shape[-1] // 4), z.dtype), rank)
        return [state, state]

    return Cell(project, step, initial)


def _stacked(call: Call, part: str) -> Cell:
    """Cells one after the other; the states of all of them."""
    entries = call.value("cells")
    cells = [cell_of(call, "cells", f"cells[{n}]", n) for n in range(len(entries) if isinstance(entries, list) else 0)]
    backwards = call.flag("reverse_state_order")

    def step(x: Array, states: States) -> tuple[Array, States]:
        counts = [len(own) for own in owned(x)[0]]
        order = list(reversed(range(len(cells)))) if backwards else list(range(len(cells)))
        share, left = {}, list(states)
        for place in order:
            share[place], left = left[: counts[place]], left[counts[place] :]
        new: dict[int, States] = {}
        for place, cell in enumerate(cells):
            x, new[place] = cell.step(cell.project(x[:, None])[:, 0], share[place])
        return x, [state for place in order for state in new[place]]

    def owned(x: Array) -> tuple[list[States], Array]:
        """Return the first states of each cell, and what comes out with them."""
        found = []
        for cell in cells:
            projected = cell.project(x[:, None])[:, 0]
            found.append(cell.initial(projected))
            x = cell.step(projected, found[-1])[0]
        return found, x

    def initial(x: Array) -> States:
        own = owned(x)[0]
        return [state for states in (reversed(own) if backwards else own) for state in states]

    return Cell(lambda x: x, step, initial)


def _around(call: Call, part: str) -> Cell:
    """A cell with something around it (`tf.nn.RNNCellDropoutWrapper` and the like)."""
    inner = cell_of(call, "cell", "cell")
    if any(call.value(f"{name}_keep_prob", 1.0) != 1.0 for name in ("input", "output", "state")):
        raise CannotEvaluateError("its cell drops numbers at random, in use too")
    if call.class_name != "ResidualWrapper":
        return inner

    def step(x: Array, states: States) -> tuple[Array, States]:
        output, new = inner.step(inner.project(x[:, None])[:, 0], states)
        return x + output, new

    return Cell(lambda x: x, step, lambda x: inner.initial(inner.project(x[:, None])[:, 0]))


_CELLS: dict[str, Callable[[Call, str], Cell]] = {
    "SimpleRNNCell": simple_cell,
    "GRUCell": gru_cell,
    "LSTMCell": lstm_cell,
    "PeepholeLSTMCell": peephole_cell,
    "ConvLSTM2DCell": conv_lstm_cell,
    "ConvLSTMCell": lambda call, part: conv_lstm_cell(call, part, call.number("rank", 2)),
    "StackedRNNCells": _stacked,
    "DropoutWrapper": _around,
    "ResidualWrapper": _around,
    "DeviceWrapper": _around,
}


def cell_of(call: Call, key: str, part: str, index: int | None = None) -> Cell:
    """Return the cell that a config holds under `key`. Raises CannotEvaluateError for one that Keras does not ship."""
    inner = call.inner_call(key, part, index)
    make: Any = _CELLS.get(ALIASES.get(inner.class_name, inner.class_name))
    if make is None:
        raise CannotEvaluateError(f"its cell {inner.class_name[:60]!r} is not one that Keras ships")
    found: Cell = make(inner, "")
    return found
