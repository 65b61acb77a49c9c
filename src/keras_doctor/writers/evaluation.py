"""The values of a tensor, stored or made: what every writer asks for."""

from __future__ import annotations

from keras_doctor.document.expressions import Expression
from keras_doctor.document.expressions import pieces as moved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.tensors import TensorRef


def pieces(tensor: TensorRef) -> Iterator[bytes]:
    """Yield the values as little-endian bytes in C order.

    Raises `document.expressions.NeedsArithmetic` when they must be calculated and NumPy is not there, and
    `wire.errors.FormatError` when the stored ones are damaged.
    """
    if not isinstance(tensor, Expression) or tensor.moves_only:
        return tensor.chunks()
    try:
        from keras_doctor.writers.arithmetic import OPERATIONS
    except ModuleNotFoundError:
        return moved(tensor)  # says what is missing
    return moved(tensor, OPERATIONS)
