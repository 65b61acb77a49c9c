"""How long a dimension is after a window has been moved over it: convolutions, poolings, and back."""

from __future__ import annotations

from keras_doctor.layers.shapes import LARGEST, CannotInferError, MisfitError


def slid(length: int | None, window: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """Return the length after a window slides over `length` places (`conv_output_length`): rounded up for the part that
    is left over.
    """
    if length is None:
        return None
    reach = (window - 1) * dilation + 1
    if padding in ("same", "causal"):
        found = length
    elif padding == "valid":
        found = length - reach + 1
    elif padding == "full":
        found = length + reach - 1
    else:
        raise CannotInferError(f"its padding {padding[:40]!r} is none that Keras knows")
    if stride < 1:
        raise CannotInferError("its stride is not positive")
    if found < 1 and padding == "valid":
        raise MisfitError("its window is larger than its input")
    return -(-found // stride)


def spread(
    length: int | None, window: int, stride: int, padding: str, extra: int | None, dilation: int = 1
) -> int | None:
    """Return the length after a transposed convolution (`deconv_output_length`). `extra`: its output padding, None when
    it leaves that open.
    """
    if length is None:
        return None
    reach = (window - 1) * dilation + 1
    if extra is not None:
        cut = {"same": reach // 2, "valid": 0, "full": reach - 1}.get(padding, 0)
        found = (length - 1) * stride + reach - 2 * cut + extra
    elif padding == "same":
        found = length * stride
    elif padding == "full":
        found = length * stride - (stride + reach - 2)
    else:
        found = length * stride + max(reach - stride, 0)
    if not 0 <= found <= LARGEST:
        raise MisfitError("its output would have no size")
    return found
