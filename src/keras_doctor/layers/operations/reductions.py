"""Operations that take axes away."""

from __future__ import annotations

from keras_doctor.layers.operations.operands import Operands, shape_of
from keras_doctor.layers.shapes import CannotInferError, Shape, axis_of, product
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def without(shape: Shape, axes: tuple[int, ...], keep: bool) -> Shape:
    """Return a shape without some axes, or with 1 in their places."""
    if keep:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def reduced(op: Operands) -> Any:
    """A sum, mean or the like over some axes, or over all."""
    shape = op.shape()
    return without(shape, op.axes("axis", len(shape)), op.flag("keepdims"))


def place_of_extreme(op: Operands) -> Any:
    """The place of the largest or smallest. TensorFlow looks along the first axis when none is given, Keras 3 through
    everything.
    """
    shape = op.shape()
    axes: tuple[int, ...] = tuple(range(len(shape)))
    if op.has("axis"):
        axes = (op.axis("axis", len(shape)),)
    elif op.traced:
        axes = (0,)
    return without(shape, axes, op.flag("keepdims"))


def at_quantiles(op: Operands) -> Any:
    """Quantiles over axes: one result for each when several are asked for."""
    result = reduced(op)
    asked = shape_of(op.get("y"))
    several = asked and ((asked[0] or 0) > 1 or isinstance(op.get("y"), Tensor))
    return (asked[0], *result) if several else result


def moments(op: Operands) -> Any:
    """Mean and variance over axes."""
    result = reduced(op)
    return [result, result]


def along(op: Operands) -> Any:
    """Something along one axis that leaves the shape as it is; through everything when no axis is given."""
    shape = op.shape()
    return shape if op.has("axis") else (product(shape),)


def differences(op: Operands) -> Any:
    """Differences of neighbours along an axis."""
    shape = list(op.shape())
    axis = op.axis("axis", len(shape), -1)
    size = shape[axis]
    shape[axis] = None if size is None else max(size - op.number("n", 1), 0)
    return tuple(shape)


def traced_diagonal(op: Operands) -> Any:
    """A sum along the diagonals: two axes go."""
    return _without_pair(op)


def diagonal(op: Operands) -> Any:
    """The diagonals: two axes go, their length comes last."""
    shape = op.shape()
    first, second = _pair(op, len(shape))
    rows, columns = shape[first], shape[second]
    if rows is None or columns is None:
        length = None
    else:
        offset = op.number("offset", 0)
        length = max(min(columns - offset if offset > 0 else rows + offset, rows, columns), 0)
    return (*_without_pair(op), length)


def _pair(op: Operands, rank: int) -> tuple[int, int]:
    first, second = op.axis("axis1", rank, 0), op.axis("axis2", rank, 1)
    if first == second:
        raise CannotInferError("its two axes are the same")
    return first, second


def _without_pair(op: Operands) -> Shape:
    shape = op.shape()
    return without(shape, _pair(op, len(shape)), keep=False)


def losses(op: Operands) -> Any:
    """A loss for each sample: the classes' axis goes."""
    shape = op.shape("y")
    return without(shape, (axis_of(op.number("axis", -1), len(shape)),), keep=False)


def integral(op: Operands) -> Any:
    """A sum under a curve: its axis goes."""
    shape = op.shape()
    return without(shape, (op.axis("axis", len(shape), -1),), keep=False)


def per_sample(op: Operands) -> Any:
    """One number for each sample."""
    return op.shape()[:1]
