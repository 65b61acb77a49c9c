"""Layers that move, repeat, cut off or add places."""

from __future__ import annotations

from keras_doctor.layers.call import fit
from keras_doctor.layers.families.convolution import divided, joined, rank_of
from keras_doctor.layers.reshape import reshaped
from keras_doctor.layers.shapes import CannotInferError, plus, product, read_number
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("Flatten")
def flatten(call: Call) -> Any:
    """Joins all dimensions but the batch."""
    batch, *rest = call.input or (None,)
    return (batch, product(rest))


@stock("Reshape")
def reshape(call: Call) -> Any:
    """Gives the dimensions after the batch another form; one of them may be -1."""
    target = call.value("target_shape")
    if isinstance(target, dict):
        target = target.get("items", target.get("config"))
    numbers = [read_number(size) for size in target] if isinstance(target, (list, tuple)) else [read_number(target)]
    if len(numbers) > 32:
        raise CannotInferError("its target shape has too many dimensions")
    shape = call.input
    return (shape[:1] or (None,)) + reshaped(shape[1:], [-1 if size is None else size for size in numbers])


@stock("Permute")
def permute(call: Call) -> Any:
    """Changes the order of the dimensions after the batch, counted from 1."""
    shape = call.input
    dims = call.value("dims")
    if isinstance(dims, dict):
        dims = dims.get("items")
    numbers = [read_number(dim) or 0 for dim in dims] if isinstance(dims, (list, tuple)) else []
    if not shape or sorted(numbers) != list(range(1, len(shape))):
        raise CannotInferError("its dims do not name each dimension of its input once")
    return (shape[0], *(shape[dim] for dim in numbers))


@stock("RepeatVector")
def repeat_vector(call: Call) -> Any:
    """Repeats a vector `n` times."""
    batch, size = call.ranked(2)
    return (batch, call.size("n"), size)


@stock("UpSampling1D", "UpSampling2D", "UpSampling3D")
def up_sampling(call: Call) -> Any:
    """Repeats each place."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.ranked(rank + 2))
    size = call.sizes("size", rank, 2)
    return joined(call, lead, tuple(product((n, factor)) for n, factor in zip(sides, size, strict=False)), channels)


@stock("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(call: Call) -> Any:
    """Adds places at both ends."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.ranked(rank + 2))
    pairs = pairs_of(call.value("padding", 1), rank, "padding")
    return joined(call, lead, tuple(plus(n, *pair) for n, pair in zip(sides, pairs, strict=False)), channels)


@stock("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(call: Call) -> Any:
    """Cuts places off at both ends."""
    rank = rank_of(call)
    lead, sides, channels = divided(call, rank, call.ranked(rank + 2))
    pairs = pairs_of(call.value("cropping", 1), rank, "cropping")
    return joined(call, lead, tuple(plus(n, -a, -b) for n, (a, b) in zip(sides, pairs, strict=False)), channels)


def pairs_of(value: Any, rank: int, name: str) -> list[tuple[int, int]]:
    """Return how much is meant for each end of each side: from one number, one a side, or a pair a side."""
    if isinstance(value, dict):
        value = value.get("items")
    if rank == 1:
        before, after = fit(value[0] if isinstance(value, list) and len(value) == 1 else value, 2, name)
        return [(before, after)]
    values = value if isinstance(value, (list, tuple)) and len(value) == rank else [value] * rank
    pairs = [fit(one, 2, name) for one in values]
    return [(before, after) for before, after in pairs]
