"""Values whose description is destroyed, told by where a writer must have put them.

HDF5 packs the values of small datasets side by side, in the order in which they are written (blocks of 2,048 bytes for
raw data, H5MF_aggr_alloc). Variables that are lost between two that are known lie in the gap when they fill it exactly;
behind the last one that is known they follow it at once, as far as what stands there can be numbers of a model.
"""

from __future__ import annotations

from math import isfinite
from struct import unpack

from keras_doctor.document.locus import Locus
from keras_doctor.document.tensors import ITEM_SIZE, TensorRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keras_doctor.layers.signature import Variable
    from keras_doctor.wire.source import Source

    Extent = tuple[int, int]  # offset and length of values, bytes

BLOCK = 2048
_NUMBERS = {"float32": "f", "float64": "d", "float16": "e"}
_LARGEST = 1e4  # no weight of a trained model is larger; most wrong bytes are, as floats
_SMALLEST = 1e-12


def in_gaps(
    source: Source,
    variables: Sequence[Variable],
    extents: dict[int, Extent],
    orders: Sequence[Sequence[int]],
) -> dict[int, Extent]:
    """Return where the values of variables without an extent lie, by position; only what every order of saving that
    the known extents allow agrees on.
    """
    results = []
    for order in orders:
        known = [extents[position][0] for position in order if position in extents]
        if known and known == sorted(known):
            results.append(dict(_placed(source, variables, extents, order)))
    if not results:
        return {}
    first, *others = results
    return {
        position: extent for position, extent in first.items() if all(other.get(position) == extent for other in others)
    }


def tensor_at(source: Source, variable: Variable, extent: Extent, prefix: str, shift: int) -> TensorRef:
    """Return the tensor whose values lie at an extent of the HDF5 file that `source` is."""
    offset, length = extent
    locus = Locus(part=f"{prefix}/@{offset}", offset=offset + shift, length=length)
    shape = tuple(size or 0 for size in variable.shape)
    return TensorRef(
        variable.name, locus.part, shape, variable.dtype, length, locus, lambda: source.chunks(offset, length, 1 << 20)
    )


def _placed(
    source: Source, variables: Sequence[Variable], extents: dict[int, Extent], order: Sequence[int]
) -> Iterator[tuple[int, Extent]]:
    run: list[int] = []
    end: int | None = None  # of the last known values
    for position in order:
        if position not in extents:
            run.append(position)
            continue
        start, length = extents[position]
        if end is not None:
            placed = _side_by_side(variables, run, end)
            if placed and sum(placed[-1][1]) == start:
                yield from (one for one in placed if any(source.read_up_to(*one[1])))
        run, end = [], start + length
    if end is not None:
        for position, (start, length) in _side_by_side(variables, run, end):
            if start + length - end > BLOCK or not _plausible(source, variables[position], start, length):
                return
            yield position, (start, length)


def _side_by_side(variables: Sequence[Variable], run: Sequence[int], start: int) -> list[tuple[int, Extent]]:
    """Return the extents of small variables one behind the other; [] where a size is not known or too large."""
    placed: list[tuple[int, Extent]] = []
    for position in run:
        length = ITEM_SIZE.get(variables[position].dtype, 0)
        for size in variables[position].shape:
            length *= size or 0
        if not 0 < length < BLOCK:
            return []
        placed.append((position, (start, length)))
        start += length
    return placed


def _plausible(source: Source, variable: Variable, start: int, length: int) -> bool:
    """Tell whether bytes can be the values of a variable: numbers that are neither huge nor tiny, not all zero."""
    data = source.read_up_to(start, length)
    letter = _NUMBERS.get(variable.dtype)
    if letter is None or len(data) < length or not any(data):
        return False
    numbers = unpack(f"<{length // ITEM_SIZE[variable.dtype]}{letter}", data)
    return all(isfinite(one) and (one == 0 or _SMALLEST < abs(one) < _LARGEST) for one in numbers)
