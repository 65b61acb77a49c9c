"""Shapes: tuples of numbers and None (a size that the model leaves open), read from configs and combined."""

from __future__ import annotations

from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

Shape = tuple["int | None", ...]
Shapes = tuple[Shape, ...]

LARGEST = 1 << 62  # no array has more elements; what is larger comes from a hostile config


class CannotInferError(Exception):
    """A shape or variable does not follow from the config. The text is a reason that a person can read."""


class MisfitError(CannotInferError):
    """No release can call the layer on what it gets: what goes in has another number of dimensions than it takes, or
    fewer than its window needs.
    """


def read_number(value: Any) -> int | None:
    """Return a whole number of JSON, 3 or 3.0, when it can be a size or a distance; None otherwise."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST:
        return int(value)
    return value if isinstance(value, int) and abs(value) <= LARGEST else None


def read_shape(value: Any) -> Shape | None:
    """Return the shape that a JSON value is: a list of sizes and nulls, bare or wrapped as a tuple or TensorShape. None
    when it is none.
    """
    if isinstance(value, dict):
        value = value.get("items", value.get("config"))
    if not isinstance(value, (list, tuple)) or len(value) > DEFAULT_LIMITS.rank:
        return None
    found: list[int | None] = []
    for size in value:
        number = read_number(size)
        if size is not None and (number is None or number < 0):
            return None
        found.append(number)
    return tuple(found)


def product(sizes: Iterable[int | None]) -> int | None:
    """Multiply sizes; None when one is open."""
    total = 1
    for size in sizes:
        if size is None:
            return None
        total *= size
        if total > LARGEST:
            raise CannotInferError("a size is too large for any array")
    return total


def plus(*sizes: int | None) -> int | None:
    """Add sizes; None when one is open. Raises CannotInferError for less than nothing."""
    total = 0
    for size in sizes:
        if size is None:
            return None
        total += size
    if total < 0:
        raise CannotInferError("it takes away more than its input has")
    return total


def axis_of(axis: int, rank: int) -> int:
    """Return an axis that may count from the end as one that counts from the start. Raises CannotInferError outside the
    rank.
    """
    if not -rank <= axis < rank:
        raise CannotInferError(f"axis {axis} does not exist in {rank} dimensions")
    return axis % rank


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape in which arrays of these shapes meet, element by element. An open size meets a fixed one as
    TensorFlow assumes: the fixed one.
    """
    rank = max((len(shape) for shape in shapes), default=0)
    met: list[int | None] = []
    for position in range(-rank, 0):
        sizes = [shape[position] for shape in shapes if len(shape) >= -position]
        fixed = {size for size in sizes if size is not None and size != 1}
        if len(fixed) > 1:
            raise CannotInferError("its inputs have sizes that do not fit together")
        met.append(fixed.pop() if fixed else None if None in sizes else 1)
    return tuple(met)
