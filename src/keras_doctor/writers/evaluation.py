"""The values of a tensor, stored or made: what every writer asks for."""

from __future__ import annotations

from keras_doctor.document.expressions import Expression
from keras_doctor.document.expressions import pieces as moved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.tensors import TensorRef

_SMALL = 1 << 22  # bytes of a tensor that is moved sooner than NumPy is imported


def pieces(tensor: TensorRef) -> Iterator[bytes]:
    """Yield the values as little-endian bytes in C order.

    Raises `document.expressions.NeedsArithmetic` when they must be calculated and NumPy is not there, and
    `wire.errors.FormatError` when the stored ones are damaged.
    """
    if not isinstance(tensor, Expression) or (tensor.moves_only and tensor.nbytes <= _SMALL):
        return tensor.chunks()
    try:
        from keras_doctor.writers import arithmetic, transposing
    except ModuleNotFoundError:
        return moved(tensor)  # moves all the same, or says what is missing
    return moved(tensor, {**arithmetic.OPERATIONS, **transposing.OPERATIONS})
