"""Recurrent layers over time, also those that convolve at each step."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.families.convolution import rank_of
from keras_doctor.layers.tensors import flatten
from keras_doctor.rescue.evaluation.cells import (
    Cell,
    cell_of,
    conv_lstm_cell,
    cudnn_cell,
    gru_cell,
    lstm_cell,
    simple_cell,
)
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, array_of, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


_OWN_CELLS = {"SimpleRNN": simple_cell, "GRU": gru_cell, "LSTM": lstm_cell}


@computes("SimpleRNN", "GRU", "LSTM")
def recurrent(call: Call) -> Any:
    """A layer with a cell of its own."""
    return run(call, _OWN_CELLS[call.class_name](call, "" if call.era.gates_apart else "cell"))


@computes("CuDNNLSTM", "CuDNNGRU")
def cudnn(call: Call) -> Any:
    """A layer for NVIDIA's own kernels."""
    return run(call, cudnn_cell(call))


@computes("RNN", "ConvRNN", "ConvRNN2D")
def rnn(call: Call) -> Any:
    """A layer around any cell."""
    return run(call, cell_of(call, "cell", "cell"))


@computes("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def conv_lstm(call: Call) -> Any:
    """An LSTM whose products are convolutions."""
    return run(call, conv_lstm_cell(call, "" if call.era.gates_apart else "cell", rank_of(call)))


def _states(call: Call) -> list[Array] | None:
    """Return the states that a call is given: after the sequence, or by keyword."""
    stated = call.kwargs.get("initial_state")
    given = list(flatten(stated)) if stated is not None else call.tensors[1:]
    count = call.config.get("_num_constants") or call.config.get("num_constants")
    if isinstance(count, int) and count:
        raise CannotEvaluateError("its cell takes constants")
    return [array_of(one) for one in given] or None


def run(call: Call, cell: Cell) -> Any:
    """Follow a sequence step by step. A step that is masked keeps the states and repeats the output before it, or puts
    out the first state.
    """
    x, mask, major = call.x, _mask(call), call.flag("time_major")
    if major:
        x = np.swapaxes(x, 0, 1)
    if mask is not None:
        mask = mask.reshape(*mask.shape[:2], -1).any(axis=-1)
        mask = mask.T if major else mask
    projected = cell.project(x)
    steps = range(x.shape[1])
    given = _states(call)
    states = given or cell.initial(projected[:, 0])
    output: Array = None
    held = call.config.get("cell")
    nested = call.is_keras3 and isinstance(held, dict) and held.get("class_name") == "StackedRNNCells"
    repeats_state = call.semantics["masked_step"] == "state" and not call.flag("unroll") and not nested
    kept: list[Array] = []
    for time in reversed(steps) if call.flag("go_backwards") else steps:
        new, new_states = cell.step(projected[:, time], states)
        if mask is not None:
            counts = mask[:, time]
            blank = output is None or call.flag("zero_output_for_mask")
            old = states[0] if repeats_state else np.zeros_like(new) if blank else output
            new = _where(counts, new, old)
            new_states = [_where(counts, one, old) for one, old in zip(new_states, states, strict=True)]
        output, states = new, new_states
        kept.append(new)
    sequences = call.flag("return_sequences")
    if sequences:
        output = np.stack(kept, axis=0 if major else 1)
    first = value(output, call.mask if sequences else None)
    return [first, *(value(state) for state in states)] if call.flag("return_state") else first


def _mask(call: Call) -> Array | None:
    """Return the mask that the steps go by. Keras 3 hands on that of the input only where no other tensor comes in:
    beside an initial state, one has to be given by keyword. Source: `__call__` of keras/src/layers/layer.py (3.15).
    """
    stated = [one for one in flatten(call.kwargs.get("initial_state")) if isinstance(one, Value)]
    return None if call.is_keras3 and stated and call.kwargs.get("mask") is None else call.mask


def _where(counts: Array, new: Array, old: Array) -> Array:
    return np.where(counts.reshape(-1, *(1,) * (new.ndim - 1)), new, old)


@computes("Bidirectional")
def bidirectional(call: Call) -> Any:
    """Two copies of a recurrent layer, of which one goes backwards."""
    args, mask = call.args, _mask(call)
    sequence, *given = [one for one in call.tensors if isinstance(one, Value)] or [value(call.x)]
    stated = call.kwargs.get("initial_state")
    given = [one for one in flatten(stated) if isinstance(one, Value)] if stated is not None else given
    half = len(given) // 2
    sequence = value(array_of(sequence), mask)
    args = [[sequence, *given[:half]]]
    forward = call.run_entry(_silenced(call, call.config.get("layer")), args, "forward_layer").outputs
    args = [[sequence, *given[half:]]]
    if isinstance(call.config.get("backward_layer"), dict):
        backward = call.run_entry(_silenced(call, call.config["backward_layer"]), args, "backward_layer").outputs
        config = call.config["backward_layer"].get("config")
    else:
        entry = call.config["layer"]
        config = {**entry["config"], "go_backwards": not entry["config"].get("go_backwards", False)}
        backward = call.run_entry(_silenced(call, {**entry, "config": config}), args, "backward_layer").outputs
    y, back = array_of(forward[0]), array_of(backward[0])
    sequences = isinstance(config, dict) and bool(config.get("return_sequences"))
    if sequences:
        back = np.flip(back, axis=0 if config.get("time_major") else 1)
    mode = call.value("merge_mode", "concat")
    after = mask if sequences else None
    outputs = [value(one, after) for one in _merged(mode, y, back)]
    outputs.extend(one for one in (*forward[1:], *backward[1:]) if isinstance(one, Value))
    return outputs if len(outputs) > 1 else outputs[0]


def _silenced(call: Call, entry: Any) -> Any:
    """Return a recurrent layer of a Bidirectional as most releases use it: a sequence is zero where it is masked."""
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict) or call.semantics["bidirectional_mask"] != "zero":
        return entry
    return {**entry, "config": {**config, "zero_output_for_mask": config.get("return_sequences", False)}}


def _merged(mode: Any, y: Array, back: Array) -> list[Array]:
    if mode is None:
        return [y, back]
    merges: dict[Any, Any] = {
        "concat": lambda: np.concatenate([y, back], axis=-1),
        "sum": lambda: y + back,
        "ave": lambda: (y + back) / 2,
        "mul": lambda: y * back,
    }
    if mode not in merges:
        raise CannotEvaluateError(f"its merge mode {str(mode)[:40]!r} is none that Keras knows")
    return [merges[mode]()]
