"""Operations that give the same elements another arrangement, or make new ones."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, dtype_named, numbers, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.values import Array


@operates("reshape")
def reshape(op: Arguments) -> Array:
    """Another shape. A size that is left open is worked out."""
    stated = op.get("shape")
    listed = stated if isinstance(stated, list) else op.integers("shape")
    sizes = [-1 if one is None else int(numbers(one)) for one in listed]
    x = op.array()
    if sizes.count(-1) > 1:  # Keras 3 writes an open batch as null
        sizes[0] = len(x)
    return x.reshape(sizes)


@operates("ravel flatten")
def flattened(op: Arguments) -> Array:
    """All in a row."""
    return op.array().reshape(-1)


@operates("batchflatten")
def flattened_samples(op: Arguments) -> Array:
    """Each sample in a row."""
    x = op.array()
    return x.reshape(len(x), -1)


@operates("transpose permutedimensions")
def transpose(op: Arguments) -> Array:
    """Another order of axes; the reverse one when none is given."""
    return op.array().transpose(op.integers("axes") if op.has("axes") else None)


@operates("swapaxes")
def swap(op: Arguments) -> Array:
    """Two axes exchanged."""
    return np.swapaxes(op.array(), op.number("axis1"), op.number("axis2"))


@operates("moveaxis")
def move(op: Arguments) -> Array:
    """Some axes moved elsewhere."""
    return np.moveaxis(op.array(), op.integers("source"), op.integers("destination"))


@operates("expanddims")
def expand(op: Arguments) -> Array:
    """New axes of length 1."""
    return np.expand_dims(op.array(), tuple(op.integers("axis")) if op.has("axis") else 0)


@operates("squeeze")
def squeeze(op: Arguments) -> Array:
    """Axes of length 1 taken away."""
    axes = tuple(op.integers("axis")) if op.has("axis") else ()
    return op.array().squeeze(axes or None)


@operates("tile")
def tile(op: Arguments) -> Array:
    """The whole repeated along each axis."""
    return np.tile(op.array(), op.integers("repeats"))


@operates("repeat repeatelements")
def repeat(op: Arguments) -> Array:
    """Each element repeated."""
    times = op.integers("repeats")
    return np.repeat(op.array(), times[0] if len(times) == 1 else times, op.get("axis"))


@operates("broadcastto")
def broadcast_to(op: Arguments) -> Array:
    """Repeated until it has a given shape."""
    x = op.array()
    sizes = op.integers("shape")
    lead = len(sizes) - x.ndim
    full = [x.shape[n - lead] if size == -1 else size for n, size in enumerate(sizes)]
    return np.broadcast_to(x, full)


@operates("pad padv2 mirrorpad")
def pad(op: Arguments) -> Array:
    """Places added at both ends of each axis."""
    x = op.array()
    widths = numbers(op.get("widths")).astype(int)
    mode = op.text("mode", "constant")
    fill = op.real("constant", op.real("constant_values", 0.0))
    pairs = np.broadcast_to(widths, (x.ndim, 2)) if widths.ndim < 2 or len(widths) == 1 else widths
    options: dict[str, Any] = {"constant_values": fill} if mode == "constant" else {}
    return np.pad(x, pairs.tolist(), mode=mode, **options)  # type: ignore[call-overload]


@operates("concatenate concat concatv2")
def concatenate(op: Arguments) -> Array:
    """Tensors one after the other."""
    return np.concatenate(op.arrays(), op.number("axis", 0 if op.traced else -1))


@operates("append")
def append(op: Arguments) -> Array:
    """Two tensors one after the other."""
    x, y = op.pair()
    return np.append(x, y, op.get("axis"))


@operates("stack pack")
def stack(op: Arguments) -> Array:
    """Tensors side by side along a new axis."""
    return np.stack(op.arrays(), op.number("axis", 0))


@operates("vstack")
def vertical(op: Arguments) -> Array:
    """Tensors one below the other."""
    return np.vstack(op.arrays())


@operates("hstack")
def horizontal(op: Arguments) -> Array:
    """Tensors one beside the other."""
    return np.hstack(op.arrays())


@operates("dstack")
def deep(op: Arguments) -> Array:
    """Tensors one behind the other."""
    return np.dstack(op.arrays())


@operates("split splitv")
def split(op: Arguments) -> list[Array]:
    """Cut along an axis: into equal parts, or parts of given sizes (TensorFlow), or at given places (Keras 3)."""
    x = op.array()
    axis, sections = op.axis("axis", x.ndim, 0), op.integers("sections")
    if not isinstance(op.get("sections"), list) and len(sections) == 1:
        return list(np.split(x, sections[0], axis))
    if op.traced:
        known = sum(size for size in sections if size != -1)
        sizes = [x.shape[axis] - known if size == -1 else size for size in sections]
        sections = [int(end) for end in np.cumsum(sizes)[:-1]]
    return list(np.split(x, sections, axis))


@operates("arraysplit")
def nearly_split(op: Arguments) -> list[Array]:
    """Cut into parts that are equal but for the first ones."""
    return list(np.array_split(op.array(), op.number("sections"), op.number("axis", 0)))


@operates("unstack unpack")
def unstack(op: Arguments) -> list[Array]:
    """One tensor for each place of an axis."""
    return list(np.moveaxis(op.array(), op.number("axis", 0), 0))


@operates("flip reverse reversev2")
def flip(op: Arguments) -> Array:
    """Turned around."""
    x = op.array()
    return np.flip(x, op.axes(x.ndim))


@operates("fliplr")
def flip_columns(op: Arguments) -> Array:
    """Columns turned around."""
    return np.flip(op.array(), 1)


@operates("flipud")
def flip_rows(op: Arguments) -> Array:
    """Rows turned around."""
    return np.flip(op.array(), 0)


@operates("flipleftright")
def flip_left_right(op: Arguments) -> Array:
    """An image seen in a mirror."""
    return np.flip(op.array(), -2)


@operates("flipupdown")
def flip_up_down(op: Arguments) -> Array:
    """An image upside down."""
    return np.flip(op.array(), -3)


@operates("roll")
def roll(op: Arguments) -> Array:
    """Moved along, what leaves comes in at the other end."""
    shift = op.integers("shift")
    axes = op.integers("axis") if op.has("axis") else None
    return np.roll(op.array(), shift if axes else shift[0], axes)


@operates("rot90")
def turned(op: Arguments) -> Array:
    """Turned by right angles."""
    axes = op.integers("axes") if op.has("axes") else [0, 1]
    return np.rot90(op.array(), op.number("k", 1), (axes[0], axes[1]))


@operates("tril")
def lower(op: Arguments) -> Array:
    """What stands on and below a diagonal."""
    return np.tril(op.array(), op.number("k", 0))


@operates("triu")
def upper(op: Arguments) -> Array:
    """What stands on and above a diagonal."""
    return np.triu(op.array(), op.number("k", 0))


@operates("diag")
def diagonal_matrix(op: Arguments) -> Array:
    """A row along a diagonal, or the diagonal of a matrix."""
    return np.diag(op.array(), op.number("k", 0))


def _sizes(op: Arguments, name: str = "shape") -> list[int]:
    sizes = op.integers(name)
    allow(max(size, 0) for size in sizes)
    return sizes


@operates("zeros empty")
def zeros(op: Arguments) -> Array:
    """Nothing but zeros."""
    return np.zeros(_sizes(op), dtype_named(op.get("dtype", "float32")))


@operates("ones")
def ones(op: Arguments) -> Array:
    """Nothing but ones."""
    return np.ones(_sizes(op), dtype_named(op.get("dtype", "float32")))


@operates("full fill")
def full(op: Arguments) -> Array:
    """One number everywhere."""
    fill = op.array(op.first("fill_value", "value", "x"))
    return np.full(_sizes(op), fill, dtype_named(op.get("dtype")) if op.has("dtype") else fill.dtype)


@operates("fulllike")
def full_like(op: Arguments) -> Array:
    """One number everywhere in the shape of a tensor."""
    return np.full_like(op.array(), op.array("fill_value"))


@operates("arange range")
def ranged(op: Arguments) -> Array:
    """A row of numbers."""
    start = op.array("x")
    stop = op.array("y") if op.has("y") else None
    if stop is None:
        start, stop = np.zeros((), start.dtype), start
    step = op.array("z") if op.has("z") else np.ones((), start.dtype)
    ends: Any = (start, stop, step)
    count = (float(stop) - float(start)) / float(step)
    allow([int(abs(count))])
    found = np.arange(*ends)
    return found.astype(dtype_named(op.get("dtype"))) if op.has("dtype") else found


@operates("eye")
def eye(op: Arguments) -> Array:
    """Ones along a diagonal."""
    rows = op.number("rows")
    columns = op.number("columns", rows)
    _sizes(Arguments({"shape": [rows, columns]}, op.traced, op.call, op.name))
    return np.eye(rows, columns, op.number("k", 0), dtype_named(op.get("dtype", "float32")))


@operates("meshgrid")
def grid(op: Arguments) -> list[Array]:
    """The coordinates of every place of a grid, one array for each axis."""
    rows = op.arrays()
    allow(row.size for row in rows)
    return list(np.meshgrid(*rows, indexing="ij" if op.text("indexing", "xy") == "ij" else "xy"))
