"""Tensors that stand in a damaged HDF5 file although nothing in it leads to them any more.

A writer describes one dataset after the other, so the descriptions stand in the order in which the variables were
saved. A stray one of the right shape and dtype, between those of the variables before and after, is the lost variable,
when there are as many of them as are lost there. Where a description is destroyed, `rescue.gaps` looks for the values.
"""

from __future__ import annotations

from keras_doctor.artifacts import read
from keras_doctor.artifacts.hdf5_parts import tensor as as_tensor
from keras_doctor.rescue.gaps import in_gaps, tensor_at
from keras_doctor.wire.archive import Archive
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5.strays import all_datasets
from keras_doctor.wire.limits import DEFAULT_LIMITS
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.signature import Variable
    from keras_doctor.wire.hdf5 import Dataset
    from keras_doctor.wire.source import Source

    Wanted = tuple[Variable, TensorRef | None]  # a variable, and its tensor where that is known

WEIGHTS = "model.weights.h5"


def stray_tensors(
    document: ModelDocument,
    wanted: Sequence[Wanted],
    orders: Sequence[Sequence[int]],
    misnamed: AbstractSet[int | None] = frozenset(),
) -> dict[int, TensorRef]:
    """Return tensors for variables that have none, by their positions in `wanted`.

    `orders`: the orders of positions in which a writer may have saved them. The file's own addresses say which it was:
    the one that explains the most; where two explain as much and disagree, nothing is returned. `misnamed`: where the
    values lie of tensors that the file leads to, but not as any of the model's.
    """
    if all(tensor is not None for _, tensor in wanted):
        return {}
    try:
        opened = hdf5_bytes(document)
        if opened is None:
            return {}
        source, prefix, shift = opened
        everything = all_datasets(source)
    except (FormatError, OSError):
        return {}
    by_values = {dataset.extent[0] + shift: dataset for dataset in everything if dataset.extent is not None}
    # What is borrowed with an architecture is not the file's own training state.
    own = document if document.architecture is None else read(document.path)
    state = [tensor.locus.offset for tensor in (*own.training.slots, *own.training.metric_state)]
    held = {*state, *(tensor.locus.offset for tensor in document.tensors() if tensor.locus.offset not in misnamed)}
    held |= {tensor.locus.offset for _, tensor in wanted if tensor is not None}
    strays = sorted((one for place, one in by_values.items() if place not in held), key=lambda one: one.address)
    slots = [by_values[offset].address for offset in state if offset in by_values]
    found = _most([_in_order(order, wanted, by_values, strays, slots) for order in orders])
    extents = {i: one.extent for i, one in found.items() if one.extent is not None}
    for i, (_, tensor) in enumerate(wanted):
        if tensor is not None and tensor.locus.offset is not None:
            extents[i] = tensor.locus.offset - shift, tensor.locus.length or 0
    variables = [variable for variable, _ in wanted]
    gaps = in_gaps(source, variables, extents, orders)
    return {i: as_tensor(dataset, variables[i].name, prefix, shift) for i, dataset in found.items()} | {
        i: tensor_at(source, variables[i], extent, prefix, shift) for i, extent in gaps.items()
    }


def _most(results: Sequence[dict[int, Dataset]]) -> dict[int, Dataset]:
    """Return the result that explains the most; {} where two explain as much and disagree."""
    most = max(map(len, results), default=0)
    told = [result for result in results if len(result) == most]
    return told[0] if told and all(result == told[0] for result in told) else {}


def _in_order(
    order: Sequence[int],
    wanted: Sequence[Wanted],
    by_values: dict[int, Dataset],
    strays: Sequence[Dataset],
    slots: Sequence[int],
) -> dict[int, Dataset]:
    """Return the datasets of lost variables by position, if the file was written in this order; {} where it was not."""
    anchors = [_address(wanted[position][1], by_values) for position in order]
    found: dict[int, Dataset] = {}
    for run, low, high in _runs(anchors, slots):
        found.update(_told_apart([(order[at], wanted[order[at]][0]) for at in run], strays, low, high))
    addresses = [
        found[position].address if position in found else anchor
        for position, anchor in zip(order, anchors, strict=True)
        if position in found or anchor is not None
    ]
    return found if addresses == sorted(addresses, key=lambda address: address or 0) else {}


def _address(tensor: TensorRef | None, by_values: dict[int, Dataset]) -> int | None:
    """Return where the header of a tensor that the file leads to stands; None when that is not known."""
    dataset = by_values.get(tensor.locus.offset or 0) if tensor is not None else None
    return dataset.address if dataset is not None else None


def hdf5_bytes(document: ModelDocument) -> tuple[Source, str, int] | None:
    """Return the HDF5 bytes of an artifact, how their part is called, and where they begin in its file."""
    if document.container == "hdf5":
        return open_path(document.path), "", 0
    if document.container == "zip":
        archive = Archive(open_path(document.path), DEFAULT_LIMITS)
        member = archive.members.get(WEIGHTS)
        if member is not None and not member.method:
            return archive.open(member), f"{WEIGHTS}:", member.data_offset
    return None


def _runs(anchors: Sequence[int | None], slots: Sequence[int]) -> Iterator[tuple[list[int], int, float]]:
    """Yield the positions of variables that are lost side by side, with the addresses of those before and after."""
    low, run = -1, list[int]()
    for position, anchor in enumerate(anchors):
        if anchor is None:
            run.append(position)
            continue
        if run:
            yield run, low, anchor
        low, run = anchor, []
    if run:  # behind the model's variables stand the optimizer's
        yield run, low, min((address for address in slots if address > low), default=float("inf"))


def _told_apart(
    run: Sequence[tuple[int, Variable]], strays: Sequence[Dataset], low: int, high: float
) -> Iterator[tuple[int, Dataset]]:
    """Pair lost variables with the stray datasets of their shapes between two addresses, where their numbers agree."""
    kinds = dict.fromkeys((variable.shape, variable.dtype) for _, variable in run)
    for shape, dtype in kinds:
        lost = [position for position, variable in run if (variable.shape, variable.dtype) == (shape, dtype)]
        like = [
            dataset
            for dataset in strays
            if low < dataset.address < high and dataset.shape == shape and dataset.datatype.name == dtype
        ]
        if len(like) == len(lost):
            yield from zip(lost, like, strict=True)
