"""Products with plain and quantized kernels.

Source: `_int8_call` of `keras/src/layers/core/dense.py`, `einsum_dense.py` and `embedding.py` in Keras 3.
"""

from __future__ import annotations

import numpy as np

from keras_doctor.layers.quantization import mode_of
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

_EPSILON = 1e-7  # keras.backend.epsilon()


def dense_product(call: Call, x: Array) -> Array:
    """Return `x` times the kernel of a Dense."""
    kernel, mode = call.variable("kernel"), mode_of(call)[0]
    if not mode:
        return times(call, x, kernel)
    if mode != "int8":
        raise CannotEvaluateError(f"its kernel is quantized as {mode}")
    rows, scale = absolute_maximum(x, -1)
    product = np.matmul(rows.astype(np.int32), kernel.astype(np.int32)).astype(x.dtype)
    return product / (scale * call.variable("kernel_scale"))


def einsum_product(call: Call, x: Array, equation: str) -> Array:
    """Return `x` times the kernel of an EinsumDense."""
    kernel, mode = call.variable("kernel"), mode_of(call)[0]
    if not mode:
        return np.einsum(equation, x, kernel)
    given, _, rest = equation.partition(",")
    letters, _, made = rest.partition("->")
    if mode != "int8" or "." in equation:
        raise CannotEvaluateError(f"its kernel is quantized as {mode}")
    gone = tuple(place for place, letter in enumerate(given) if letter not in made)
    kept = "".join(letter for letter in given if letter in made)
    numbers, scale = absolute_maximum(x, gone)
    product = np.einsum(f"{given},{letters}->{made}", numbers.astype(np.int32), kernel.astype(np.int32))
    # The factors of the inputs lie along the letters that are kept, in the order in which they are made.
    ordered = np.einsum(f"{kept}->{''.join(letter for letter in made if letter in kept)}", np.squeeze(scale, gone))
    place = tuple(slice(None) if letter in kept else None for letter in made)
    return product.astype(x.dtype) / (ordered[place] * call.variable("kernel_scale"))


def times(call: Call, x: Array, kernel: Array) -> Array:
    """Return `x` times a matrix. Of half precision TensorFlow up to 2.15 rounds each step, later releases the sum."""
    if x.dtype != np.float16:
        return np.matmul(x, kernel)
    if call.semantics["half_products"] == "summed":
        return np.matmul(x.astype(np.float32), kernel.astype(np.float32)).astype(np.float16)
    total = np.zeros((*x.shape[:-1], kernel.shape[-1]), np.float16)
    for place in range(x.shape[-1]):
        total = total + x[..., place : place + 1] * kernel[place]
    return total


def absolute_maximum(x: Array, axis: int | tuple[int, ...]) -> tuple[Array, Array]:
    """Return numbers as whole ones between -127 and 127, and the factor that made them so (`abs_max_quantize`)."""
    scale = 127 / (np.abs(x).max(axis=axis, keepdims=True) + np.asarray(_EPSILON, x.dtype))
    return np.clip(np.round(x * scale), -127, 127).astype(np.int8), scale.astype(x.dtype)


def embedding_table(call: Call) -> Array:
    """Return the vectors of an Embedding."""
    table, mode = call.variable("embeddings"), mode_of(call)[0]
    if not mode:
        return table
    if mode != "int8":
        raise CannotEvaluateError(f"its vectors are quantized as {mode}")
    scale = call.variable("embeddings_scale")
    return table.astype(scale.dtype) / scale[:, None]
