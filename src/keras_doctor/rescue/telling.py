"""Which of the tensors that are left is which variable of a damaged model: by their names, their shapes, their place.

A tensor that could belong to two variables is given to neither.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.graph import infer
from keras_doctor.layers.stored_order import LAYOUTS, layout_of
from keras_doctor.rescue.remains import by_name, grouped, remains
from keras_doctor.rescue.strays import stray_tensors
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef, WeightGroup
    from keras_doctor.layers.signature import Variable
    from keras_doctor.layers.stored_order import StoredGroup


def unreadable(tensor: TensorRef) -> str:
    """Return why the values of a tensor cannot be read, "" when they can."""
    count = 0
    try:
        for piece in tensor.chunks():
            count += len(piece)
    except FormatError as error:
        return error.what
    return f"{count:,} of its {tensor.nbytes:,} bytes are there" if count != tensor.nbytes else ""


def named_by_shapes(expected: Sequence[StoredGroup], weights: Sequence[WeightGroup]) -> dict[str, WeightGroup]:
    """Return, by the names that they had, the groups of a store whose names are lost in part ("layers/?1208",
    "?640/dense", "dense", "layers/denre"): each is the one layer that is missed whose variables have these shapes and
    whose path can be this one, where it is the one group of which that is so.
    """
    have = {group.owner for group in weights}
    missed = [group for group in expected if group.name not in have]
    known = {group.name for group in expected}
    nameless = [group for group in weights if group.owner not in known]
    found: dict[str, WeightGroup] = {}
    words = {step for name in known for step in name.split("/")}
    for group in missed:
        like = [one for one in nameless if _can_be(group, one, words)]
        if len(like) == 1 and sum(_can_be(other, like[0], words) for other in missed) == 1:
            found[group.name] = like[0]
    return found


def _can_be(group: StoredGroup, stored: WeightGroup, words: set[str]) -> bool:
    """Tell whether a stored group has the shapes of a layer, and its path as far as that is not lost. A step that is
    none of `words` was another one, of as many letters, before it was harmed.
    """
    steps, path = stored.owner.split("/"), group.name.split("/")
    above = [number for number, step in enumerate(steps) if step.startswith("?")]
    known = steps[above[0] + 1 :] if above and not above[0] else steps  # "?640": what was around it is lost as well
    if len(known) > len(path) or (above and above[0] and len(known) < len(path)):
        return False
    ending = path[len(path) - len(known) :]
    same = all(
        one == other or one.startswith("?") or (one not in words and len(one) == len(other))
        for one, other in zip(known, ending, strict=True)
    )
    return same and _same_shapes(group, stored)


def _same_shapes(group: StoredGroup, stored: WeightGroup) -> bool:
    return len(group.variables) == len(stored.tensors) and all(map(fits, group.variables, stored.tensors))


def told_by_name(
    document: ModelDocument,
    expected: Sequence[StoredGroup],
    matched: list[list[TensorRef | None]],
    found: Mapping[tuple[str, ...], TensorRef],
) -> list[str]:
    """Give tensors, by the paths that are left of theirs, to the variables that these name; return which, in words.

    What no layer's own name leads to may stand under a scope that was numbered anew: "dense_1" of a layer "dense".
    """
    named = _by_names(document, expected, matched, found, frozenset())
    taken = {tensor.path for tensors in matched for tensor in tensors if tensor is not None}
    left = {path: tensor for path, tensor in found.items() if tensor.path not in taken}
    return named + _by_names(document, expected, matched, left, frozenset(group.name for group in expected))


def _by_names(
    document: ModelDocument,
    expected: Sequence[StoredGroup],
    matched: list[list[TensorRef | None]],
    found: Mapping[tuple[str, ...], TensorRef],
    layers: frozenset[str],
) -> list[str]:
    """As told_by_name, once; with the names of all `layers` by those of numbered scopes as well."""
    lost = [(i, j) for i, tensors in enumerate(matched) for j, tensor in enumerate(tensors) if tensor is None]
    wanted = [(_layers(document, expected[i], j), expected[i].variables[j]) for i, j in lost]
    told = by_name(found, [(names, variable.part, variable.name) for names, variable in wanted], layers)
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


def from_remains(
    document: ModelDocument, expected: Sequence[StoredGroup], matched: list[list[TensorRef | None]], legacy: bool
) -> list[str]:
    """Give tensors that stand in groups which nothing leads to any more to the variables that their names name; return
    which, in words.
    """
    if all(tensor is not None for tensors in matched for tensor in tensors):
        return []
    found = {path: tensor for path, tensor in remains(document).items() if not unreadable(tensor)}
    if legacy:
        listed: Mapping[str, Sequence[str]] = document.facts["listed_names"]
        agreed = {path: tensor for path, tensor in found.items() if _as_listed(path, listed)}
        return told_by_name(document, expected, matched, agreed)
    missed = [group for group, tensors in zip(expected, matched, strict=True) if not any(tensors)]
    stored = grouped(found)
    groups = named_by_shapes(missed, stored) | {
        group.name: one for group in missed for one in stored if one.owner == group.name and _same_shapes(group, one)
    }
    named = []
    for group, tensors in zip(expected, matched, strict=True):
        if group.name in groups:
            tensors[:] = groups[group.name].tensors
            named += [f"{group.name}/{variable.name}" for variable in group.variables]
    return named


def _as_listed(path: Sequence[str], listed: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a path, as far as it is known, ends one of the names that a layer in it lists; a search may have
    taken what stands in one group for the members of another.
    """
    lost = max((number for number, step in enumerate(path) if step.startswith("?")), default=-1)
    known = f"/{'/'.join(path[lost + 1 :])}"
    layers = [layer for layer in listed if listed[layer] and f"/{layer}/" in f"{known}/"]
    names = [f"/{_CONTAINER}/{layer}/{name}" for layer in layers for name in listed[layer]]
    return not names or any(name.endswith(known) for name in names)


