"""Which stored tensor is which variable of which layer, in every format that keeps both."""

from __future__ import annotations

import re

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.assumed import infer_assumed
from keras_doctor.layers.graph import infer
from keras_doctor.layers.mixed_groups import leaves, shares
from keras_doctor.layers.models import model_layers
from keras_doctor.layers.named_variables import by_alphabet, by_layer, by_store
from keras_doctor.layers.stored_order import hdf5_groups, v3_groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.signature import Variable
    from keras_doctor.layers.stored_order import StoredGroup

    # Where a variable stands ("layers[3]/cell"), its name, and its tensor.
    Found = tuple[str, str, TensorRef]


def stored_variables(document: ModelDocument, era: str) -> Iterator[Found]:
    """Return the variables of a document whose config belongs to `era`. What does not fit its layer is left out."""
    if document.format in _NAMED:
        return _from_names(document, era)
    groups = {group.owner: group.tensors for group in document.weights}
    if any(owner.startswith(("layer_with_weights-", "layer-")) for owner in _paths(document)):
        return _from_checkpoint(document, era)
    if any("/" in owner for owner in groups) and document.format not in _LEGACY:
        return _from_store(document, era, groups)
    return _from_hdf5(document, era, groups)


_LEGACY = ("hdf5-model", "hdf5-weights")
_NAMED = ("tfjs-layers",)
_JAVASCRIPT = "tensor_flow.js"  # TensorFlow.js says so of what it saves itself, layer by layer as they are called


def _paths(document: ModelDocument) -> list[str]:
    return [group.path for group in document.weights]


def _from_hdf5(document: ModelDocument, era: str, groups: dict[str, tuple[TensorRef, ...]]) -> Iterator[Found]:
    """Legacy HDF5: one group a layer, the variables in the era's order.

    A nested model has no name in a config of the old kind: its group is the one at its place, where loaders look too.
    """
    expected = [group for group in _hdf5_groups(document, era) if group.variables]
    filled = [tensors for tensors in groups.values() if tensors]
    for place, group in enumerate(expected):
        tensors = groups.get(group.name, ())
        if not tensors and len(filled) == len(expected):
            tensors = filled[place]
        yield from _matched(part_path(group.path), group.variables, tensors)
    for path, tensors in mixed(document, era, groups):
        for share in shares(leaves(document.config, era, path), tensors) or ():
            yield from _matched(part_path(share.leaf.path), share.leaf.variables or (), share.tensors)


def _hdf5_groups(document: ModelDocument, era: str) -> tuple[StoredGroup, ...]:
    return hdf5_groups(document.config, era, infer_assumed(document.config, era))


def mixed(
    document: ModelDocument, era: str, groups: dict[str, tuple[TensorRef, ...]]
) -> Iterator[tuple[str, tuple[TensorRef, ...]]]:
    """Yield the nested models of legacy HDF5 with layers in them that are not known: place in the config, tensors."""
    for group in _hdf5_groups(document, era):
        tensors = groups.get(group.name, ())
        told = group.known or len(group.variables) == len(tensors)
        if not told and model_layers(ConfigNode(document.config).at(group.path)):
            yield group.path, tensors


def _from_names(document: ModelDocument, era: str) -> Iterator[Found]:
    """TensorFlow.js: tensors without groups."""
    tensors = [tensor for group in document.weights for tensor in group.tensors]
    stored = by_store(tensors)
    if stored:
        yield from _from_store(document, era, stored)
        return
    converted = document.provenance.backend != _JAVASCRIPT and by_alphabet(document.config, era, tensors)
    for path, variables, own in converted or by_layer(document.config, era, tensors):
        yield from _matched(part_path(path), variables, own)


def _from_store(document: ModelDocument, era: str, groups: dict[str, tuple[TensorRef, ...]]) -> Iterator[Found]:
    """The v3 store: one group an object."""
    provenance = document.provenance
    release = provenance.keras_version or provenance.latest or "3"
    for group in v3_groups(document.config, era, release, infer_assumed(document.config, era)):
        yield from _matched(part_path(group.path), group.variables, groups.get(group.name, ()))


def _from_checkpoint(document: ModelDocument, era: str) -> Iterator[Found]:
    """TensorFlow's object graph: layers with variables are numbered, and variables have the names of attributes.

    Lookups count as layers with variables too, though theirs is a table: the numbers that a file has go to its layers
    in order.
    """
    held = {(group.path, tensor.name): tensor for group in document.weights for tensor in group.tensors}
    places: list[tuple[str, str]] = []
    for shape in infer(document.config, era):
        if shape.path.count(".layers[") + shape.path.startswith("config[") == 1 and shape.path.endswith("]"):
            top = part_path(shape.path)
            places.extend((f"{top}/{v.part}" if v.part else top, v.name) for v in shape.variables)
    stored = _stored_names([path for path, _ in places], [group.path for group in document.weights])
    for path, name in places:
        tensor = held.get((stored[path], name))
        if tensor is not None:
            yield path, name, tensor


_NUMBERED = "layer_with_weights-"


def _stored_names(places: list[str], groups: list[str]) -> dict[str, str]:
    """Return the path in the file of each object that owns variables: "layers[3]/cell" gives
    "layer_with_weights-1/cell".
    """
    weighted: dict[str, set[int]] = {}  # by the place of a model, the numbers of its layers that own variables
    for place in places:
        for match in re.finditer(r"layers\[(\d+)\]", place):
            weighted.setdefault(place[: match.start()], set()).add(int(match[1]))
    listed: dict[str, set[int]] = {}  # by the path of a model in the file, the numbers that stand there
    for group in groups:
        for match in re.finditer(rf"{_NUMBERED}(\d+)", group):
            listed.setdefault(group[: match.start()], set()).add(int(match[1]))
    found: dict[str, str] = {}
    for place in places:
        path, before = "", ""
        for step in place.split("/"):
            layer = re.fullmatch(r"layers\[(\d+)\]", step)
            if layer:
                order, numbers = sorted(weighted[before]), sorted(listed.get(path, ()))
                rank = order.index(int(layer[1]))
                path += f"{_NUMBERED}{numbers[rank] if len(numbers) == len(order) else rank}/"
            else:
                path += re.sub(r"\[(\d+)\]", r"/\1", step) + "/"
            before += f"{step}/"
        found[place] = path.rstrip("/")
    return found


def _matched(path: str, variables: tuple[Variable, ...], tensors: tuple[TensorRef, ...]) -> Iterator[Found]:
    """Pair variables with the tensors of their group, in order."""
    if len(variables) != len(tensors):
        return
    for variable, tensor in zip(variables, tensors, strict=True):
        yield f"{path}/{variable.part}" if variable.part else path, variable.name, _typed(tensor, variable.dtype)


def _typed(tensor: TensorRef, dtype: str) -> TensorRef:
    """Return a tensor of bfloat16 as such: HDF5 has no such type, and legacy files say of it only that it is opaque."""
    if tensor.dtype != "opaque" or dtype != "bfloat16" or tensor.nbytes != 2 * tensor.size:
        return tensor
    kind = type(tensor)
    return kind(tensor.name, tensor.path, tensor.shape, dtype, tensor.nbytes, tensor.locus, tensor.chunks)


def part_path(path: str) -> str:
    """Return the place of a layer's variables from its place in the config: "config.layers[3].config.layers[0]" gives
    "layers[3]/layers[0]".
    """
    return "/".join(f"layers[{number}]" for number in re.findall(r"\[(\d+)\]", path))
