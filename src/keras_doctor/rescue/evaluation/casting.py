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

# Policies that compute in another type than the one of their name. bfloat16 is computed in float32: NumPy has no such
# type.
_COMPUTE = {"mixed_float16": "float16", "mixed_bfloat16": "float32", "bfloat16": "float32"}
_FLOATS = ("float16", "float32", "float64")


def compute_dtype(call: Call) -> str:
    """Return the dtype in which a layer computes, "" when it takes that of its input."""
    if not call.era.own_dtype:
        return ""
    name = policy_name(call.config.get("dtype")).partition("_from_")
    policy = name[2] or name[0]
    if "bfloat16" in policy:
        call.approximate("layers of dtype bfloat16 are computed in float32")
    dtype = _COMPUTE.get(policy, policy)
    return dtype if dtype in _FLOATS else ""


def cast_arguments(call: Call) -> None:
    """Bring the floating-point tensors of a call to the dtype in which the layer computes."""
    dtype = compute_dtype(call)
    if dtype and call.config.get("autocast") is not False:

        def leaf(one: Any) -> Any:
            if isinstance(one, Value) and one.array.dtype.kind == "f" and one.array.dtype != dtype:
                return value(one.array.astype(dtype), one.mask)
            return one

        call.args, call.kwargs = convert(call.args, leaf), convert(call.kwargs, leaf)


def cast_variables(call: Call) -> None:
    """Bring the floating-point variables of a call to the dtype in which the layer computes."""
    dtype = compute_dtype(call)
    if dtype:
        call.own_variables = {
            part: {name: _cast(array, dtype) for name, array in held.items()}
            for part, held in call.own_variables.items()
        }


def _cast(array: Array, dtype: str) -> Array:
    return array.astype(dtype) if array.dtype.kind == "f" and array.dtype != np.dtype(dtype) else array