_CONTAINER = "model_weights"


def _layers(document: ModelDocument, group: StoredGroup, number: int) -> tuple[str, ...]:
    """Return the names of the layer that a variable is saved with, and of the one in it that owns the variable."""
    part = group.variables[number].part
    inner = leaf_config(document.config, group.path, part).get("name") if part else None
    return (group.name, inner) if isinstance(inner, str) and inner else (group.name,)


def from_strays(
    document: ModelDocument, expected: Sequence[StoredGroup], matched: list[list[TensorRef | None]], legacy: bool
) -> tuple[str, ...]:
    """Give datasets that nothing leads to any more to variables without a tensor; return which, in words."""
    places = [(i, j) for i, group in enumerate(expected) for j in range(len(group.variables))]
    wanted = [(expected[i].variables[j], matched[i][j]) for i, j in places]
    # Legacy HDF5 is written in the order of the layers, by tf.keras and Keras 3 in that of their names; a store
    # list of layers by list of layers, and attribute by attribute as the release walks over them.
    orders = [range(len(places)), sorted(range(len(places)), key=lambda at: expected[places[at][0]].name)]
    if not legacy:
        release = document.provenance.keras_version
        walks = {layout_of(release).walk} if release else {layout.walk for layout in LAYOUTS.values()}
        orders = [_as_walked(expected, places, walk) for walk in sorted(walks)]
    strays = stray_tensors(document, wanted, orders, _misnamed(document, expected))
    for position, tensor in strays.items():
        i, j = places[position]
        matched[i][j] = tensor
    return tuple(f"{expected[i].name}/{expected[i].variables[j].name}" for i, j in map(places.__getitem__, strays))


def _misnamed(document: ModelDocument, expected: Sequence[StoredGroup]) -> set[int | None]:
    """Return where the tensors of groups lie whose names are those of no layer, as a harmed one is; none of a model
    with layers that may call their groups in any way.
    """
    if not all(shape.known for shape in infer(document.config, document.provenance.era)):
        return set()
    names = {group.name for group in expected}
    return {tensor.locus.offset for group in document.weights if group.owner not in names for tensor in group.tensors}


def _as_walked(expected: Sequence[StoredGroup], places: Sequence[tuple[int, int]], walk: str) -> list[int]:
    """Return the positions in the order in which a store is written: lists of layers as they are, attributes by their
    names (`_walk_saveable` and `_save_container_state` of keras/src/saving/saving_lib.py).
    """
    seen: dict[str, int] = {}
    keys = []
    for group in expected:
        steps, key = group.name.split("/"), list[tuple[int, tuple[int, ...]]]()
        for at, step in enumerate(steps):
            in_list = at and steps[at - 1] in _LISTS
            place = seen.setdefault("/".join(steps[: at + 1]), len(seen)) if in_list else 0
            key.append((place, () if in_list else _walked(step, walk)))
        keys.append(key)
    return sorted(range(len(places)), key=lambda at: (keys[places[at][0]], places[at][1]))


def _walked(attribute: str, walk: str) -> tuple[int, ...]:
    """Return what orders the attributes of an object as a release walks over them."""
    if walk == "private-last" and attribute.startswith("_"):
        attribute = f"~{attribute}"
    letters = tuple(map(ord, attribute))
    return (*(-letter for letter in letters), 1) if walk == "backwards" else letters


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
