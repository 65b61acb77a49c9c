"""Recurrent layers over time, also those that convolve at each step."""

from __future__ import annotations

from keras_doctor.layers.families.cells import gates, gru_variables, lstm_variables, simple_variables, step
from keras_doctor.layers.families.convolution import divided, joined, ordered, rank_of, slid_sides
from keras_doctor.layers.shapes import CannotInferError, MisfitError, Shape, plus
from keras_doctor.layers.stock import stock
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


def _outputs(call: Call, batch: int | None, steps: int | None, output: Shape, states: list[Shape]) -> Any:
    """Return what a recurrent layer puts out: the last step's output or all of them, and the states when they are asked
    for. The shapes are without batch.
    """
    if call.flag("return_sequences"):
        full = (steps, batch, *output) if call.flag("time_major") else (batch, steps, *output)
    else:
        full = (batch, *output)
    if not call.flag("return_state"):
        return full
    return [full, *((batch, *state) for state in states)]


def _sides(call: Call) -> tuple[int | None, int | None, int | None]:
    """Return batch, steps and features of the sequence that comes in."""
    first, second, features = call.ranked(3)
    return (second, first, features) if call.flag("time_major") else (first, second, features)


_VARIABLES = {"SimpleRNN": (simple_variables, 1), "GRU": (gru_variables, 1), "LSTM": (lstm_variables, 2)}


@stock("SimpleRNN", "GRU", "LSTM")
def recurrent(call: Call) -> Any:
    """A layer with a cell of its own."""
    batch, steps, features = _sides(call)
    enter, states = _VARIABLES[call.class_name]
    units = enter(call, features, "" if call.era.gates_apart else "cell")
    return _outputs(call, batch, steps, (units,), [(units,)] * states)


@stock("CuDNNLSTM", "CuDNNGRU")
def cudnn(call: Call) -> Any:
    """A layer for NVIDIA's own kernels, which have two biases for each gate."""
    batch, steps, features = _sides(call)
    units = call.size("units")
    count, states = (4, 2) if call.class_name == "CuDNNLSTM" else (3, 1)
    call.own("kernel", (features, units * count))
    call.own("recurrent_kernel", (units, units * count))
    call.own("bias", (units * count * 2,))
    return _outputs(call, batch, steps, (units,), [(units,)] * states)


@stock("RNN", "ConvRNN", "ConvRNN2D")
def rnn(call: Call) -> Any:
    """A layer around any cell."""
    shape = call.input
    if len(shape) < 3:
        raise MisfitError("it takes a sequence and gets less than 3 dimensions")
    batch, steps = (shape[1], shape[0]) if call.flag("time_major") else shape[:2]
    output, *states = step(call, "cell", (batch, *shape[2:]))
    return _outputs(call, batch, steps, output[1:], [state[1:] for state in states])


@stock("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def conv_lstm(call: Call) -> Any:
    """An LSTM whose products are convolutions."""
    rank = rank_of(call)
    shape = call.ranked(rank + 3)
    lead, sides, channels = divided(call, rank, (shape[0], *shape[2:]))
    window = call.sizes("kernel_size", rank)
    filters = call.size("filters")
    kernel, recurrent_kernel = ordered(call, window, channels, filters), ordered(call, window, filters, filters)
    gates(call, kernel, recurrent_kernel, (filters,), "icfo", "" if call.era.gates_apart else "cell")
    after = joined(call, (), slid_sides(call, sides, window), filters)
    return _outputs(call, lead[0], shape[1], after, [after] * 2)


@stock("Bidirectional")
def bidirectional(call: Call) -> Any:
    """Two copies of a recurrent layer, of which one goes backwards."""
    sequence = [Tensor(call.input)]
    outputs = call.inner("layer", sequence, "forward_layer").outputs
    key = "backward_layer" if isinstance(call.config.get("backward_layer"), dict) else "layer"
    backward = call.inner(key, sequence, "backward_layer").outputs
    forward_shape, backward_shape = outputs[0].shape, backward[0].shape
    if forward_shape is None or backward_shape is None:
        raise CannotInferError("the output of its layer is not known")
    if not call.era.traced:  # the layer's own rule doubles the forward side
        backward, backward_shape = outputs, forward_shape
    mode = call.value("merge_mode", "concat")
    merged: list[Shape] = [forward_shape, backward_shape]
    if mode == "concat":
        merged = [(*forward_shape[:-1], plus(forward_shape[-1], backward_shape[-1]))]
    elif mode is not None:
        merged = [forward_shape]
    states = [tensor.shape for tensor in (*outputs[1:], *backward[1:])]
    if not states and len(merged) == 1:
        return merged[0]
    return [*merged, *states]
