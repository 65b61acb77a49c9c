"""Layers that put several tensors together."""

from __future__ import annotations

from functools import reduce

import numpy as np

from keras_doctor.layers.families.merging import read_axes
from keras_doctor.layers.shapes import axis_of, read_number
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, array_of, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

_EPSILON = 1e-12  # below which no Keras normalizes: `l2_normalize`


def _aligned(arrays: list[Array]) -> list[Array]:
    """Return arrays of one rank: dimensions of 1 are put in after the batch, as the merging layers do."""
    rank = max(array.ndim for array in arrays)
    return [array.reshape(array.shape[:1] + (1,) * (rank - array.ndim) + array.shape[1:]) for array in arrays]


def _average(arrays: list[Array]) -> Array:
    return sum(arrays[1:], arrays[0]) / np.asarray(len(arrays), arrays[0].dtype)


_ELEMENTWISE: dict[str, Callable[[list[Array]], Array]] = {
    "Add": lambda arrays: sum(arrays[1:], arrays[0]),
    "Average": _average,
    "Maximum": lambda arrays: reduce(np.maximum, arrays),
    "Minimum": lambda arrays: reduce(np.minimum, arrays),
    "Multiply": lambda arrays: reduce(np.multiply, arrays),
    "Subtract": lambda arrays: arrays[0] - arrays[1],
}
_SKIP_MASKED: dict[str, Any] = {"Maximum": np.maximum, "Minimum": np.minimum, "Multiply": np.multiply}


