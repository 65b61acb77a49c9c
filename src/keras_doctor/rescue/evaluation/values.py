"""What flows between layers when a model is evaluated: tensors that hold their numbers, and a mask of the steps that
count.
"""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Tensor
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # A NumPy array. NumPy's own annotations make `Any` of most arithmetic on arrays of open dtype.
    Array = Any


class CannotEvaluateError(CannotInferError):
    """A layer or model cannot be evaluated. The text is a reason that a person can read."""


@record
class Value(Tensor):
    """A tensor with its numbers.

    `array`: of any dtype, strings as `object`. `mask`: of booleans, true where a step counts; None when all do.
    """

    array: Any = None
    mask: Any = None

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def value(array: Any, mask: Any = None) -> Value:
    """Return a tensor that holds `array`."""
    return Value(tuple(array.shape), None, array, mask)


def array_of(tensor: Any) -> Array:
    """Return the numbers of a tensor. Raises CannotEvaluateError for one that has none."""
    if not isinstance(tensor, Value):
        raise CannotEvaluateError("a tensor that it takes is made by nothing in the model")
    return tensor.array


def is_text(tensor: Any) -> bool:
    """Whether a tensor holds text."""
    return isinstance(tensor, Value) and tensor.array.dtype.kind == "O"
