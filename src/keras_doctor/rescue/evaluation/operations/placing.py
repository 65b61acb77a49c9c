"""Operations that put numbers at places, and make rows of them."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, dtype_named, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.values import Array


@operates("hsplit vsplit dsplit")
def split_along(op: Arguments) -> list[Array]:
    """Cut along the first, second or third axis."""
    x = op.array()
    axis = {"v": 0, "h": min(1, x.ndim - 1), "d": 2}[op.name[0].lower()]
    sections: Any = op.integers("sections")
    return list(np.split(x, sections if isinstance(op.get("sections"), list) else sections[0], axis))


@operates("linspace logspace geomspace")
def spaced(op: Arguments) -> Array:
    """Numbers between two ends."""
    start, stop = op.pair()
    count = op.number("num", 50)
    allow((start.size, count))
    make: Any = {"lin": np.linspace, "log": np.logspace, "geo": np.geomspace}[op.name[:3].lower()]
    options = {"base": op.real("base", 10.0)} if make is np.logspace else {}
    found = make(start, stop, count, endpoint=op.flag("endpoint", True), axis=op.number("axis", 0), **options)
    return found.astype(start.dtype)


@operates("diagflat")
def flat_diagonal(op: Arguments) -> Array:
    """Everything along the diagonal of a matrix."""
    x = op.array()
    allow((x.size + abs(op.number("k", 0)),) * 2)
    return np.diagflat(x, op.number("k", 0))


@operates("tri")
def triangle(op: Arguments) -> Array:
    """Ones on and below a diagonal."""
    rows = op.number("rows")
    columns = op.number("columns", rows)
    allow((rows, columns))
    return np.tri(rows, columns, op.number("k", 0)).astype(dtype_named(op.get("dtype", "float32")))


@operates("vander")
def powers(op: Arguments) -> Array:
    """The powers of a row of numbers."""
    x = op.array()
    count = op.number("count", x.shape[-1])
    allow((x.size, count))
    order = np.arange(count) if op.flag("increasing") else np.arange(count)[::-1]
    return x[..., None] ** order.astype(x.dtype)


@operates("unravelindex")
def unravelled(op: Arguments) -> list[Array]:
    """Places as coordinates."""
    return [one.astype(np.int32) for one in np.unravel_index(op.array(), op.integers("shape"))]


@operates("scatter")
def scattered(op: Arguments) -> Array:
    """Numbers added up at places of zeros."""
    sizes = op.integers("shape")
    allow(sizes)
    values = op.array("values") if op.has("values") else op.array("y")
    found = np.zeros(sizes, values.dtype)
    np.add.at(found, _places(op.array("x")), values)
    return found


@operates("scatterupdate tensorscatterndupdate")
def replaced(op: Arguments) -> Array:
    """Numbers put in the place of others."""
    found = op.array().copy()
    found[_places(op.array("indices"))] = op.array("updates")
    return found


@operates("tensorscatterndadd")
def added(op: Arguments) -> Array:
    """Numbers added at places."""
    found = op.array().copy()
    np.add.at(found, _places(op.array("indices")), op.array("updates"))
    return found


def _places(numbers: Array) -> Any:
    return tuple(np.moveaxis(numbers.astype(np.int64), -1, 0))


@operates("sliceupdate")
def window_replaced(op: Arguments) -> Array:
    """A window put in the place of another."""
    found, updates = op.array().copy(), op.array("updates")
    starts = op.integers("start_indices")
    found[tuple(slice(start, start + size) for start, size in zip(starts, updates.shape, strict=True))] = updates
    return found


@operates("segmentsum segmentmax")
def segments(op: Arguments) -> Array:
    """One place for each segment."""
    x, ids = op.array(), np.asarray(op.array("segment_ids")).astype(np.int64)
    count = op.number("num_segments", int(ids.max(initial=-1)) + 1)
    allow((count, *x.shape[1:]))
    if op.name.lower().endswith("max"):
        found = np.full((count, *x.shape[1:]), -np.inf, x.dtype)
        np.maximum.at(found, ids, x)
    else:
        found = np.zeros((count, *x.shape[1:]), x.dtype)
        np.add.at(found, ids, x)
    return found


@operates("bandpart")
def band(op: Arguments) -> Array:
    """What stands near the diagonal."""
    x = op.array()
    lower = op.number("num_lower", op.number("lower", -1))
    upper = op.number("num_upper", op.number("upper", -1))
    distance = np.arange(x.shape[-2])[:, None] - np.arange(x.shape[-1])[None, :]
    kept = ((lower < 0) | (distance <= lower)) & ((upper < 0) | (-distance <= upper))
    return np.where(kept, x, np.zeros((), x.dtype))


@operates("viewasreal")
def parted(op: Arguments) -> Array:
    """Complex numbers as pairs."""
    x = op.array()
    return np.stack([np.real(x), np.imag(x)], axis=-1)


@operates("complex")
def joined(op: Arguments) -> Array:
    """Complex numbers from two parts."""
    x, y = op.pair()
    return x + 1j * y
