"""Means, sums and extremes along axes, and products of matrices, by layers that pool and multiply."""

from __future__ import annotations

from math import prod

from keras_doctor.fixes.plain.arithmetic import tensor
from keras_doctor.fixes.plain.arranging import axis_of
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.fixes.plain.graph import Plain

    Values = dict[str, Any]
    Rule = Callable[[Plain, Values], Ref]

_OPEN = {(3, (1,)): "1D", (4, (1, 2)): "2D", (5, (1, 2, 3)): "3D"}  # rank and axes of the poolings over all


def _axes(graph: Plain, values: Values) -> list[int]:
    """Return the axes, which follow one another."""
    axes = values.get("axis")
    listed = axes if isinstance(axes, list) else [axes]
    found = sorted(axis_of(graph, tensor(values), axis) for axis in listed)
    if found != list(range(found[0], found[0] + len(found))):
        raise CannotInferError("its axes do not follow one another")
    return found


def _pooled(graph: Plain, values: Values, kind: str) -> Ref:
    """Pool over axes as a mean or a maximum."""
    x, axes = tensor(values), _axes(graph, values)
    shape = graph.shape(x)
    kept = [1 if axis in axes else size for axis, size in enumerate(shape) if axis]
    left = kept if values.get("keepdims") else [size for axis, size in enumerate(shape) if axis and axis not in axes]
    if any(size is None for size in shape[1:]):
        dimensions = _OPEN.get((len(shape), tuple(axes)))
        if dimensions is None:
            raise CannotInferError("a size of its tensor is open")
        return graph.arranged(graph.layer(f"Global{kind}Pooling{dimensions}", x), left)
    sizes = graph.sizes(x)
    first, last = axes[0] - 1, axes[-1]
    count = prod(sizes[first:last])
    laid = graph.arranged(x, [prod(sizes[:first]), count, prod(sizes[last:])])
    made = graph.layer(f"{kind}Pooling2D", laid, pool_size=[1, count], strides=[1, count], padding="valid")
    return graph.arranged(made, left)


def mean(graph: Plain, values: Values) -> Ref:
    """The mean along axes."""
    graph.rounded = True
    return _pooled(graph, values, "Average")


def total(graph: Plain, values: Values) -> Ref:
    """The sum along axes: the mean times their length."""
    graph.rounded = True
    shape = graph.shape(tensor(values))
    sizes = [shape[axis] for axis in _axes(graph, values)]
    if not all(isinstance(size, int) for size in sizes):
        raise CannotInferError("a size of its tensor is open")
    return graph.line(_pooled(graph, values, "Average"), float(prod(size for size in sizes if size)))


def most(graph: Plain, values: Values) -> Ref:
    """The largest along axes."""
    return _pooled(graph, values, "Max")


def least(graph: Plain, values: Values) -> Ref:
    """The smallest along axes: of the negative, the largest."""
    turned = graph.line(tensor(values), -1.0)
    return graph.line(_pooled(graph, {**values, "x": turned}, "Max"), -1.0)


def product(graph: Plain, values: Values) -> Ref:
    """The product of one matrix of each example with another."""
    pair = [tensor(values, "x1"), tensor(values, "x2")]
    if [len(graph.shape(one)) for one in pair] != [3, 3]:
        raise CannotInferError("no layer multiplies such tensors")
    return graph.layer("Dot", pair, axes=[2, 1], normalize=False)


RULES: dict[str, Rule] = {
    "numpy.Mean": mean,
    "numpy.Sum": total,
    "numpy.Max": most,
    "numpy.Amax": most,
    "numpy.Min": least,
    "numpy.Amin": least,
    "numpy.Matmul": product,
}