@computes("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
def elementwise(call: Call) -> Any:
    """Combines tensors element by element."""
    arrays, masks = _aligned(call.arrays), call.masks
    if call.semantics["merged_masks"] == "either" and call.class_name in _SKIP_MASKED and any_mask(masks):
        return _skipping(call.class_name, arrays, masks)
    return value(_ELEMENTWISE[call.class_name](arrays), _merged_mask(call, masks))


def any_mask(masks: list[Array | None]) -> bool:
    """Whether a mask is there."""
    return any(mask is not None for mask in masks)


def _merged_mask(call: Call, masks: list[Array | None]) -> Array | None:
    known = [mask for mask in masks if mask is not None]
    if call.semantics["merged_masks"] == "either":
        return reduce(np.logical_or, known) if known and len(known) == len(masks) else None
    return reduce(np.logical_and, known) if known else None


def _skipping(class_name: str, arrays: list[Array], masks: list[Array | None]) -> Value:
    """Combine only what the masks let count (Keras 3.4 on)."""
    wide = [
        None if mask is None else np.broadcast_to(mask.reshape(mask.shape + (1,) * (x.ndim - mask.ndim)), x.shape)
        for x, mask in zip(arrays, masks, strict=True)
    ]
    all_masked = all(mask is not None for mask in wide)
    counted: Array = reduce(np.logical_or, [mask for mask in wide if mask is not None]) if all_masked else None
    operation = _SKIP_MASKED[class_name]
    if class_name == "Multiply":
        pairs = zip(arrays, wide, strict=True)
        output = reduce(
            operation, [x if mask is None else np.where(mask, x, np.ones((), x.dtype)) for x, mask in pairs]
        )
        output = np.where(counted, output, np.zeros((), output.dtype)) if all_masked else output
    else:
        output, held = arrays[0], wide[0]
        for x, mask in zip(arrays[1:], wide[1:], strict=True):
            x = x if mask is None else np.where(mask, x, output)
            output = operation(output if held is None else np.where(held, output, x), x)
            held = None if held is None or mask is None else held | mask
    return value(output, None if counted is None else counted.any(axis=-1))


@computes("Concatenate")
def concatenate(call: Call) -> Any:
    """Puts tensors one after the other."""
    arrays, axis = call.arrays, call.number("axis", -1)
    return value(np.concatenate(arrays, axis), joined_mask(call, arrays, call.masks, axis))


def joined_mask(call: Call, arrays: list[Array], masks: list[Array | None], axis: int) -> Array | None:
    """Return the mask of tensors one after the other."""
    if not any_mask(masks):
        return None
    wide = []
    for x, mask in zip(arrays, masks, strict=True):
        if mask is None:
            wide.append(np.ones(x.shape, bool))
        else:
            wide.append(np.broadcast_to(mask[..., None] if mask.ndim < x.ndim else mask, x.shape))
    joined = np.concatenate(wide, axis)
    return joined.any(axis=-1) if call.semantics["merged_masks"] == "either" else joined.all(axis=-1)


@computes("Dot")
def dot(call: Call) -> Any:
    """Multiplies two tensors along one axis of each, sample by sample."""
    one, other = call.arrays
    first, second = _dot_axes(call.value("axes"), one.ndim, other.ndim)
    if call.flag("normalize"):
        one, other = _unit(one, first), _unit(other, second)
    return batch_dot(one, other, first, second)


def _dot_axes(axes: Any, one: int, other: int) -> tuple[int, int]:
    number = read_number(axes)
    pair = (number, number) if number is not None else read_axes(axes)
    if len(pair) != 2:
        raise CannotEvaluateError("its axes are not one for each input")
    return axis_of(pair[0], one), axis_of(pair[1], other)


def _unit(x: Array, axis: int) -> Array:
    squares = np.maximum((x * x).sum(axis=axis, keepdims=True), np.asarray(_EPSILON, x.dtype))
    return x / np.sqrt(squares)


def batch_dot(one: Array, other: Array, first: int, second: int) -> Array:
    """Return the product over an axis of each, sample by sample; at least one place is left of a sample."""
    letters = "abcdefghijklmnopqrstuvw"
    left = ["z", *letters[: one.ndim - 1]]
    right = ["z", *letters[one.ndim - 1 : one.ndim + other.ndim - 2]]
    left[first] = right[second] = "y"
    output = "".join(axis for axis in [*left, *right[1:]] if axis != "y")
    found = np.einsum(f"{''.join(left)},{''.join(right)}->{output}", one, other)
    return found[:, None] if found.ndim == 1 else found


@computes("Merge")
def merge(call: Call) -> Any:
    """Keras 1's one layer for all of these, by `mode`; first in a Sequential it holds the models that feed it."""
    tensors = _branches(call) or [one for one in call.tensors if isinstance(one, Value)]
    arrays, masks = [array_of(one) for one in tensors], [one.mask for one in tensors]
    mode = call.value("mode", "sum")
    if call.value("mode_type", "raw") != "raw" or not isinstance(mode, str):
        raise CannotEvaluateError("it merges by a function of the user's own")
    if mode == "concat":
        axis = call.number("concat_axis", -1)
        return value(np.concatenate(arrays, axis), joined_mask(call, arrays, masks, axis))
    if mode in ("dot", "cos"):
        first, second = _dot_axes(call.value("dot_axes", -1), arrays[0].ndim, arrays[1].ndim)
        product = batch_dot(arrays[0], arrays[1], first, second)
        if mode == "dot":
            return value(product)
        lengths = batch_dot(arrays[0], arrays[0], first, first) * batch_dot(arrays[1], arrays[1], second, second)
        return value((product / np.maximum(np.sqrt(lengths), np.float32(1e-7)))[:, None])
    names = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}
    if mode not in names:
        raise CannotEvaluateError("it merges in a mode that Keras 1 does not know")
    return value(_ELEMENTWISE[names[mode]](arrays), _merged_mask(call, masks) if mode != "max" else None)


def _branches(call: Call) -> list[Value]:
    """Return what the models inside a Merge put out, each given its share of the inputs; [] when it holds none."""
    layers = call.config.get("layers")
    given = list(call.tensors)
    outputs: list[Value] = []
    for index, layer in enumerate(layers if isinstance(layers, list) else ()):
        taken = call.runner.inputs_of(layer)
        outcome = call.run_inner("layers", given[:taken], f"layers[{index}]", index=index)
        given = given[taken:]
        outputs.extend(one for one in outcome.outputs if isinstance(one, Value))
    return outputs
