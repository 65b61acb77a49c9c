"""Layers that only Keras 1 had."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.functions import activation, sigmoid
from keras_doctor.rescue.evaluation.registry import computes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call


@computes("TimeDistributedDense")
def time_distributed_dense(call: Call) -> Any:
    """A dense layer on each step."""
    y, bias = np.matmul(call.x, call.variable("W")), call.maybe("b")
    return activation(call)(y if bias is None else y + bias)


@computes("MaxoutDense")
def maxout_dense(call: Call) -> Any:
    """The largest of several dense layers."""
    y, bias = np.einsum("bi,fio->bfo", call.x, call.variable("W")), call.maybe("b")
    return (y if bias is None else y + bias).max(axis=1)


@computes("Highway")
def highway(call: Call) -> Any:
    """A dense layer and a gate that lets the input pass beside it."""
    x, bias, carry_bias = call.x, call.maybe("b"), call.maybe("b_carry")
    carry = np.matmul(x, call.variable("W_carry"))
    gate = sigmoid(carry if carry_bias is None else carry + carry_bias)
    y = np.matmul(x, call.variable("W"))
    y = activation(call)(y if bias is None else y + bias)
    return y * gate + (1 - gate) * x
