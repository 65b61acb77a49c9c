"""Products of matrices and of tensors of more dimensions."""

from __future__ import annotations

from keras_doctor.layers.einsum import parse, sizes_of
from keras_doctor.layers.operations.elementwise import met
from keras_doctor.layers.operations.operands import Operands, shape_of
from keras_doctor.layers.shapes import CannotInferError, Shape, axis_of, product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def matmul(op: Operands) -> Any:
    """A product of matrices, batch by batch; a vector counts as a row or a column."""
    one, other = op.shape("x"), op.shape("y")
    if op.flag("transpose_a") and len(one) > 1:
        one = (*one[:-2], one[-1], one[-2])
    if op.flag("transpose_b") and len(other) > 1:
        other = (*other[:-2], other[-1], other[-2])
    if not one or not other:
        raise CannotInferError("it takes matrices and gets a single number")
    rows = one[-2:-1]
    columns = other[-1:] if len(other) > 1 else ()
    if not _fit(one[-1], other[-2] if len(other) > 1 else other[0]):
        raise CannotInferError("its matrices do not fit together")
    return (*met(op, [one[:-2], other[:-2]]), *rows, *columns)


def _fit(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


def dot(op: Operands) -> Any:
    """NumPy's dot: the last axis of the one with the last but one of the other, every pair of what is left."""
    one, other = op.shape("x"), op.shape("y")
    if not one or not other:
        return one or other
    return (*one[:-1], *other[:-2], *(other[-1:] if len(other) > 1 else ()))


def batch_dot(op: Operands) -> Any:
    """`keras.backend.batch_dot`: one axis of each, sample by sample."""
    from keras_doctor.layers.families.merging import dotted

    one, other = op.shape("x"), op.shape("y")
    axes = op.get("axes")
    if axes is None:
        axes = [len(one) - 1, max(len(other) - 2, 1)]
    return dotted([one, other], axes)


def inner(op: Operands) -> Any:
    """The last axes of both, summed over."""
    one, other = op.shape("x"), op.shape("y")
    return (*one[:-1], *other[:-1]) if one and other else one or other


def outer(op: Operands) -> Any:
    """Every pair of elements."""
    return (product(op.shape("x")), product(op.shape("y")))


def kron(op: Operands) -> Any:
    """Each element of the one times the whole other."""
    return tuple(product(pair) for pair in zip(op.shape("x"), op.shape("y"), strict=False))


def cross(op: Operands) -> Any:
    """Vectors across: over vectors of three, vectors again; over vectors of two, numbers."""
    shape = met(op, [op.shape("x")[:-1], op.shape("y")[:-1]])
    sizes = op.shape("x")[-1:] + op.shape("y")[-1:]
    return (*shape, 3) if 3 in sizes else (*shape, None) if None in sizes else shape


def tensordot(op: Operands) -> Any:
    """Some axes of both, summed over: the last of the one with the first of the other, or those named."""
    one, other = op.shape("x"), op.shape("y")
    axes = op.get("axes", 2)
    if isinstance(axes, list) and len(axes) == 2:
        ours, theirs = (Operands({"axis": side}, op.traced).numbers("axis") for side in axes)
    else:
        count = op.number("axes", 2)
        if not 0 <= count <= min(len(one), len(other)):
            raise CannotInferError("it sums over more axes than there are")
        ours, theirs = list(range(len(one) - count, len(one))), list(range(count))
    gone = {axis_of(axis, len(one)) for axis in ours if axis is not None}
    away = {axis_of(axis, len(other)) for axis in theirs if axis is not None}
    left = tuple(size for axis, size in enumerate(one) if axis not in gone)
    return (*left, *(size for axis, size in enumerate(other) if axis not in away))


def einsum(op: Operands) -> Any:
    """Whatever the equation says."""
    equation = op.get("equation")
    operands = op.get("x")
    if not isinstance(equation, str) or not isinstance(operands, list):
        raise CannotInferError("its equation is not known")
    shapes = [shape_of(one) for one in operands]
    parts, output = parse(equation, len(shapes))
    named: dict[str, int | None] = {}
    hidden: list[Shape] = []
    for part, shape in zip(parts, shapes, strict=False):
        sizes, under = sizes_of(part, shape)
        hidden.append(under)
        for axis, size in sizes.items():
            if named.get(axis) is None or named[axis] == 1:
                named[axis] = size
    head, dots, tail = output.partition("...")
    if any(axis not in named for axis in head + tail):
        raise CannotInferError("its equation puts out an axis that no operand has")
    middle = met(op, hidden) if dots else ()
    return (*(named[axis] for axis in head), *middle, *(named[axis] for axis in tail))


def square(op: Operands) -> Any:
    """A matrix for each matrix."""
    return op.shape()


def determinant(op: Operands) -> Any:
    """A number for each matrix."""
    return op.shape()[:-2]


def sign_and_determinant(op: Operands) -> Any:
    """Two numbers for each matrix."""
    return [op.shape()[:-2]] * 2


def qr(op: Operands) -> Any:
    """Two factors of each matrix."""
    shape = op.shape()
    if len(shape) < 2:
        raise CannotInferError("it takes matrices and gets less than 2 dimensions")
    rows, columns = shape[-2:]
    least = None if rows is None or columns is None else min(rows, columns)
    if op.text("mode", "reduced") == "complete":
        return [(*shape[:-2], rows, rows), shape]
    return [(*shape[:-2], rows, least), (*shape[:-2], least, columns)]


def svd(op: Operands) -> Any:
    """The singular values of each matrix, and the vectors to them."""
    shape = op.shape()
    if len(shape) < 2:
        raise CannotInferError("it takes matrices and gets less than 2 dimensions")
    rows, columns = shape[-2:]
    least = None if rows is None or columns is None else min(rows, columns)
    if op.named.get("compute_uv") is False:
        return (*shape[:-2], least)
    left, right = (rows, columns) if op.named.get("full_matrices") is not False else (least, least)
    return [(*shape[:-2], rows, left), (*shape[:-2], least), (*shape[:-2], right, columns)]


def eigen(op: Operands) -> Any:
    """The eigenvalues of each matrix, and the vectors to them."""
    shape = op.shape()
    return [shape[:-1], shape]


def solve(op: Operands) -> Any:
    """The solution of a system of equations."""
    return op.shape("y")


def attention(op: Operands) -> Any:
    """Values weighted by how keys fit the query."""
    query, value = op.shape("query"), op.shape("value")
    return (*query[:-1], *value[-1:])


def distances(op: Operands) -> Any:
    """The distance of every pair of points."""
    one, other = op.shape("x"), op.shape("y")
    if len(one) < 2 or len(other) < 2:
        raise CannotInferError("it takes points and gets less than 2 dimensions")
    return (*met(op, [one[:-2], other[:-2]]), one[-2], other[-2])


def least_squares(op: Operands) -> Any:
    """The best solution of a system of equations."""
    return (*op.shape("x")[1:2], *op.shape("y")[1:])


def factors(op: Operands) -> Any:
    """Both triangles of a matrix in one, and the order of its rows."""
    shape = op.shape()
    if len(shape) < 2:
        raise CannotInferError("it takes matrices and gets less than 2 dimensions")
    rows, columns = shape[-2:]
    return [shape, (*shape[:-2], None if rows is None or columns is None else min(rows, columns))]
