"""Layers in int8 become plain ones with `--dequantize`: their weights times their scales.

An int8 layer of Keras 3 rounds what comes in to 255 steps before it multiplies, which no plain layer does: what comes
out is what the layer was before it was quantized, as far as its weights still say, and differs by a hundredth or so.
Embeddings look up and multiply alone, so they compute the same: for a release without quantization they are plain
without being asked. int4 and float8 layers, and those with LoRA, stay, and such a release refuses them.
Sources: `_int8_call` of keras/src/layers/core/{dense,einsum_dense,embedding}.py (3.6).
"""

from __future__ import annotations

from keras_doctor.document.expressions import cast, concatenate, multiply, part, reciprocal, reshape
from keras_doctor.fixes.dialects import objects
from keras_doctor.fixes.fix import APPROXIMATE, EXACT, Change, Fix
from keras_doctor.layers.dtypes import policy_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft, Tensors
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("dequantized", ("draft",))
_MAIN = {"Dense": "kernel", "EinsumDense": "kernel", "Embedding": "embeddings"}
_NOTE = "inputs are no longer rounded to int8: outputs agree to a few hundredths of their scale"


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Multiply the weights, and give the layers the dtype that they had."""
    lacking = target.api.find("QuantizedDTypePolicy", "policies") is None
    for entry, kind in objects(draft.config):
        config, class_name = entry.get("config"), entry.get("class_name")
        if kind != "layers" or not isinstance(config, dict) or class_name not in _MAIN:
            continue
        mode, _, source = policy_name(config.get("dtype")).partition("_from_")
        same = class_name == "Embedding"
        wanted = target.dequantize or (lacking and same)
        if mode != "int8" or config.get("lora_rank") is not None or not wanted:
            continue
        tensors = _multiplied(config, _MAIN[class_name], draft.tensors(entry))
        if tensors is None:
            continue
        draft.give(entry, tensors)
        config["dtype"] = source
        config.pop("quantization_config", None)
        yield Change(
            FIX.slug,
            f"multiply the int8 weights of {config.get('name', class_name)} by their scales",
            kind=EXACT if same else APPROXIMATE,
            note="" if same else _NOTE,
        )


def _multiplied(config: dict[str, Any], main: str, tensors: Tensors) -> Tensors | None:
    """Return the tensors of the plain layer, None where the scales do not lie along known axes."""
    held, scales = tensors.get(("", main)), tensors.get(("", f"{main}_scale"))
    if held is None or scales is None or held.dtype != "int8":
        return None
    kept = len(held.shape) - 1 if main == "kernel" else 0
    if "equation" in config:
        kept = _reduced(str(config["equation"]), len(held.shape))
    rows = columns = 1
    for axis, size in enumerate(held.shape):
        rows, columns = (rows * size, columns) if axis < max(kept, 1) else (rows, columns * size)
    if kept < 0 or scales.size != (columns if main == "kernel" else rows):
        return None
    numbers = reciprocal(reshape(scales, (scales.size,)))
    if main == "kernel":
        spread = _repeated(reshape(numbers, (1, columns)), rows, 0)
    else:
        spread = _repeated(reshape(numbers, (rows, 1)), columns, 1)
    plain = reshape(multiply(cast(reshape(held, (rows, columns)), "float32"), spread), held.shape)
    rest = {key: tensor for key, tensor in tensors.items() if key[1] == "bias"}
    return {("", main): plain, **rest}


def _reduced(equation: str, rank: int) -> int:
    """Return how many first axes of a kernel an equation sums over, -1 where the others do not follow in the order of
    the output.
    """
    inputs, _, output = equation.replace(" ", "").partition("->")
    kernel = inputs.partition(",")[2]
    first = sum(letter not in output for letter in kernel)
    kept = kernel[first:]
    found = [output.find(letter) for letter in kept]
    ordered = all(place >= 0 for place in found) and found == sorted(found)
    return first if len(kernel) == rank and ordered and first and kept else -1


def _repeated(tensor: TensorRef, count: int, axis: int) -> TensorRef:
    """Return a tensor of length one along an axis as often as `count` says."""
    made = tensor
    while made.shape[axis] < count:
        made = concatenate([made, made], axis)
    return part(made, axis, 0, count) if made.shape[axis] > count else made
