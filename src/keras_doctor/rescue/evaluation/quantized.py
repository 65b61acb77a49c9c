"""Products with plain, LoRA and quantized kernels."""

from __future__ import annotations

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


def dense_product(call: Call, x: Array) -> Array:
    """Return `x` times the kernel of a Dense."""
    kernel = call.variable("kernel")
    return np.matmul(x, kernel)
