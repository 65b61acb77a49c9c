"""Parts of tensors, and other arrangements of what is in them, by layers that crop, pad, enlarge and lay out anew."""

from __future__ import annotations

from itertools import pairwise

from keras_doctor.fixes.plain.arithmetic import number, tensor
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.fixes.plain.graph import Plain

    Values = dict[str, Any]
    Made = Ref | list[Ref]
    Rule = Callable[[Plain, Values], Made]

MOST = 64  # parts, or copies


def axis_of(graph: Plain, x: Ref, axis: Any, more: int = 0) -> int:
    """Return an axis counted from the front, of a tensor that gets `more` of them; never the batch's."""
    rank = len(graph.shape(x)) + more
    if type(axis) is not int or not -rank <= axis < rank or axis % rank == 0:
        raise CannotInferError("it is about the batch, or about an axis that is not known")
    return axis % rank


def cropped(graph: Plain, x: Ref, axis: int, key: Slice) -> Ref:
    """Take a part along an axis."""
    ends = (key.start, key.stop, key.step)
    if not all(end is None or type(end) is int for end in ends) or (key.step or 1) < 1:
        raise CannotInferError("it takes a part that no layer takes")
    size = graph.shape(x)[axis]
    if size is None:
        return _cropped_open(graph, x, axis, key)
    places = range(*slice(*ends).indices(size))
    if not places:
        raise CannotInferError("it takes nothing")
    if len(places) == size:
        return x
    laid, sizes = graph.along(x, axis)
    margin = [places[0], size - 1 - places[-1]]
    part = graph.layer("Cropping2D", laid, cropping=[[0, 0], margin]) if any(margin) else laid
    if places.step > 1:
        part = graph.layer("MaxPooling2D", part, pool_size=[1, 1], strides=[1, places.step], padding="valid")
    return graph.arranged(part, [*sizes[: axis - 1], len(places), *sizes[axis:]])


def _cropped_open(graph: Plain, x: Ref, axis: int, key: Slice) -> Ref:
    """Take a part along the steps of a sequence of open length: what is left when both ends are cut."""
    start, stop = key.start or 0, key.stop or 0
    if len(graph.shape(x)) != 3 or axis != 1 or start < 0 or stop > 0 or (key.stop == 0) or (key.step or 1) > 1:
        raise CannotInferError("a size of its tensor is open")
    return graph.layer("Cropping1D", x, cropping=[start, -stop])


def get_item(graph: Plain, values: Values) -> Ref:
    """Take parts along the axes, one after the other."""
    x, keys = tensor(values), list(values["key"])
    rank = len(graph.shape(x))
    spent = sum(key is not None and key is not Ellipsis for key in keys)
    if keys.count(Ellipsis) > 1 or spent > rank:
        raise CannotInferError("it takes a part that is not known")
    place = keys.index(Ellipsis) if Ellipsis in keys else len(keys)
    keys = [*keys[:place], *[Slice()] * (rank - spent), *keys[place + 1 :]]
    first = keys[0] if keys else None
    if (
        not isinstance(first, Slice)
        or first.start not in (None, 0)
        or first.stop is not None
        or first.step not in (None, 1)
    ):
        raise CannotInferError("it takes a part of the batch")
    sizes: list[int | None] = []
    made, axis = x, 1
    for key in keys[1:]:
        if key is None:
            sizes.append(1)
            continue
        if isinstance(key, Slice):
            made = cropped(graph, made, axis, key)
            sizes.append(graph.shape(made)[axis])
        else:
            size = graph.shape(made)[axis]
            if type(key) is not int or size is None or not -size <= key < size:
                raise CannotInferError("it takes a part that is not known")
            made = cropped(graph, made, axis, Slice(key % size, key % size + 1))
        axis += 1
    return graph.arranged(made, sizes)


def take(graph: Plain, values: Values) -> Ref:
    """Take places along an axis."""
    x, places = tensor(values), values.get("indices")
    axis = axis_of(graph, x, values.get("axis"))
    listed: list[Any] = places if isinstance(places, list) else [places]
    size = graph.sizes(x)[axis - 1]
    if not listed or len(listed) > MOST or not all(type(one) is int and -size <= one < size for one in listed):
        raise CannotInferError("it takes places that are not known")
    parts = [cropped(graph, x, axis, Slice(one % size, one % size + 1)) for one in listed]
    made = joined(graph, parts, axis)
    if isinstance(places, list):
        return made
    sizes = graph.sizes(made)
    return graph.arranged(made, [*sizes[: axis - 1], *sizes[axis:]])


def joined(graph: Plain, parts: list[Ref], axis: int) -> Ref:
    """Put tensors one behind the other."""
    return graph.layer("Concatenate", parts, axis=axis) if len(parts) > 1 else parts[0]


def expand(graph: Plain, values: Values) -> Ref:
    """Put in an axis of one."""
    x = tensor(values)
    axis = axis_of(graph, x, values.get("axis"), 1)
    sizes = list(graph.shape(x)[1:])
    return graph.arranged(x, [*sizes[: axis - 1], 1, *sizes[axis - 1 :]])


