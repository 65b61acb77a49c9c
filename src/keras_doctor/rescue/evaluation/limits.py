"""How much is computed at most: a config can ask for more than any machine has."""

from __future__ import annotations

from math import prod

from keras_doctor.layers.tensors import Tensor, convert
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

ELEMENTS = 1 << 26  # of one array
PLACES = 1 << 16  # of one window


def allow(sizes: Iterable[int], most: int = ELEMENTS) -> None:
    """Raise CannotEvaluateError for an array, or a window, of more than `most` elements."""
    if prod(sizes) > most:
        raise CannotEvaluateError("it makes an array that is too large to be computed here")


def shapes_alone(arguments: Any) -> Any:
    """Return the arguments of a call with tensors of the same shapes that hold nothing."""
    return convert(arguments, lambda one: Tensor(one.shape) if isinstance(one, Value) else one)
