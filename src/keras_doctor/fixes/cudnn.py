"""CuDNNLSTM and CuDNNGRU, which no release after TensorFlow 2 has need of, become LSTM and GRU.

Both compute the same with the same weights; CuDNN keeps each gate's matrices turned, and two biases where there is one.
Source: `_convert_rnn_weights` of keras/engine/saving.py (2.3.1) and keras/saving/hdf5_format.py (2.10).
"""

from __future__ import annotations

from keras_doctor.document.expressions import add, concatenate, part, reshape, transpose
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.naming import name_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

FIX = Fix("cudnn", ("object:unresolved",))
_CLASSES = {"CuDNNLSTM": ("LSTM", 4), "CuDNNGRU": ("GRU", 3)}


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the plain layer in the place of CuDNN's, with its weights turned."""
    found: Resolution = step.subject
    if found.reference.name not in _CLASSES:
        return
    entry = draft.at(found.reference.path)
    name, gates = _CLASSES[found.reference.name]
    tensors = list(draft.tensors(entry).values())
    config = entry["config"]
    if len(tensors) == 3:
        kernel, recurrent, bias = tensors
        units = recurrent.shape[0]
        made = {
            ("cell", "kernel"): _gates(kernel, gates, units, _input),
            ("cell", "recurrent_kernel"): _gates(recurrent, gates, units, transpose),
            ("cell", "bias"): _bias(bias, name),
        }
        draft.give(entry, made)
    config.update(activation="tanh", recurrent_activation="sigmoid")
    if name == "GRU":
        config["reset_after"] = True
    entry["class_name"] = name
    name_module(entry, "layers", target.api)
    yield Change(FIX.slug, f"make the {found.reference.name} {config.get('name')} a {name}", step.where)


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
