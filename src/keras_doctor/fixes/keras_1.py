"""A model of Keras 1 in the words of Keras 2: classes, keywords, regularizers, merges, and the arrays of its layers.

Keras 2 translates most of this itself when it reads such a file; no release after 2.3 does. The arrays are rearranged,
none is calculated: gates that had a kernel each are put side by side, kernels with the filters first are turned.
Sources: keras/legacy/interfaces.py and keras/legacy/layers.py of 2.3.1; `preprocess_weights_for_loading` of
keras/engine/saving.py (2.3.1); keras/engine/topology.py `Merge` of 1.2.2.
"""

from __future__ import annotations

from keras_doctor.document.expressions import concatenate, reshape, transpose
from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.fixes.tables import rows
from keras_doctor.layers.keras1 import translate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft, Tensors
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("keras-1", ("draft",), rank=-1)  # before all that speaks Keras 2

# Which arrays make kernel, recurrent kernel and bias: one for each gate, in the order of Keras 2's.
_GATES = {
    ("LSTM", 12): ((0, 6, 3, 9), (1, 7, 4, 10), (2, 8, 5, 11)),
    ("ConvLSTM2D", 12): ((0, 6, 3, 9), (1, 7, 4, 10), (2, 8, 5, 11)),
    ("GRU", 9): ((0, 3, 6), (1, 4, 7), (2, 5, 8)),
}
_RECURRENT = ("kernel", "recurrent_kernel", "bias")
_FILTERS_LAST = {
    "Conv2D": (2, 3, 1, 0), "Conv3D": (2, 3, 4, 1, 0), "Conv2DTranspose": (2, 3, 0, 1), "ConvLSTM2D": (2, 3, 1, 0),
    "SeparableConv2D": (2, 3, 1, 0),
}  # fmt: skip
_NAMES = {
    "W": "kernel", "b": "bias", "U": "recurrent_kernel", "running_mean": "moving_mean",
    "running_std": "moving_variance",
}  # fmt: skip
_MERGES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate"}
_OBJECTS = (
    ("W_regularizer", "kernel_regularizer"), ("b_regularizer", "bias_regularizer"),
    ("U_regularizer", "recurrent_regularizer"), ("W_constraint", "kernel_constraint"),
    ("b_constraint", "bias_constraint"), ("U_constraint", "recurrent_constraint"), ("init", "kernel_initializer"),
    ("inner_init", "recurrent_initializer"), ("inner_activation", "recurrent_activation"), ("p", "rate"),
    ("sigma", "stddev"), ("consume_less", None), ("dropout_W", "dropout"), ("dropout_U", "recurrent_dropout"),
    ("input_dtype", None),
    ("input_length", None), ("nb_row", None), ("nb_col", None), ("kernel_dim1", None),
    ("kernel_dim2", None), ("kernel_dim3", None), ("forget_bias_init", None), ("gamma_init", "gamma_initializer"),
    ("beta_init", "beta_initializer"),
)  # fmt: skip


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Say what Keras 1 says as Keras 2 does."""
    if draft.era != "keras-1":
        return
    done = 0
    for owner, parts, entry in list(layers_with_parts(draft.config)):
        before = entry.get("class_name")
        _layer(entry)
        config = entry.get("config")
        wraps = isinstance(config, dict) and any(key in config for key in ("layer", "cell", "cells"))
        if not wraps or (before == "TimeDistributedDense" and owner is entry):
            for prefix in parts:
                _arrays(draft, owner, prefix, entry)
        done += 1
    if done:
        yield Change(FIX.slug, f"put {done} layers of Keras 1 into the words of Keras 2")
    draft.era = "keras-2"


def _layer(entry: dict[str, Any]) -> None:
    config = entry.get("config")
    name = str(entry.get("class_name"))
    if not isinstance(config, dict) or layers_of(entry):
        return
    if name == "Merge":
        _merge(entry, config)
        return
    new = {row[0]: row[1] for row in rows("keras_1.tsv")}.get(name, name)
    if name == "TimeDistributedDense":
        inner = {key: value for key, value in config.items() if key not in ("batch_input_shape", "input_length")}
        held = {"class_name": "Dense", "config": {**inner, "name": f"{config.get('name', 'dense')}_inner"}}
        _layer(held)
        kept = {key: config[key] for key in ("name", "trainable", "batch_input_shape", "input_dtype") if key in config}
        entry["class_name"], entry["config"] = "TimeDistributed", {**kept, "layer": held}
        return
    entry["class_name"] = new
    if new.endswith("Transpose"):
        config = {key: value for key, value in config.items() if key != "output_shape"}  # it follows from the rest
    made = translate(new, config)
    for old, word in _OBJECTS:
        if old in made:
            value = made.pop(old)
            if word is not None:
                made[word] = value
    if new == "BatchNormalization" and made.get("mode") in (0, None):
        made.pop("mode", None)
    if name == "Embedding":
        made.pop("dropout", None)
        if "kernel_initializer" in made:
            made["embeddings_initializer"] = made.pop("kernel_initializer")
        if "kernel_regularizer" in made:
            made["embeddings_regularizer"] = made.pop("kernel_regularizer")
        if "kernel_constraint" in made:
            made["embeddings_constraint"] = made.pop("kernel_constraint")
    for key, value in list(made.items()):
        if key.endswith(("_regularizer", "_constraint")) and isinstance(value, dict) and "class_name" not in value:
            made[key] = as_object(value)
    entry["config"] = made


def as_object(value: dict[str, Any]) -> Any:
    """Return a regularizer or constraint of Keras 1 as an object: {"name": "L1L2Regularizer", "l1": …}."""
    name = str(value.get("name", ""))
    rest = {key: item for key, item in value.items() if key != "name"}
    if name in ("L1L2Regularizer", "WeightRegularizer", "L1L2"):
        return {"class_name": "L1L2", "config": {key: rest.get(key, 0.0) for key in ("l1", "l2")}}
    return {"class_name": {"MaxNorm": "MaxNorm", "NonNeg": "NonNeg"}.get(name, name), "config": rest}


def _merge(entry: dict[str, Any], config: dict[str, Any]) -> None:
    """Give a Merge the class of its mode."""
    mode = config.get("mode")
    kept = {"name": config.get("name", "merge")}
    if isinstance(mode, str) and mode in _MERGES:
        entry["class_name"] = _MERGES[mode]
        entry["config"] = {**kept, **({"axis": config.get("concat_axis", -1)} if mode == "concat" else {})}
    elif mode in ("dot", "cos"):
        axes = config.get("dot_axes", -1)
        entry["class_name"] = "Dot"
        entry["config"] = {**kept, "axes": axes, "normalize": mode == "cos"}


def _arrays(draft: Draft, owner: Any, prefix: str, entry: dict[str, Any]) -> None:
    """Rearrange the arrays of a layer, or of the part of a wrapper's that belongs to it."""
    tensors = draft.tensors(owner)
    mine = [(key, tensor) for key, tensor in tensors.items() if key[0] == prefix or not prefix]
    if not mine:
        return
    name = str(entry.get("class_name"))
    made = _rearranged(name, entry.get("config"), mine)
    rest: Tensors = {key: tensor for key, tensor in tensors.items() if not (key[0] == prefix or not prefix)}
    kept = [key[1] for key in made]
    part_of = f"{prefix}/cell" if prefix and name in ("LSTM", "GRU", "SimpleRNN") else prefix
    part_of = "cell" if not prefix and name in ("LSTM", "GRU", "SimpleRNN", "ConvLSTM2D") else part_of
    part_of = "layer" if name == "TimeDistributed" and not prefix else part_of
    moved: Tensors = {(part_of, one): tensor for one, tensor in zip(kept, made.values(), strict=True)}
    draft.give(owner, {**rest, **moved})


