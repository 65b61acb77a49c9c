"""hard_sigmoid is steeper before Keras 3: what feeds it is scaled, so that the output stays the same.

Before Keras 3 it is clip(0.2 x + 0.5, 0, 1), in Keras 3 relu6(x + 3) / 6: both are lines between 0 and 1, so the older
one at x is the newer one at 1.2 x. Kernel, recurrent kernel and bias of the gates that use it are multiplied by 1.2 (or
divided, on the way down); an Activation becomes a Rescaling and a ReLU that say the same. Each value is rounded once:
the outputs differ by less than 1e-6 of their scale. An activity regularizer or weight decay sees the scaled weights.
"""

from __future__ import annotations

from keras_doctor.document.expressions import scale
from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("hard-sigmoid", ("draft",))
NAME = "hard_sigmoid"
SLOPES = {"fifth": 1 / 5, "sixth": 1 / 6}
_NOTE = "each weight is rounded once: outputs agree to 1e-6 of their scale"

# Classes with gates: of how many blocks their kernels are made, and which blocks are gates.
_GATED = {
    "LSTM": (4, (0, 1, 3)), "LSTMCell": (4, (0, 1, 3)), "ConvLSTM1D": (4, (0, 1, 3)), "ConvLSTM2D": (4, (0, 1, 3)),
    "ConvLSTM3D": (4, (0, 1, 3)), "ConvLSTM2DCell": (4, (0, 1, 3)), "GRU": (3, (0, 1)), "GRUCell": (3, (0, 1)),
}  # fmt: skip
# Classes whose state is activation(sums): of how many blocks their kernels are made, and which makes the state.
_STATES = {"SimpleRNN": (1, (0,)), "SimpleRNNCell": (1, (0,)), "GRU": (3, (2,)), "GRUCell": (3, (2,))}
# What an LSTM's activation looks at is no sum of products with a kernel, but the state itself.
_UNSCALED = "the state of the layer goes through its hard_sigmoid as it is: what comes out is up to 0.09 apart"
# Classes whose output is activation(kernel · x + bias).
LINEAR = (
    "Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
    "DepthwiseConv1D", "DepthwiseConv2D", "LocallyConnected1D", "LocallyConnected2D",
)  # fmt: skip
# Of separable convolutions the last product alone.
_LAST = {"SeparableConv1D": ("pointwise_kernel", "bias"), "SeparableConv2D": ("pointwise_kernel", "bias")}


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Scale what feeds a hard_sigmoid where the target's has another slope."""
    older = SLOPES[semantics_of(draft.source.provenance, draft.source.provenance.era).get(NAME)]
    newer = SLOPES[target.semantics.get(NAME)]
    if older == newer:
        return
    for owner, parts, entry in layers_with_parts(draft.config):
        config = entry.get("config")
        if not isinstance(config, dict):
            continue
        class_name = str(entry.get("class_name"))
        done = False
        if class_name in _GATED and _gate(class_name, config, draft, target) == NAME:
            blocks, gates = _GATED[class_name]
            done = _scale(draft, owner, parts, older / newer, blocks, gates, ())
        if class_name in _STATES and config.get("activation") == NAME:
            blocks, gates = _STATES[class_name]
            done = _scale(draft, owner, parts, older / newer, blocks, gates, ()) or done
        elif class_name in _GATED and config.get("activation") == NAME:
            name = config.get("name", class_name)
            yield Change(FIX.slug, f"leave hard_sigmoid as {name} has it", kind=APPROXIMATE, note=_UNSCALED)
        if config.get("activation") == NAME and (class_name in LINEAR or class_name in _LAST):
            done = _scale(draft, owner, parts, older / newer, 1, (0,), _LAST.get(class_name, ()))
        elif config.get("activation") == NAME and class_name == "Activation":
            _replace(entry, older, target)
            done = True
        if done:
            message = f"scale what feeds hard_sigmoid in {config.get('name', class_name)} by {older / newer:.4g}"
            yield Change(FIX.slug, message, kind=APPROXIMATE, note=_NOTE)


def _gate(class_name: str, config: dict[str, Any], draft: Draft, target: Target) -> Any:
    """Return the activation of the gates, written down where it was the default."""
    key = "recurrent_activation" if "inner_activation" not in config else "inner_activation"
    if key not in config:
        config[key] = semantics_of(draft.source.provenance, draft.source.provenance.era).get("gate_activation")
    return config[key]


def _scale(
    draft: Draft,
    owner: Any,
    parts: tuple[str, ...],
    factor: float,
    blocks: int,
    gates: tuple[int, ...],
    names: tuple[str, ...],
) -> bool:
    """Multiply the tensors of an owner's parts, or of some blocks of their last axis; tell whether there were any."""
    tensors = draft.tensors(owner)
    found = False
    for (part, name), tensor in list(tensors.items()):
        if not any(part == one or part.startswith(one + "/") or not one for one in parts) or (
            names and name not in names
        ):
            continue
        size = tensor.shape[-1] // blocks
        for gate in gates:
            tensor = scale(tensor, factor, len(tensor.shape) - 1, gate * size, (gate + 1) * size)
        tensors[part, name] = tensor
        found = True
    return found


def _replace(entry: dict[str, Any], slope: float, target: Target) -> None:
    """Put a Rescaling and a ReLU in the place of an Activation."""
    name = entry["config"].get("name") or entry.get("name") or "activation"
    dtype = entry["config"].get("dtype", "float32")
    inner: list[dict[str, Any]] = [
        {"class_name": "Rescaling", "config": {"name": f"{name}_line", "dtype": dtype, "scale": slope, "offset": 0.5}},
        {"class_name": "ReLU", "config": {"name": f"{name}_ends", "dtype": dtype, "max_value": 1.0}},
    ]
    given = entry["config"].get("batch_input_shape")
    if given is not None and target.api.line != "keras-3":
        inner[0]["config"]["batch_input_shape"] = given
    entry["class_name"] = "Sequential"
    entry["config"] = {"name": name, "layers": inner}
    for one in (*inner, entry):
        name_module(one, "layers", target.api)
