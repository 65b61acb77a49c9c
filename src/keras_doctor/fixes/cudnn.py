"""CuDNNLSTM and CuDNNGRU, which run on GPUs alone and which Keras 3 has not, become LSTM and GRU.

Both compute the same with the same weights, and TensorFlow 2 gives them to CuDNN by itself; CuDNN keeps each gate's
matrices turned, and two biases where there is one.
Source: `_convert_rnn_weights` of keras/engine/saving.py (2.3.1) and keras/saving/hdf5_format.py (2.10).
"""

from __future__ import annotations

from keras_doctor.document.expressions import add, concatenate, part, reshape, transpose
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.parts import layers_with_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("cudnn", ("object:unresolved", "cudnn:device"))
_CLASSES = {"CuDNNLSTM": ("LSTM", 4), "CuDNNGRU": ("GRU", 3)}


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put plain layers in the place of CuDNN's, with their weights turned."""
    if "cudnn:device" not in step.tags and step.subject.reference.name not in _CLASSES:
        return
    if target.api.find("GRU", "layers") is None or "reset_after" not in _keywords(target):
        return  # no plain GRU of that release computes what CuDNN's does
    for owner, parts, entry in list(layers_with_parts(draft.config)):
        config, class_name = entry.get("config"), entry.get("class_name")
        if class_name not in _CLASSES or not isinstance(config, dict):
            continue
        name, gates = _CLASSES[class_name]
        held = draft.tensors(owner)
        for place in parts:
            found = [key for key in held if key[0] == place]
            if len(found) == 3:
                kernel, recurrent, bias = (held.pop(key) for key in found)
                units = recurrent.shape[0]
                cell = f"{place}/cell" if place else "cell"
                held[cell, "kernel"] = _gates(kernel, gates, units, _input)
                held[cell, "recurrent_kernel"] = _gates(recurrent, gates, units, transpose)
                held[cell, "bias"] = _bias(bias, name)
        config.update(activation="tanh", recurrent_activation="sigmoid")
        if name == "GRU":
            config["reset_after"] = True
        entry["class_name"] = name
        name_module(entry, "layers", target.api)
        yield Change(FIX.slug, f"make the {class_name} {config.get('name')} a {name}")


def _keywords(target: Target) -> tuple[str, ...]:
    definition = target.api.find("GRU", "layers")
    return tuple(target.api.accepts(definition).names()) if definition else ()


def _gates(matrix: TensorRef, gates: int, units: int, turned: object) -> TensorRef:
    pieces = [part(matrix, 1, gate * units, (gate + 1) * units) for gate in range(gates)]
    return concatenate([turned(piece) for piece in pieces], 1)  # type: ignore[operator]


def _input(matrix: TensorRef) -> TensorRef:
    """Return one gate's matrix for the input: its values by rows, filled in by columns."""
    rows, columns = matrix.shape
    return transpose(reshape(matrix, (columns, rows)))


def _bias(bias: TensorRef, name: str) -> TensorRef:
    half = bias.shape[0] // 2
    if name == "GRU":
        return reshape(bias, (2, half))
    return add(part(bias, 0, 0, half), part(bias, 0, half, 2 * half))
