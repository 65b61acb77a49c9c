"""The kernel of a locally connected layer, laid out by place: (places…, window…, channels, filters).

Implementation 1 keeps a matrix for each place. 2 keeps all inputs times all outputs, of which a mask lets through what
is connected. 3 keeps what is connected, output after output. Padding `same` begins half a window before the image and
not where a convolution would, so that some windows reach out of it; there the kernel is zero.
Sources: `LocallyConnected1D.build` of keras/src/layers/locally_connected (2.15); `local_conv` of keras/src/backend.py;
`conv_kernel_idxs` and `conv_connected_inputs` of keras/src/utils/conv_utils.py.
"""

from __future__ import annotations

from itertools import groupby
from math import prod

from keras_doctor.document.expressions import concatenate, part, reshape, strided, transpose, zeros
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from keras_doctor.document.tensors import TensorRef

MOST_PLACES = 100_000  # along one side


@record
class Side:
    """One side of the image: its length, how many `places` the window of a `reach` takes on it, a `step` apart, and
    what is padded `before` and `after` it.
    """

    length: int
    places: int
    reach: int
    step: int
    before: int
    after: int

    def runs(self) -> list[tuple[int, int, int]]:
        """Return the places in runs: how many follow each other, and which entries of their windows lie in the image
        (from one, up to another).
        """
        starts = [place * self.step - self.before for place in range(self.places)]
        seen = [(max(-start, 0), min(self.length - start, self.reach)) for start in starts]
        return [(len(list(run)), *ends) for ends, run in groupby(seen)]