def squeeze(graph: Plain, values: Values) -> Ref:
    """Leave out axes of one."""
    x, axes = tensor(values), values.get("axis")
    sizes = list(graph.shape(x)[1:])
    gone = {axis_of(graph, x, axis) - 1 for axis in (axes if isinstance(axes, list) else [axes])}
    if any(sizes[axis] != 1 for axis in gone):
        raise CannotInferError("it leaves out an axis that is longer than one")
    return graph.arranged(x, [size for axis, size in enumerate(sizes) if axis not in gone])


def stack(graph: Plain, values: Values) -> Ref:
    """Put tensors behind each other along an axis of their own."""
    many: Any = values.get("x")
    if not isinstance(many, list) or not all(isinstance(one, Ref) for one in many):
        raise CannotInferError("it works on what is no tensor")
    axis = axis_of(graph, many[0], values.get("axis", 0), 1)
    return joined(graph, [expand(graph, {"x": one, "axis": axis}) for one in many], axis)


def split(graph: Plain, values: Values) -> list[Ref]:
    """Take a tensor apart along an axis."""
    x, parts = tensor(values), values.get("indices_or_sections")
    axis = axis_of(graph, x, values.get("axis", 0))
    size = graph.sizes(x)[axis - 1]
    if type(parts) is int and 0 < parts <= MOST and size % parts == 0:
        parts = [size // parts * count for count in range(1, parts)]
    if not isinstance(parts, list) or len(parts) > MOST or not all(type(end) is int and end > 0 for end in parts):
        raise CannotInferError("its parts are not known")
    ends = [0, *parts, size]
    return [cropped(graph, x, axis, Slice(start, stop)) for start, stop in pairwise(ends)]


def unstack(graph: Plain, values: Values) -> list[Ref]:
    """Take a tensor apart into its places along an axis."""
    x = tensor(values)
    axis = axis_of(graph, x, values.get("axis", 0))
    size = graph.sizes(x)[axis - 1]
    if size > MOST:
        raise CannotInferError("it has too many parts")
    parts = [cropped(graph, x, axis, Slice(place, place + 1)) for place in range(size)]
    return [squeeze(graph, {"x": one, "axis": axis}) for one in parts]


def tile(graph: Plain, values: Values) -> Ref:
    """Put copies behind each other."""
    x, counts = tensor(values), values.get("repeats")
    if not isinstance(counts, list) or len(counts) != len(graph.shape(x)) or counts[0] != 1:
        raise CannotInferError("its counts are not known")
    for axis, count in enumerate(counts):
        if type(count) is not int or not 0 < count <= MOST:
            raise CannotInferError("its counts are not known")
        x = joined(graph, [x] * count, axis)
    return x


def repeat(graph: Plain, values: Values) -> Ref:
    """Repeat each place along an axis."""
    x, count = tensor(values), values.get("repeats")
    axis = axis_of(graph, x, values.get("axis"))
    if type(count) is not int or count < 1:
        raise CannotInferError("its count is not known")
    laid, sizes = graph.along(x, axis)
    made = graph.layer("UpSampling2D", laid, size=[1, count], interpolation="nearest")
    return graph.arranged(made, [*sizes[: axis - 1], sizes[axis - 1] * count, *sizes[axis:]])


def pad(graph: Plain, values: Values) -> Ref:
    """Put zeros around."""
    x, widths = tensor(values), values.get("pad_width")
    rank = len(graph.shape(x))
    listed = widths if isinstance(widths, list) and len(widths) == rank else []
    if values.get("mode", "constant") != "constant" or not listed or number(values.get("constant_values") or 0):
        raise CannotInferError("it pads with what is no zero")
    if list(listed[0]) != [0, 0] or not all(type(end) is int and end >= 0 for pair in listed for end in pair):
        raise CannotInferError("it pads the batch")
    for axis, pair in enumerate(listed[1:], 1):
        if any(pair):
            laid, sizes = graph.along(x, axis)
            made = graph.layer("ZeroPadding2D", laid, padding=[[0, 0], list(pair)])
            x = graph.arranged(made, [*sizes[: axis - 1], sizes[axis - 1] + sum(pair), *sizes[axis:]])
    return x


def lay_out(graph: Plain, values: Values) -> Ref:
    """Lay a tensor out in another shape."""
    x, shape = tensor(values), values.get("newshape")
    if not isinstance(shape, list) or not shape or shape[0] not in (-1, None):
        raise CannotInferError("its shape is not known")
    sizes = [size if type(size) is int and size > 0 else None for size in shape[1:]]
    return graph.arranged(x, sizes)


RULES: dict[str, Rule] = {
    "numpy.GetItem": get_item,
    "numpy.Take": take,
    "numpy.ExpandDims": expand,
    "numpy.Squeeze": squeeze,
    "numpy.Stack": stack,
    "numpy.Split": split,
    "core.Unstack": unstack,
    "numpy.Tile": tile,
    "numpy.Repeat": repeat,
    "numpy.Pad": pad,
    "numpy.Reshape": lay_out,
}
