"""What flows between layers: symbolic tensors, and the nested lists of them that a call has as arguments."""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.layers.shapes import Shape

DEPTH = 32  # of nested arguments
LONG = 64  # a list of more numbers than this is a constant, not a place where tensors stand


@record
class Tensor:
    """A tensor of the model. `shape` None: not even its rank is known.

    `value`: what it holds, for small whole-number tensors that are computed from shapes (`tf.shape(x)[0]`), with None
    for each open number.
    """

    shape: Shape | None = None
    value: tuple[int | None, ...] | None = None


@record
class Slice:
    """An indexing `start:stop:step` among the arguments of a call."""

    start: Any = None
    stop: Any = None
    step: Any = None


NEW_AXIS = None
ELLIPSIS = Ellipsis


def is_constant(value: list[Any] | tuple[Any, ...]) -> bool:
    """Whether a list is an array of numbers, which need not be looked through for tensors."""
    return len(value) > LONG and isinstance(value[0], (int, float))


def flatten(value: Any, depth: int = 0) -> Iterator[Tensor]:
    """Yield the tensors in nested arguments: lists in order, dicts by sorted key, as every Keras flattens them."""
    if isinstance(value, Tensor):
        yield value
    elif depth < DEPTH:
        if isinstance(value, dict):
            for key in sorted(value, key=str):
                yield from flatten(value[key], depth + 1)
        elif isinstance(value, (list, tuple)) and not is_constant(value):
            for item in value:
                yield from flatten(item, depth + 1)


def convert(value: Any, leaf: Callable[[Any], Any], depth: int = 0) -> Any:
    """Return nested arguments with each value that is no list and no dict replaced by `leaf(value)`."""
    if depth < DEPTH:
        if isinstance(value, dict):
            return {key: convert(item, leaf, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return value if is_constant(value) else [convert(item, leaf, depth + 1) for item in value]
    return leaf(value)
