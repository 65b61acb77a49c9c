"""Layers around a layer."""

from __future__ import annotations

from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, array_of, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


@computes("TimeDistributed")
def time_distributed(call: Call) -> Any:
    """Applies its layer to each step: all steps at once, as further samples of the batch."""
    x, mask = call.x, call.mask
    inner_mask = mask.reshape(-1, *mask.shape[2:]) if mask is not None and mask.ndim > 2 else None
    outcome = call.run_inner("layer", [value(x.reshape(-1, *x.shape[2:]), inner_mask)], "layer")
    outputs = []
    for tensor in outcome.outputs:
        y = array_of(tensor)
        after = tensor.mask if isinstance(tensor, Value) and not _as_given(call) else None
        outputs.append(value(y.reshape(*x.shape[:2], *y.shape[1:]), _mask(call, x, mask, after)))
    return outputs if outcome.several else outputs[0]


def _mask(call: Call, x: Array, mask: Array | None, after: Array | None) -> Array | None:
    """Return the mask of what goes out: that of the layer for each step, else of the steps that came in."""
    if after is not None:
        return after.reshape(*x.shape[:2], *after.shape[1:])
    if mask is None or _as_given(call) or mask.ndim == 2:
        return mask
    return mask.reshape(*mask.shape[:2], -1).any(axis=-1)


def _as_given(call: Call) -> bool:
    """Tell whether the release hands on the mask that comes in, whatever the layer inside makes of it."""
    return call.semantics["distributed_mask"] == "as-given"


@computes("SpectralNormalization")
def spectral_normalization(call: Call) -> Any:
    """Applies its layer: the kernel is divided by its largest singular value in training alone."""
    outcome = call.run_inner("layer", call.args, "layer")
    if call.is_keras3:  # it brings what goes out to the dtype of what came in
        return array_of(outcome.outputs[0]).astype(call.x.dtype)
    return list(outcome.outputs) if outcome.several else outcome.outputs[0]


@computes("Wrapper")
def wrapper(call: Call) -> Any:
    """Does nothing but hold a layer."""
    raise CannotEvaluateError("a bare Wrapper computes nothing")


@computes("Pipeline")
def pipeline(call: Call) -> Any:
    """Applies layers one after the other."""
    layers = call.value("layers")
    current: list[Any] = call.args
    for index in range(len(layers) if isinstance(layers, list) else 0):
        current = list(call.run_inner("layers", current, f"layers[{index}]", index=index).outputs)
    return current[0] if len(current) == 1 else current
