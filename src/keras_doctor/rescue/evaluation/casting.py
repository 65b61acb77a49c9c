"""The dtype in which a layer computes: Keras's own casting of inputs and variables, before each call."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.dtypes import policy_name
from keras_doctor.layers.tensors import convert
from keras_doctor.rescue.evaluation.values import Value, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

# Policies that compute in another type than the one of their name.
_COMPUTE = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
_FLOATS = ("float16", "float32", "float64", "bfloat16")

# Layers that use their variables as they are kept: `autocast=False` in their `build`.
_UNCAST = ("BatchNormalization", "BatchNormalizationV1")
_UNCAST_IN_KERAS_3 = ("LayerNormalization", "GroupNormalization")


def compute_dtype(call: Call) -> str:
    """Return the dtype in which a layer computes, "" when it takes that of its input."""
    if not call.era.own_dtype:
        return ""
    name = policy_name(call.config.get("dtype")).partition("_from_")
    policy = name[2] or name[0]
    dtype = _COMPUTE.get(policy, policy)
    if dtype.endswith("16"):
        call.approximate(f"releases and processors round {dtype} in different ways")
    return dtype if dtype in _FLOATS else ""


def cast_arguments(call: Call) -> None:
    """Bring the floating-point tensors of a call to the dtype in which the layer computes."""
    dtype = compute_dtype(call)
    if dtype and call.config.get("autocast") is not False:

        def leaf(one: Any) -> Any:
            if isinstance(one, Value) and one.array.dtype.kind == "f":
                return value(as_dtype(one.array, dtype), one.mask)
            return one

        call.args, call.kwargs = convert(call.args, leaf), convert(call.kwargs, leaf)


def cast_variables(call: Call) -> None:
    """Bring the floating-point variables of a call to the dtype in which the layer computes."""
    dtype = compute_dtype(call)
    kept = _UNCAST + _UNCAST_IN_KERAS_3 if call.is_keras3 else _UNCAST
    if dtype and call.class_name not in kept:
        call.own_variables = {
            part: {name: as_dtype(array, dtype) for name, array in held.items()}
            for part, held in call.own_variables.items()
        }


def as_dtype(array: Array, dtype: str) -> Array:
    """Return an array in another dtype, when both are of floating-point numbers.

    NumPy has no bfloat16: such numbers are kept in float32, rounded to what they can be.
    """
    if array.dtype.kind != "f":
        return array
    if dtype != "bfloat16":
        return array.astype(dtype, copy=False)
    bits = array.astype(np.float32).view(np.uint32)
    nearest = bits + 0x7FFF + ((bits >> 16) & 1)  # to the nearest, of two the even one
    return (nearest & np.uint32(0xFFFF0000)).view(np.float32)


def rounded(call: Call, array: Array) -> Array:
    """Return what a layer computed, as its dtype can hold it."""
    return as_dtype(array, "bfloat16") if compute_dtype(call) == "bfloat16" else array
