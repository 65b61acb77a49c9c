"""Reshaping: what a -1 among the new sizes comes to."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError, Shape, product


def reshaped(shape: Shape, target: list[int]) -> Shape:
    """Return the sizes `target` with its -1 worked out from the old sizes; None for it where an old size is open."""
    if any(size < -1 for size in target) or target.count(-1) > 1:
        raise CannotInferError("its new shape is none that an array can have")
    known = product(size for size in target if size != -1)
    whole = product(shape)
    if whole is None or known is None:
        return tuple(None if size == -1 else size for size in target)
    if -1 in target:
        if not known or whole % known:
            raise CannotInferError("its input does not fit into its new shape")
        return tuple(whole // known if size == -1 else size for size in target)
    if whole != known:
        raise CannotInferError("its input does not fit into its new shape")
    return tuple(target)