def side(length: Any, reach: Any, step: Any, padding: str) -> Side | None:
    """Return a side of an image; None where its numbers are none, or no window fits on it."""
    if any(type(one) is not int or one < 1 for one in (length, reach, step)):
        return None
    if padding == "valid":
        places, before = (length - reach) // step + 1, 0
    else:
        places, before = -(-length // step), reach // 2
    if not 0 < places <= MOST_PLACES:
        return None
    after = max((places - 1) * step + reach - before - length, 0)
    return Side(length, places, reach, step, before, after)


@record
class Layout:
    """How a layer keeps its kernel: `implementation`, its sides, channels and filters, and whether channels lead."""

    implementation: int
    sides: tuple[Side, ...]
    channels: int
    filters: int
    first: bool

    @property
    def places(self) -> tuple[int, ...]:
        """How many places the window takes on each side."""
        return tuple(one.places for one in self.sides)

    @property
    def window(self) -> tuple[int, ...]:
        """The size of the window on each side."""
        return tuple(one.reach for one in self.sides)

    @property
    def stored(self) -> tuple[int, ...]:
        """The shape of the kernel in the file."""
        if self.implementation == 1:
            return (prod(self.places), prod(self.window) * self.channels, self.filters)
        if self.implementation == 2:
            lengths = tuple(one.length for one in self.sides)
            if self.first:
                return (self.channels, *lengths, self.filters, *self.places)
            return (*lengths, self.channels, *self.places, self.filters)
        return (prod(_connected(one) for one in self.sides) * self.channels * self.filters,)


def by_place(kernel: TensorRef, layout: Layout) -> TensorRef:
    """Return the kernel laid out by place. Raises ValueError when it has another shape than its layout says."""
    if kernel.shape != layout.stored:
        raise ValueError(f"a kernel of {list(kernel.shape)} is none of {list(layout.stored)}")
    return {1: _of_matrices, 2: _of_one_matrix, 3: _of_connected}[layout.implementation](kernel, layout)


def as_matrices(kernel: TensorRef, layout: Layout) -> TensorRef:
    """Return the kernel as implementation 1 has it. Raises ValueError as `by_place` does."""
    laid, rank = by_place(kernel, layout), len(layout.sides)
    if layout.first:
        laid = transpose(laid, (*range(rank), 2 * rank, *range(rank, 2 * rank), 2 * rank + 1))
    return reshape(laid, (prod(layout.places), -1, layout.filters))


def _of_matrices(kernel: TensorRef, layout: Layout) -> TensorRef:
    if not layout.first:
        return reshape(kernel, (*layout.places, *layout.window, layout.channels, layout.filters))
    rank = len(layout.sides)
    laid = reshape(kernel, (*layout.places, layout.channels, *layout.window, layout.filters))
    return transpose(laid, (*range(rank), *range(rank + 1, 2 * rank + 1), rank, 2 * rank + 1))


def _of_one_matrix(kernel: TensorRef, layout: Layout) -> TensorRef:
    rank, first = len(layout.sides), layout.first
    for number, one in enumerate(layout.sides):
        kernel = _padded(kernel, number + first, one.before, one.after)
    steps = [prod(kernel.shape[axis + 1 :]) for axis in range(len(kernel.shape))]
    into, out = steps[: rank + 1], steps[rank + 1 :]
    channel, filters = (into.pop(0), out.pop(0)) if first else (into.pop(), out.pop())
    along = [one.step * row + place for one, row, place in zip(layout.sides, into, out, strict=True)]
    shape = (*layout.places, *layout.window, layout.channels, layout.filters)
    return strided(kernel, shape, (*along, *into, channel, filters))


def _of_connected(kernel: TensorRef, layout: Layout) -> TensorRef:
    rank = len(layout.sides)
    lead = (layout.filters,) if layout.first else ()
    laid = _unpacked(reshape(kernel, (*lead, -1)), layout, lead, ())
    if layout.first:  # (filters, places…, channels, window…)
        return transpose(laid, (*range(1, rank + 1), *range(rank + 2, 2 * rank + 2), rank + 1, 0))
    return transpose(
        laid, (*range(rank), *range(rank + 1, 2 * rank + 2), rank)
    )  # (places…, filters, window…, channels)


def _unpacked(values: TensorRef, layout: Layout, lead: tuple[int, ...], seen: Sequence[tuple[int, int]]) -> TensorRef:
    """Return what is kept of the rest of the sides, with zeros where a window reaches out of the image.

    `values`: of the places in `lead`, one after the other along the last axis. `seen`: the entries of the windows that
    lie in the image, for each side that was unpacked.
    """
    within = prod(upto - since for since, upto in seen)
    if len(seen) == len(layout.sides):
        sizes = tuple(upto - since for since, upto in seen)
        inner = (layout.channels, *sizes) if layout.first else (layout.filters, *sizes, layout.channels)
        values = reshape(values, (*lead, *inner))
        for number, (since, upto) in enumerate(seen):
            values = _padded(values, len(lead) + 1 + number, since, layout.sides[number].reach - upto)
        return values
    here, *rest = layout.sides[len(seen) :]
    each = within * layout.channels * prod(_connected(one) for one in rest) * (1 if layout.first else layout.filters)
    found, at = [], 0
    for count, since, upto in here.runs():
        length = count * (upto - since) * each
        run = reshape(part(values, -1, at, at + length), (*lead, count, length // count))
        found.append(_unpacked(run, layout, (*lead, count), (*seen, (since, upto))))
        at += length
    return concatenate(found, len(lead)) if len(found) > 1 else found[0]


def _connected(one: Side) -> int:
    """Return how many pairs of an input and a place are connected along a side."""
    return sum(count * (upto - since) for count, since, upto in one.runs())


def _padded(tensor: TensorRef, axis: int, before: int, after: int) -> TensorRef:
    """Return the tensor with so many zeros before and after it along an axis."""
    if not before and not after:
        return tensor

    def silent(length: int) -> list[TensorRef]:
        shape = [*tensor.shape[:axis], length, *tensor.shape[axis + 1 :]]
        return [zeros(tensor.name, shape, tensor.dtype)] if length else []

    return concatenate([*silent(before), tensor, *silent(after)], axis)
