"""Layers that put several tensors together."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError, Shape, axis_of, broadcast, plus, read_number, read_shape
from keras_doctor.layers.stock import stock
from keras_doctor.layers.tensors import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
def elementwise(call: Call) -> Any:
    """Combines tensors element by element."""
    return met(call.inputs, call.era.traced)


def met(shapes: list[Shape], traced: bool) -> Shape:
    """Return the shape in which tensors meet. Keras's own rule (`traced` false) keeps open what is open in one of them,
    but for the batch.
    """
    if traced:
        rank = max(len(shape) for shape in shapes)
        return broadcast(
            *((shape[:1] + (1,) * (rank - len(shape)) + shape[1:]) if shape else shape for shape in shapes)
        )
    batches = {shape[0] for shape in shapes if shape} - {None}
    found = shapes[0][1:]
    for shape in shapes[1:]:
        found = _pair(found, shape[1:])
    return (batches.pop() if len(batches) == 1 else None, *found)


def _pair(one: Shape, other: Shape) -> Shape:
    if len(one) < len(other):
        one, other = other, one
    lead = len(one) - len(other)
    result = list(one[:lead])
    for first, second in zip(one[lead:], other, strict=False):
        if first is None or second is None:
            result.append(None)
        elif first == 1 or second == 1 or first == second:
            result.append(second if first == 1 else first)
        else:
            raise CannotInferError("its inputs have sizes that do not fit together")
    return tuple(result)


@stock("Concatenate")
def concatenate(call: Call) -> Any:
    """Puts tensors one after the other."""
    return joined(call.inputs, call.number("axis", -1), call.era.traced)


def joined(shapes: list[Shape], axis: int, fill: bool) -> Shape:
    """Return the shape of tensors one after the other along `axis`. `fill`: a size that the first leaves open is taken
    from the others.
    """
    rank = len(shapes[0])
    axis = axis_of(axis, rank)
    if any(len(shape) != rank for shape in shapes):
        raise CannotInferError("its inputs have different numbers of dimensions")
    result = list(shapes[0])
    for position in range(rank):
        sizes = [shape[position] for shape in shapes]
        if position == axis:
            result[position] = plus(*sizes)
            continue
        known = {size for size in sizes if size is not None}
        if len(known) > 1:
            raise CannotInferError("its inputs have sizes that do not fit together")
        if known and fill:
            result[position] = known.pop()
    return tuple(result)


@stock("Dot")
def dot(call: Call) -> Any:
    """Multiplies two tensors along one axis of each, sample by sample."""
    return dotted(call.inputs, call.value("axes"))


def dotted(shapes: list[Shape], axes: Any) -> Shape:
    """Return the shape of a product over `axes`, one for both or one for each; what is left is the sample's, at least
    one place.
    """
    if len(shapes) != 2:
        raise CannotInferError("it takes two inputs")
    one, other = shapes
    number = read_number(axes)
    pair = (number, number) if number is not None else read_axes(axes)
    if len(pair) != 2:
        raise CannotInferError("its axes are not one for each input")
    first, second = axis_of(pair[0], len(one)), axis_of(pair[1], len(other))
    left = [size for axis, size in enumerate(one) if axis != first]
    right = [size for axis, size in enumerate(other) if axis not in (second, 0)]
    result = left + right
    return tuple(result) if len(result) > 1 else (*result, 1)


def read_axes(value: Any) -> tuple[int, ...]:
    """Return a list of axes, bare or wrapped as a tuple."""
    if isinstance(value, dict):
        value = value.get("items")
    numbers = [read_number(one) for one in value] if isinstance(value, (list, tuple)) else []
    return tuple(number for number in numbers if number is not None)


@stock("Merge")
def merge(call: Call) -> Any:
    """Keras 1's one layer for all of these, by `mode`; first in a Sequential it holds the models that feed it."""
    shapes = _branches(call) or call.inputs
    mode = call.value("mode", "sum")
    if call.value("mode_type", "raw") != "raw" or not isinstance(mode, str):
        stated = read_shape(call.value("output_shape", None))
        if stated is None or not shapes or not shapes[0]:
            raise CannotInferError("it merges by a function of the user's own, and its config states no output shape")
        return (shapes[0][0], *stated)
    if mode == "concat":
        return joined(shapes, call.number("concat_axis", -1), fill=False)
    if mode in ("dot", "cos"):
        axes = call.value("dot_axes", -1)
        one, other = (len(shape) for shape in shapes[:2]) if len(shapes) == 2 else (0, 0)
        number = read_number(axes)
        pair = (axis_of(number, one), axis_of(number, other)) if number is not None else read_axes(axes)
        return dotted(shapes, list(pair))
    if mode in ("sum", "mul", "ave", "max"):
        return shapes[0]
    raise CannotInferError("it merges in a mode that Keras 1 does not know")


def _branches(call: Call) -> list[Shape]:
    """Return what the models inside a Merge put out, [] when it holds none."""
    layers = call.config.get("layers")
    shapes: list[Shape] = []
    for index in range(len(layers) if isinstance(layers, list) else 0):
        outputs: tuple[Tensor, ...] = call.inner("layers", [], index=index).outputs
        for tensor in outputs:
            if tensor.shape is None:
                raise CannotInferError("the shape of its input is not known")
            shapes.append(tensor.shape)
    return shapes