def _rearranged(name: str, config: Any, mine: list[tuple[tuple[str, str], TensorRef]]) -> Tensors:
    arrays = [tensor for _, tensor in mine]
    gates = _GATES.get((name, len(arrays)))
    if gates is not None:
        arrays = [_turned(name, config, one) if len(one.shape) == 4 else one for one in arrays]
        arrays = [concatenate([arrays[i] for i in several], len(arrays[several[0]].shape) - 1) for several in gates]
        return {("", word): tensor for word, tensor in zip(_RECURRENT, arrays, strict=True)}
    if name in ("LSTM", "GRU") and len(arrays) == 3:  # consume_less="gpu" keeps the gates side by side: i, f, c, o
        return {("", word): tensor for word, tensor in zip(_RECURRENT, arrays, strict=True)}
    found: Tensors = {}
    for (_, old), tensor in mine:
        word = _NAMES.get(old, old)
        if word == "kernel" and name == "Conv1D" and len(tensor.shape) == 4:
            turned = transpose(tensor, (2, 3, 1, 0)) if tensor.shape[1] != 1 else tensor
            tensor = reshape(turned, (turned.shape[0], *turned.shape[2:]))
        elif word.endswith("kernel"):
            tensor = _turned(name, config, tensor)
        if name == "Embedding" and word == "kernel":
            word = "embeddings"
        found["", word] = tensor
    return found


def _turned(name: str, config: Any, kernel: TensorRef) -> TensorRef:
    """Return a kernel with its filters last, where Keras 1 stored them first: with dim_ordering "th"."""
    first = isinstance(config, dict) and config.get("data_format") == "channels_first"
    if name == "Conv2DTranspose" and not first:
        return transpose(kernel, (0, 1, 3, 2))
    return transpose(kernel, _FILTERS_LAST[name]) if first and name in _FILTERS_LAST else kernel
