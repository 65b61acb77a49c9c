"""Tensors of layers that Keras does not have: custom ones, whose code alone says what their variables are.

They stay as they are and in their order. What a layer itself owns comes back in each format as it stood in the other:
legacy HDF5 lists its weights, the store numbers its variables, trainable ones first in both. What the layers inside it
own has places in the store that are called as the attributes of the code, so it goes between files of one format only;
or where the code is at hand and says for certain what it holds (`sources`), and the file has just that.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.expressions import renamed
from keras_doctor.layers.assumed import infer_assumed
from keras_doctor.layers.mixed_groups import leaves, shares
from keras_doctor.layers.models import model_layers
from keras_doctor.layers.stored_order import hdf5_groups, v3_places
from keras_doctor.layers.stored_variables import mixed
from keras_doctor.records import record, replace
from keras_doctor.sources.holding import holding
from keras_doctor.sources.places import places
from keras_doctor.sources.values import UnclearError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.sources.holding import Holding
    from keras_doctor.sources.parsing import Code
    from keras_doctor.sources.places import Key, Place

    Groups = Iterator[tuple[str, tuple[TensorRef, ...]]]

STORES = ("keras-v3", "keras-v3-directory", "v3-weights", "v3-weights-sharded")
LEGACY = ("hdf5-model", "hdf5-weights")
_ATTRIBUTES = (
    "the layers in it are stored under names of attributes, which only its code knows{why}; an HDF5 file has them in "
    "order"
)
_ORDER = "in which order an HDF5 file has the layers in it, only its code knows{why}"

_TRAINED = (
    "an HDF5 file lists what a nested model trains before the rest, and what that is of this layer, only its code "
    "knows (--custom-code FILE.py)"
)
_OVER_TIME, _LAYER = "TimeDistributed", "layer"


@record
class Foreign:
    """What a layer of unknown class owns: tensors by the path inside the layer, "" for its own.

    `held`: the tensors by the variable that they are, `holding`: what the code says of the layer, where it is at hand
    and the file agrees; else `unclear` says why not, "" where there is no code. `frozen`: how many of an HDF5 file's
    tensors, the last ones, are not trained; None where that is not known. `within`: the attribute under which a wrapper
    has the layer, "" where there is none; `nested`: it stands in a model inside the model.
    """

    layer: str
    parts: dict[str, tuple[TensorRef, ...]]
    stored: bool  # in a store
    holding: Holding | None = None
    held: dict[Key, TensorRef] | None = None
    unclear: str = ""
    frozen: int | None = None
    within: str = ""
    nested: bool = False

    def unplaced(self, form: str) -> str:
        """Return why a format has no place for it, "" when it has."""
        if self.holding is not None:
            return ""
        if self.nested and form not in STORES and self.frozen is None:
            return _TRAINED
        if self.stored == (form in STORES):
            return ""
        why = f" ({self.unclear})" if self.unclear else " (--custom-code FILE.py)"
        if self.stored:
            return "" if set(self.parts) == {""} else _ORDER.format(why=why)
        deep = any(_inside(tensor.name, self.layer) for tensor in self.parts[""])
        return _ATTRIBUTES.format(why=why) if deep else ""


def _inside(name: str, layer: str) -> bool:
    """Tell whether a variable's name is that of one in a layer inside the layer: "model/block/dense/kernel:0". What a
    Sequential inside it owns may not have the layer's name before it: "dense/kernel:0". Where a layer of its name was
    made before, Keras 1 and 2 number the scope: "block_17/kernel:0" is its own.
    """
    steps = name.split("/")
    while layer in steps[:-1]:
        steps = steps[steps.index(layer) + 1 :]
    scope, _, number = steps[-2].rpartition("_") if len(steps) > 1 else ("", "", "")
    return len(steps) > 1 and not (scope == layer and number.isdecimal())


def informed(foreign: Foreign, code: Code, entry: dict[str, Any], era: str, release: str) -> Foreign:
    """Return a layer with what its code says of it, as far as that is certain and the file agrees."""
    config = entry.get("config")
    if entry.get("class_name") == _OVER_TIME and isinstance(config, dict) and isinstance(config.get(_LAYER), dict):
        inner, config = config[_LAYER], config[_LAYER].get("config")
        foreign = replace(foreign, within=_LAYER)
    else:
        inner = entry
    try:
        found = holding(code, str(inner.get("class_name")), config if isinstance(config, dict) else {})
        if found is None:
            return foreign
        expected = places(found, era, release)
    except UnclearError as error:
        return replace(foreign, unclear=str(error))
    held = _stored(foreign, expected) if foreign.stored else _listed(foreign, expected)
    if held is None:
        return replace(foreign, unclear="the file has other variables than its code makes")
    return replace(foreign, holding=found, held=held)


def _listed(foreign: Foreign, expected: tuple[Place, ...]) -> dict[Key, TensorRef] | None:
    """Return the tensors of a group in HDF5 by variable, None where they are not those that are expected."""
    tensors = foreign.parts[""]
    if len(tensors) != len(expected) or not all(map(_fits, expected, tensors)):
        return None
    return {place.key: tensor for place, tensor in zip(expected, tensors, strict=True)}


def _stored(foreign: Foreign, expected: tuple[Place, ...]) -> dict[Key, TensorRef] | None:
    """Return the tensors of a store by variable, None where they are not those that are expected."""
    parts = {path.removeprefix(foreign.within).strip("/"): tensors for path, tensors in foreign.parts.items()}
    counts = {path: len(tensors) for path, tensors in parts.items() if tensors}
    wanted: dict[str, int] = {}
    for place in expected:
        wanted[place.path] = wanted.get(place.path, 0) + 1
    if counts != wanted:
        return None
    held = {place.key: parts[place.path][place.number] for place in expected}
    return held if all(_shaped(place, held[place.key]) for place in expected) else None


def _fits(place: Place, tensor: TensorRef) -> bool:
    called = tensor.name.rpartition("/")[2].partition(":")[0]
    return _shaped(place, tensor) and place.name in ("", called)


def _shaped(place: Place, tensor: TensorRef) -> bool:
    if place.shape is None:
        return True
    sizes = zip(place.shape, tensor.shape, strict=False)
    return len(place.shape) == len(tensor.shape) and all(size in (None, there) for size, there in sizes)


def foreign_layers(source: ModelDocument, era: str, code: Code | None = None) -> Iterator[tuple[str, Foreign]]:
    """Yield the layers of unknown classes that own tensors, by their path in the config. `code`: that of the classes,
    where it is at hand.
    """
    release = source.provenance.keras_version or source.provenance.latest or "3"
    for path, foreign in _foreign_layers(source, era, release):
        entry = ConfigNode(source.config).at(path).value
        told = code is not None and isinstance(entry, dict)
        yield path, informed(foreign, code, entry, era, release) if told else foreign  # type: ignore[arg-type]


def _foreign_layers(source: ModelDocument, era: str, release: str) -> Iterator[tuple[str, Foreign]]:
    held = {group.owner: group.tensors for group in source.weights if group.tensors}
    if source.format in LEGACY:
        for group in hdf5_groups(source.config, era, infer_assumed(source.config, era)):
            if not group.known and group.name in held and not _is_model(source, group.path):
                yield group.path, Foreign(group.name, {"": held[group.name]}, stored=False)
        for path, tensors in mixed(source, era, held):
            for share in shares(leaves(source.config, era, path), tensors) or ():
                if share.leaf.variables is None and share.tensors:
                    parts = {"": share.tensors}
                    yield (
                        share.leaf.path,
                        Foreign(share.leaf.name, parts, stored=False, frozen=share.frozen, nested=True),
                    )
    elif source.format in STORES:
        for node, place in unknown_places(source.config, era, release):
            inside = {
                owner[len(place) :].strip("/"): tensors
                for owner, tensors in held.items()
                if owner == place or owner.startswith(f"{place}/")
            }
            if inside:
                name = node.get("name") or (node.get("config") or {}).get("name") or place
                nested = node.path.count("layers[") > 1
                yield node.path, Foreign(str(name), inside, stored=True, nested=nested)


def unknown_places(config: Any, era: str, release: str) -> Iterator[tuple[ConfigNode, str]]:
    """Yield the layers of unknown classes with their places in a store."""
    inferred = infer_assumed(config, era)
    known = {shape.path for shape in inferred if shape.known}
    for node, place in v3_places(config, release, inferred):
        if node.path not in known and not model_layers(node):
            yield node, place


def _is_model(source: ModelDocument, path: str) -> bool:
    return bool(model_layers(ConfigNode(source.config).at(path)))


def in_store(foreign: Foreign, place: str, era: str, release: str) -> Groups:
    """Yield the groups of a store that a layer at a place has."""
    parts = foreign.parts
    if foreign.holding is not None and foreign.held is not None:
        listed: dict[str, list[tuple[int, TensorRef]]] = {}
        for one in places(foreign.holding, era, release):
            listed.setdefault(one.path, []).append((one.number, foreign.held[one.key]))
        place = f"{place}/{foreign.within}".rstrip("/")
        parts = {path: tuple(tensor for _, tensor in sorted(some, key=_number)) for path, some in listed.items()}
    for inside, tensors in parts.items():
        numbered = tuple(renamed(tensor, str(number)) for number, tensor in enumerate(tensors))
        yield f"{place}/{inside}".rstrip("/"), numbered


def _number(pair: tuple[int, TensorRef]) -> int:
    return pair[0]


def frozen_in_hdf5(foreign: Foreign, era: str, release: str) -> int | None:
    """Return how many of a layer's tensors in legacy HDF5, the last ones, are not trained; None where none can tell."""
    if foreign.holding is not None:
        return sum(not place.trainable for place in places(foreign.holding, era, release))
    return foreign.frozen


def in_hdf5(foreign: Foreign, group: str, era: str, release: str) -> tuple[TensorRef, ...]:
    """Return the tensors of a layer's group in legacy HDF5."""
    if foreign.holding is not None and foreign.held is not None:
        found = places(foreign.holding, era, release)
        named = (
            "/".join(word for word in (group, one.path, one.name or f"variable_{one.number}") if word) for one in found
        )
        return tuple(renamed(foreign.held[one.key], f"{name}:0") for one, name in zip(found, named, strict=True))
    tensors = foreign.parts[""]
    if not foreign.stored:
        return tensors
    return tuple(renamed(tensor, f"{group}/variable_{number}:0") for number, tensor in enumerate(tensors))
