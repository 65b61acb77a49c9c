"""What is left of a damaged model: its tensors given to the variables of its architecture, and those that are lost.

A tensor that survives comes back with the bytes that it has in the file. Where a list of names is lost, the tensors are
told apart (`rescue.telling`).
"""

from __future__ import annotations

import re

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.expressions import zeros
from keras_doctor.document.model import TrainingState
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.layers.signature import Variable
from keras_doctor.layers.stored_order import StoredGroup, hdf5_groups, v3_groups
from keras_doctor.layers.stored_variables import part_path, stored_variables
from keras_doctor.records import record
from keras_doctor.rescue.telling import (
    called,
    fits,
    from_remains,
    from_strays,
    leaf_config,
    named_by_shapes,
    told_by_name,
    unreadable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef

    StandIn = Callable[["LostTensor", Mapping[str, object]], TensorRef]

LEGACY = ("hdf5-model", "hdf5-weights")
STORES = ("keras-v3", "keras-v3-directory", "v3-weights", "v3-weights-sharded")


@record
class LostTensor:
    """A variable whose tensor the file does not have any more.

    `owner`: the place of its layer's object ("layers[2]/cell"), or the group of the file where no architecture is
    known; `layer`: the layer's name; `name`: the variable's; `shape`, `dtype`: what the architecture asks for, a size
    None where it does not follow; `reason`: what became of it.
    """

    owner: str
    layer: str
    name: str
    shape: tuple[int | None, ...]
    dtype: str
    reason: str

    def __str__(self) -> str:
        sizes = ", ".join("?" if size is None else str(size) for size in self.shape)
        return f"{self.layer}/{self.name} ({sizes}): {self.reason}"


@record
class Salvage:
    """What came of it: `document` with a tensor for every variable of the layers that are known, a stand-in of zeros
    for each that is `lost` (or what `stand_in` made); `dropped`: what of the training state was left out, in words;
    `found`: variables whose tensors nothing in the file leads to, and by what each was told: its name
    (`rescue.remains`), or its shape and place (`rescue.strays`).
    """

    document: ModelDocument
    lost: tuple[LostTensor, ...]
    dropped: str = ""
    found: tuple[tuple[str, str], ...] = ()


def salvage(document: ModelDocument, stand_in: StandIn | None = None) -> Salvage:
    """Return what survives of a document, every tensor of it read once to see that it does."""
    kept, unreadable = _readable(document)
    training, dropped = _training(document)
    facts = {**document.facts, "listed_names": _listed(document)}
    document = document.changed(weights=kept, training=training, facts=facts)
    if document.config is None:
        return Salvage(document, (*unreadable.values(), *_unlisted(document)), dropped)
    make = stand_in or _zeros
    if document.format in LEGACY or document.format in STORES:
        why = {one.owner: one.reason for one in unreadable.values()}
        groups, lost, found = _completed(document, why, make)
        return Salvage(document.changed(weights=groups), tuple(lost), dropped, found)
    groups, lost = _laid_out(document, make)
    if not lost:
        return Salvage(document, (), dropped)
    return Salvage(document.changed(weights=groups, format="hdf5-weights"), tuple(lost), dropped)


# What can be read


def _readable(document: ModelDocument) -> tuple[tuple[WeightGroup, ...], dict[str, LostTensor]]:
    """Return the groups with the tensors whose values can be read, and the others by their paths."""
    groups: list[WeightGroup] = []
    lost: dict[str, LostTensor] = {}
    for group in document.weights:
        whole = []
        for tensor in group.tensors:
            reason = unreadable(tensor)
            if reason:
                lost[tensor.path] = LostTensor(
                    tensor.path, group.owner, tensor.name, tensor.shape, tensor.dtype, reason
                )
            else:
                whole.append(tensor)
        groups.append(WeightGroup(group.owner, group.path, tuple(whole)))
    return tuple(groups), lost


def _listed(document: ModelDocument) -> dict[str, tuple[str, ...]]:
    """Return the names of each layer's tensors, in order, also of those that are not there; () where they are lost."""
    stated: dict[str, tuple[str, ...]] = document.facts.get("listed_names") or {}
    return {group.owner: tuple(tensor.name for tensor in group.tensors) for group in document.weights} | stated


def _unlisted(document: ModelDocument) -> Iterator[LostTensor]:
    """Yield the tensors that the file lists and does not have, where no architecture says more."""
    for damage in document.damage:
        layer, _, name = damage.part.rpartition("/")
        if damage.kind == "missing" and "is listed but not there" in damage.what and "optimizer" not in layer:
            yield LostTensor(damage.part, layer.rpartition("/")[2], name, (), "", "it is listed and not there")


def _training(document: ModelDocument) -> tuple[TrainingState, str]:
    """Return the training state without an optimizer's variables of which some are lost."""
    state = document.training
    hurt = any("optimizer" in damage.part for damage in document.damage)
    if not state.slots and not state.metric_state:
        return state, ""
    if not hurt and not any(unreadable(tensor) for tensor in (*state.slots, *state.metric_state)):
        return state, ""
    return TrainingState(state.config, state.path), "some of the optimizer's variables are damaged: all are left out"


# Which variable is which tensor


def _completed(
    document: ModelDocument, unreadable_: Mapping[str, str], make: StandIn
) -> tuple[tuple[WeightGroup, ...], list[LostTensor], tuple[tuple[str, str], ...]]:
    """Return the groups of the file's own layout, each with a tensor for every variable; those that are lost; those
    that were found although nothing leads to them.
    """
    era = document.provenance.era
    legacy = document.format in LEGACY
    if legacy:
        expected = hdf5_groups(document.config, era)
    else:
        release = document.provenance.keras_version or document.provenance.latest or "3"
        expected = v3_groups(document.config, era, release)
    stored = {group.owner: group for group in document.weights}
    if not legacy:
        stored |= named_by_shapes(expected, document.weights)
    matched = [_matched(group, stored.get(group.name), document, legacy) for group in expected]
    used = {tensor.path for tensors in matched for tensor in tensors if tensor is not None}
    pool = [tensor for group in document.weights for tensor in group.tensors if tensor.path not in used]
    if legacy:
        by_path = {tuple(tensor.path.split("/")): tensor for tensor in pool}
        told_by_name(document, expected, matched, by_path)
    found = tuple((name, "its name") for name in from_remains(document, expected, matched, legacy))
    found += tuple((name, _BY_PLACE) for name in from_strays(document, expected, matched, legacy))
    groups: list[WeightGroup] = []
    lost: list[LostTensor] = []
    for group, tensors in zip(expected, matched, strict=True):
        own = stored.get(group.name)
        if not group.known:
            groups += [own] if own is not None else []
            continue
        full = []
        for number, (variable, tensor) in enumerate(zip(group.variables, tensors, strict=True)):
            if tensor is None:
                reason = _reason(own, variable, number, unreadable_)
                one = _lost(document, group, variable, reason)
                lost.append(one)
                tensor = make(one, leaf_config(document.config, group.path, variable.part))
            if tensor.name == variable.name:  # a stand-in, or one that had lost its name
                tensor.name = str(number) if not legacy else f"{group.name}/{variable.name}:0"
            full.append(tensor)
        groups.append(WeightGroup(group.name, own.path if own else "", tuple(full)))
    named = {group.owner for group in groups}
    named |= {group.owner for name, group in stored.items() if name in named}
    groups += [group for group in document.weights if group.owner not in named and not legacy]
    groups += [group for group in document.weights if legacy and group.owner == _TOP and group.owner not in named]
    return tuple(groups), lost, found


_BY_PLACE = "its shape and its place among the others"
_TOP = "top_level_model_weights"


def _matched(
    expected: StoredGroup, stored: WeightGroup | None, document: ModelDocument, legacy: bool
) -> list[TensorRef | None]:
    """Return, for each variable of a group, its tensor in the file's group of that name."""
    found: list[TensorRef | None] = [None] * len(expected.variables)
    if stored is None:
        return found
    by_name = {tensor.name: tensor for tensor in stored.tensors}
    names: Sequence[str]
    if legacy:
        names = document.facts["listed_names"].get(stored.owner, ())
    else:
        names = [str(number) for number in range(len(expected.variables))]
    if len(names) == len(expected.variables):
        for number, (variable, name) in enumerate(zip(expected.variables, names, strict=True)):
            tensor = by_name.get(name)
            if tensor is not None and fits(variable, tensor):
                found[number] = tensor
        return found
    for number, variable in enumerate(expected.variables):
        candidates = [tensor for tensor in stored.tensors if fits(variable, tensor) and called(variable, tensor)]
        same = [one for one in expected.variables if one.name == variable.name and one.shape == variable.shape]
        if len(candidates) == 1 and len(same) == 1:
            found[number] = candidates[0]
    return found


def _laid_out(document: ModelDocument, make: StandIn) -> tuple[tuple[WeightGroup, ...], list[LostTensor]]:
    """Return the tensors of a checkpoint as the groups of legacy HDF5, with a stand-in for each that is lost."""
    era = document.provenance.era
    held = {(place, name): tensor for place, name, tensor in stored_variables(document, era)}
    groups, lost = [], []
    for group in hdf5_groups(document.config, era):
        tensors = []
        for variable in group.variables:
            tensor = held.get((_place(group, variable), variable.name))
            if tensor is None:
                one = _lost(document, group, variable, "the file does not have it")
                lost.append(one)
                tensor = make(one, leaf_config(document.config, group.path, variable.part))
            tensors.append(tensor)
        groups.append(WeightGroup(group.name, "", tuple(tensors)))
    return tuple(groups), lost


def _place(group: StoredGroup, variable: Variable) -> str:
    path = part_path(group.path)
    return f"{path}/{variable.part}" if variable.part else path


def _reason(own: WeightGroup | None, variable: Variable, number: int, unreadable_: Mapping[str, str]) -> str:
    if own is None:
        return "its group is not in the file"
    for path, reason in unreadable_.items():
        leaf = path.rpartition("/")[2].partition(":")[0]
        if path.startswith((f"{own.path.lstrip('/')}/", f"{own.path}/")) and leaf in (variable.name, str(number)):
            return reason
    shapes = [t for t in own.tensors if called(variable, t) or t.name == str(number)]
    if shapes:
        return f"what is stored has the shape {list(shapes[0].shape)}"
    return "it is not in the file"


def _lost(document: ModelDocument, group: StoredGroup, variable: Variable, reason: str) -> LostTensor:
    layer = ConfigNode(document.config).at(group.path)
    name = _name(layer.value) or group.name
    owner = _place(group, variable)
    inner = re.sub(r"layers\[(\d+)\]", r"\1", variable.part)
    return LostTensor(
        owner, f"{name}/{inner}" if inner else name, variable.name, tuple(variable.shape), variable.dtype, reason
    )


def _name(entry: object) -> str:
    if not isinstance(entry, dict):
        return ""
    config = entry.get("config")
    return str(entry.get("name") or (config.get("name") if isinstance(config, dict) else "") or "")


def _zeros(one: LostTensor, config: Mapping[str, object]) -> TensorRef:
    return zeros(one.name, [size or 0 for size in one.shape], one.dtype)
