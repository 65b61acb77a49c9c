"""What is left of a damaged model: its tensors given to the variables of its architecture, and those that are lost.

A tensor that survives comes back with the bytes that it has in the file. Where a list of names is lost, the tensors are
told apart by what they are called and by their shapes; one that could belong to two variables is given to neither.
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
from keras_doctor.rescue.remains import by_name, grouped, remains
from keras_doctor.rescue.strays import stray_tensors
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

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


def unreadable(tensor: TensorRef) -> str:
    """Return why the values of a tensor cannot be read, "" when they can."""
    count = 0
    try:
        for piece in tensor.chunks():
            count += len(piece)
    except FormatError as error:
        return error.what
    return f"{count:,} of its {tensor.nbytes:,} bytes are there" if count != tensor.nbytes else ""


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
        stored |= _named_by_shapes(expected, document.weights)
    matched = [_matched(group, stored.get(group.name), document, legacy) for group in expected]
    used = {tensor.path for tensors in matched for tensor in tensors if tensor is not None}
    pool = [tensor for group in document.weights for tensor in group.tensors if tensor.path not in used]
    if legacy:
        by_path = {tuple(tensor.path.split("/")): tensor for tensor in pool}
        _told_by_name(document, expected, matched, by_path)
    found = tuple((name, "its name") for name in _from_remains(document, expected, matched, legacy))
    found += tuple((name, _BY_PLACE) for name in _from_strays(document, expected, matched, legacy))
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


def _named_by_shapes(expected: Sequence[StoredGroup], weights: Sequence[WeightGroup]) -> dict[str, WeightGroup]:
    """Return, by the names that they had, the groups of a store whose names are lost in part ("layers/?1208",
    "?640/dense", "dense"): each is the one layer that is missed whose variables have these shapes and whose path can be
    this one, where it is the one group of which that is so.
    """
    have = {group.owner for group in weights}
    missed = [group for group in expected if group.name not in have]
    known = {group.name for group in expected}
    nameless = [group for group in weights if group.owner not in known]
    found: dict[str, WeightGroup] = {}
    for group in missed:
        like = [one for one in nameless if _can_be(group, one)]
        if len(like) == 1 and sum(_can_be(other, like[0]) for other in missed) == 1:
            found[group.name] = like[0]
    return found


def _can_be(group: StoredGroup, stored: WeightGroup) -> bool:
    """Tell whether a stored group has the shapes of a layer, and its path as far as that is not lost."""
    steps, path = stored.owner.split("/"), group.name.split("/")
    above = [number for number, step in enumerate(steps) if step.startswith("?")]
    known = steps[above[0] + 1 :] if above and not above[0] else steps  # "?640": what was around it is lost as well
    if len(known) > len(path) or (above and above[0] and len(known) < len(path)):
        return False
    ending = path[len(path) - len(known) :]
    same = all(one == other or one.startswith("?") for one, other in zip(known, ending, strict=True))
    return same and _same_shapes(group, stored)


def _same_shapes(group: StoredGroup, stored: WeightGroup) -> bool:
    return len(group.variables) == len(stored.tensors) and all(map(fits, group.variables, stored.tensors))


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


def _told_by_name(
    document: ModelDocument,
    expected: Sequence[StoredGroup],
    matched: list[list[TensorRef | None]],
    found: Mapping[tuple[str, ...], TensorRef],
) -> list[str]:
    """Give tensors, by the paths that are left of theirs, to the variables that these name; return which, in words."""
    lost = [(i, j) for i, tensors in enumerate(matched) for j, tensor in enumerate(tensors) if tensor is None]
    wanted = [(_layers(document, expected[i], j), expected[i].variables[j]) for i, j in lost]
    told = by_name(found, [(layers, variable.part, variable.name) for layers, variable in wanted])
    like = [
        [tensor for tensor in tensors if fits(variable, tensor)]
        for (_, variable), tensors in zip(wanted, told, strict=True)
    ]
    claims = [tensor.path for tensors in like for tensor in tensors]
    named = []
    for (i, j), tensors in zip(lost, like, strict=True):
        if len(tensors) == 1 and claims.count(tensors[0].path) == 1:
            matched[i][j] = tensors[0]
            named.append(f"{expected[i].name}/{expected[i].variables[j].name}")
    return named


def _from_remains(
    document: ModelDocument, expected: Sequence[StoredGroup], matched: list[list[TensorRef | None]], legacy: bool
) -> list[str]:
    """Give tensors that stand in groups which nothing leads to any more to the variables that their names name; return
    which, in words.
    """
    if all(tensor is not None for tensors in matched for tensor in tensors):
        return []
    found = {path: tensor for path, tensor in remains(document).items() if not unreadable(tensor)}
    if legacy:
        return _told_by_name(document, expected, matched, found)
    missed = [group for group, tensors in zip(expected, matched, strict=True) if not any(tensors)]
    stored = grouped(found)
    groups = _named_by_shapes(missed, stored) | {
        group.name: one for group in missed for one in stored if one.owner == group.name and _same_shapes(group, one)
    }
    named = []
    for group, tensors in zip(expected, matched, strict=True):
        if group.name in groups:
            tensors[:] = groups[group.name].tensors
            named += [f"{group.name}/{variable.name}" for variable in group.variables]
    return named


def _layers(document: ModelDocument, group: StoredGroup, number: int) -> tuple[str, ...]:
    """Return the names of the layer that a variable is saved with, and of the one in it that owns the variable."""
    part = group.variables[number].part
    inner = leaf_config(document.config, group.path, part).get("name") if part else None
    return (group.name, inner) if isinstance(inner, str) and inner else (group.name,)


def _from_strays(
    document: ModelDocument, expected: Sequence[StoredGroup], matched: list[list[TensorRef | None]], legacy: bool
) -> tuple[str, ...]:
    """Give datasets that nothing leads to any more to variables without a tensor; return which, in words."""
    places = [(i, j) for i, group in enumerate(expected) for j in range(len(group.variables))]
    wanted = [(expected[i].variables[j], matched[i][j]) for i, j in places]
    # Legacy HDF5 is written in the order of the layers, by tf.keras and Keras 3 in that of their names; a store
    # list of layers by list of layers, and since Keras 3 attribute by attribute in the order of their names.
    orders = [range(len(places)), sorted(range(len(places)), key=lambda at: expected[places[at][0]].name)]
    if not legacy:
        orders = [range(len(places)), _as_walked(expected, places)]
    strays = stray_tensors(document, wanted, orders)
    for position, tensor in strays.items():
        i, j = places[position]
        matched[i][j] = tensor
    return tuple(f"{expected[i].name}/{expected[i].variables[j].name}" for i, j in map(places.__getitem__, strays))


def _as_walked(expected: Sequence[StoredGroup], places: Sequence[tuple[int, int]]) -> list[int]:
    """Return the positions in the order in which Keras 3 writes a store: lists of layers as they are, attributes by
    their names (`_walk_saveable` and `_save_container_state` of keras/src/saving/saving_lib.py).
    """
    seen: dict[str, int] = {}
    keys = []
    for group in expected:
        steps, key = group.name.split("/"), list[tuple[int, str]]()
        for at, step in enumerate(steps):
            in_list = at and steps[at - 1] in _LISTS
            place = seen.setdefault("/".join(steps[: at + 1]), len(seen)) if in_list else 0
            key.append((place, "" if in_list else step))
        keys.append(key)
    return sorted(range(len(places)), key=lambda at: (keys[places[at][0]], places[at][1]))


_LISTS = ("layers", "_layer_checkpoint_dependencies", "cells")


def fits(variable: Variable, tensor: TensorRef) -> bool:
    """Tell whether a tensor has the shape that a variable wants, as far as that is known."""
    if len(variable.shape) != len(tensor.shape):
        return False
    return all(size is None or size == length for size, length in zip(variable.shape, tensor.shape, strict=True))


def called(variable: Variable, tensor: TensorRef) -> bool:
    """Tell whether a tensor's name ends as a variable's does: "dense/kernel:0", "dense_1_W"."""
    leaf = tensor.name.rpartition("/")[2].partition(":")[0]
    return leaf == variable.name or leaf.endswith(f"_{variable.name}")


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


def leaf_config(config: object, path: str, part: str) -> Mapping[str, object]:
    """Return the config of the object that owns a variable: of the layer at `path`, or of what it holds as `part`."""
    entry: dict[str, Any] = ConfigNode(config).at(path).value
    for step in part.split("/") if part else ():
        held = entry.get("config")
        key, _, number = step.partition("[")
        value: Any = held if isinstance(held, list) and key == "layers" else None
        if isinstance(held, dict):
            value = held.get({"forward_layer": "layer"}.get(key, key), held.get("layer") if "ward" in key else None)
        if number and isinstance(value, list) and int(number[:-1]) < len(value):
            value = value[int(number[:-1])]
        entry = value if isinstance(value, dict) else {}
    found = entry.get("config")
    return found if isinstance(found, dict) else {}


def _zeros(one: LostTensor, config: Mapping[str, object]) -> TensorRef:
    return zeros(one.name, [size or 0 for size in one.shape], one.dtype)
