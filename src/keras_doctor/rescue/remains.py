"""Tensors of a damaged HDF5 file that nothing leads to from its root, with what is left of their names.

Groups survive whose parents are lost, and what stands below them still has its names: `?1864/conv2d/kernel:0` is the
kernel of conv2d, wherever it stood. A name that two tensors can bear, or a tensor that two variables can be, says
nothing.
"""

from __future__ import annotations

from keras_doctor.artifacts.hdf5_parts import tensor as as_tensor
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.rescue.strays import hdf5_bytes
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5 import Dataset, File

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef

_OTHERS = ("optimizer", "optimizer_weights", "metrics")
_SIDES = ("forward", "backward")  # layers of a Bidirectional, whose names begin so

Path = tuple[str, ...]


def remains(document: ModelDocument) -> dict[Path, TensorRef]:
    """Return the datasets that a search of a damaged file finds, by path; those of the optimizer are left out, and what
    the document has.
    """
    try:
        opened = hdf5_bytes(document)
        if opened is None:
            return {}
        source, prefix, shift = opened
        file = File.salvage(source)
        held = {tensor.locus.offset for tensor in document.tensors()}
        found = {}
        for item in file.root.walk():
            path = tuple(item.path.strip("/").split("/"))
            if isinstance(item, Dataset) and not any(step in _OTHERS for step in path):
                made = as_tensor(item, path[-1], prefix, shift)
                if made.locus.offset is None or made.locus.offset not in held:
                    found[path] = made
    except (FormatError, OSError):
        return {}
    return found


def grouped(found: Mapping[Path, TensorRef]) -> tuple[WeightGroup, ...]:
    """Return the variables of each object of a v3 store: those of `…/vars`, in the order of their numbers."""
    groups: dict[Path, dict[str, TensorRef]] = {}
    for path, tensor in found.items():
        if path[-1].isdecimal() and len(path) > 1:
            owner = path[:-2] or path[-2:-1]  # of `vars` alone, which has lost its name, its address
            groups.setdefault(owner, {})[path[-1]] = tensor
    return tuple(
        WeightGroup("/".join(owner), "", tuple(tensor for _, tensor in sorted(numbered.items(), key=_number)))
        for owner, numbered in groups.items()
    )


def _number(item: tuple[str, TensorRef]) -> tuple[int, str]:
    return len(item[0]), item[0]


def by_name(
    found: Mapping[Path, TensorRef],
    wanted: Sequence[tuple[Sequence[str], str, str]],
    layers: frozenset[str] = frozenset(),
) -> Iterator[list[TensorRef]]:
    """Yield, for each wanted variable (names of its layers, part of the layer, its own name), the tensors of legacy
    HDF5 that bear its name. `layers`: where given, a step that is none of these names and has a number more than the
    layer's stands for it as well.
    """
    for own, part, name in wanted:
        like = [path for path in found if _bears(path, own, part, name, layers)]
        word = part.rpartition("/")[2].strip("_").removesuffix("_dense")
        closer = [path for path in like if word and word in path[:-1]]
        yield [found[path] for path in closer or like]


def _bears(path: Path, own: Sequence[str], part: str, name: str, layers: frozenset[str]) -> bool:
    """Tell whether a path can be that of a variable: "dense/kernel:0", "dense_1_W:0" of Keras 1."""
    leaf = path[-1].partition(":")[0]
    if leaf in [f"{layer}_{name}" for layer in own]:
        return True
    if leaf != name:
        return False
    side = next((side for side in _SIDES if side in part), "")
    above = path[:-1]
    leads = own[-1] in above or (
        bool(layers) and any(_numbered(step, own[-1]) and step not in layers for step in above)
    )
    return leads and any(step.startswith(side) for step in above)


def _numbered(step: str, name: str) -> bool:
    return step.startswith(f"{name}_") and step[len(name) + 1 :].isdecimal()
