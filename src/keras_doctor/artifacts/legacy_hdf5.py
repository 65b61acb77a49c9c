"""Legacy HDF5: a whole model (Keras 1 to 3 with the ending .h5), or weights alone.

Root attributes `model_config`, `training_config`, `keras_version`, `backend`; groups `model_weights` and
`optimizer_weights`. A weights file has the layout of `model_weights` at its root. Source: keras/engine/saving.py
(2.x), tensorflow/python/keras/saving/hdf5_format.py, keras/src/legacy/saving/legacy_h5_format.py (3.x).
"""

from __future__ import annotations

from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.hdf5_parts import (
    NAMELESS,
    datasets_by_name,
    json_attribute,
    names,
    renamed,
    storage,
    tensor,
    text,
)
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.hdf5 import Dataset, File, Group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.tensors import TensorRef

FORMATS = ("hdf5-model", "hdf5-weights", "hdf5-architecture")
KIND = "binary"
MAGIC = ((b"\x89HDF\r\n\x1a\n", 0),)
PRIORITY = 20
FALLBACK = True  # a user block before the superblock, or the head destroyed

MODEL_WEIGHTS, OPTIMIZER_WEIGHTS = "model_weights", "optimizer_weights"
TOP_LEVEL = "top_level_model_weights"  # variables of the model itself, since tf.keras 2.7; not in layer_names
_LAYER_LISTS = ("layer_names", "layer_names0", "nb_layers")
_MARKS = ("model_config", "training_config", *_LAYER_LISTS)
_USUAL = ("kernel", "bias", "gamma", "beta", "embeddings", "recurrent_kernel", "depthwise_kernel")
_LOOKED_AT = 200  # objects of a file without root and attributes
_SAMPLE = 64  # weight names that are enough for dating


def recognises(probe: Probe) -> bool:
    """Tell whether the HDF5 file, or what is left of one, has the attributes or groups of a Keras model."""
    try:
        file = opened(probe)
    except FormatError:
        return False
    root = file.root
    attributes, links = root.attributes, root.links
    if any(mark in attributes for mark in _MARKS) or MODEL_WEIGHTS in links:
        return True
    groups = (root.get(name) for name in list(links)[:50])
    if any(isinstance(group, Group) and "weight_names" in group.attributes for group in groups):
        return True
    return bool(file.damage) and any(name.startswith(NAMELESS) for name in links) and _has_weights(root)


def _has_weights(root: Group) -> bool:
    """Tell whether a dataset below a group that has lost its name is called as the layers of Keras call theirs."""
    for _, node in zip(range(_LOOKED_AT), root.walk(), strict=False):
        if isinstance(node, Dataset) and node.path.rpartition("/")[2].partition(":")[0] in _USUAL:
            return True
    return False


def opened(probe: Probe) -> File:
    """Return the HDF5 file at a probe; where its root leads nowhere, what a search of its bytes finds."""
    try:
        file = probe.hdf5()
        named = any(not name.startswith(NAMELESS) for name in file.root.links)
        if named or file.root.attributes or not file.damage:
            return file
    except FormatError:
        pass
    return probe.hdf5_remains()


def read(probe: Probe) -> ModelDocument:
    """Read the model, as far as its bytes allow."""
    file = opened(probe)
    root = file.root
    damage: list[Damage] = []
    config = json_attribute(root, "model_config", damage, probe.limits)
    training = json_attribute(root, "training_config", damage, probe.limits)
    has_config = "model_config" in root.attributes
    inner = root.get(MODEL_WEIGHTS)
    holder = inner if isinstance(inner, Group) else root
    has_weights = isinstance(inner, Group) or any(mark in root.attributes for mark in _LAYER_LISTS)
    groups, kinds = _weights(holder, damage) if has_weights or not has_config else ((), {})
    if has_config and not has_weights:
        damage.append(Damage("missing", "the group model_weights is not there", f"/{MODEL_WEIGHTS}"))
    slots = _optimizer(root, damage)
    form = "hdf5-model" if has_config else "hdf5-weights"
    facts: dict[str, Any] = {
        "root_attributes": tuple(root.attributes),
        "attribute_storage": {
            name: storage(root.attributes.get(name))
            for name in ("model_config", "training_config", "keras_version", "backend")
        },
        "weights_storage": {
            "keras_version": storage(holder.attributes.get("keras_version")),
            "backend": storage(holder.attributes.get("backend")),
            "layer_names": storage(holder.attributes.get("layer_names") or holder.attributes.get("layer_names0")),
            "weight_names": kinds.pop("weight_names_storage", ""),
        },
        "weight_names": tuple(ref.name for group in groups[:_SAMPLE] for ref in group.tensors)[:_SAMPLE],
        "weights_complete": not damage and not file.damage,
        "has_top_level_model_weights": TOP_LEVEL in holder.links,
        "optimizer_weight_names": tuple(slot.name for slot in slots[:_SAMPLE]),
        "weights_keras_version": text(holder, "keras_version"),
        "weights_backend": text(holder, "backend"),
        "mended_by": text(root, "mended_by"),
        "superblock": file.superblock_version,
        "unverified": "HDF5 keeps no checksum of",
        **kinds,
    }
    training = training if isinstance(training, dict) else None
    document = ModelDocument(
        probe.path,
        form,
        "hdf5",
        size=probe.source.size,
        config=config,
        config_locus=Locus(part="/@model_config"),
        provenance=date(
            config=config,
            training=training,
            stated_version=text(root, "keras_version") or facts["weights_keras_version"],
            stated_backend=text(root, "backend") or facts["weights_backend"],
            facts=facts,
            format=form,
        ),
        weights=tuple(groups),
        training=TrainingState(training, "training_config" if training else "", slots),
        facts=facts,
        unverified_bytes=probe.source.size,
    )
    document.damage = (*file.damage, *damage)  # what broke the file explains what is missing
    document.oddities = tuple(file.oddities)
    return document


def _weights(holder: Group, damage: list[Damage]) -> tuple[list[WeightGroup], dict[str, Any]]:
    """Return the tensors by layer, in the order of `layer_names`, and how the lists of names are stored."""
    listed = names(holder, "layer_names")
    if listed is None:
        if "nb_layers" in holder.attributes:
            return _oldest(holder, damage), {}
        kinds_: dict[str, Any] = {"layer_names": None}
        return _unlisted(holder, damage, kinds_), kinds_
    groups = []
    kinds: dict[str, Any] = {"layer_names": len(listed)}
    for name in [*listed, TOP_LEVEL]:
        group = holder.get(name)
        if group is None:  # files before tf.keras 2.7 have no group of the model's own
            group = renamed(holder, name, listed) or renamed(holder, name, [*listed, TOP_LEVEL])
            if isinstance(group, Group) and name not in group.links and any(one in group.links for one in listed):
                group = None  # what is in it bears another layer's name
        if not isinstance(group, Group):
            if name != TOP_LEVEL:
                damage.append(
                    Damage("missing", f"the group of layer {name} is not there", f"{holder.path.rstrip('/')}/{name}")
                )
            continue
        group_, stored = _layer(group, name, damage, kinds)
        groups.append(group_)
        kinds["weight_names_storage"] = max(kinds.get("weight_names_storage", ""), stored)  # UTF-8 of any length wins
    listed_set = {*listed, TOP_LEVEL, OPTIMIZER_WEIGHTS, MODEL_WEIGHTS}
    unlisted = [
        name
        for name in holder.links
        if name not in listed_set and not any(other.startswith(name + "/") for other in listed)
    ]
    if unlisted:
        kinds["unlisted_groups"] = tuple(unlisted[:50])
    return groups, kinds


def _layer(group: Group, name: str, damage: list[Damage], kinds: dict[str, Any]) -> tuple[WeightGroup, str]:
    """Return the tensors of a layer and how the list of their names is stored.

    Where that list is lost, or names what is not there, `kinds["listed_names"]` keeps what it says, by layer.
    """
    wanted = names(group, "weight_names")
    if wanted is None:
        kinds.setdefault("listed_names", {})[name] = ()
        damage.append(
            Damage("missing", f"the list weight_names of layer {name} is not there", f"{group.path}/@weight_names")
        )
        return WeightGroup(name, group.path, tuple(_below(group))), ""
    found = datasets_by_name(group, wanted, damage)
    if len(found) < len(wanted):
        kinds.setdefault("listed_names", {})[name] = tuple(wanted)
    attribute = group.attributes.get("weight_names")
    return WeightGroup(name, group.path, tuple(found)), storage(attribute) if found else ""


def _unlisted(holder: Group, damage: list[Damage], kinds: dict[str, Any]) -> list[WeightGroup]:
    """Return the tensors of a weights group whose list of layers is lost, in the order of the file's links."""
    found = []
    for name in holder.links:
        group = holder.get(name)
        if isinstance(group, Group) and name not in (OPTIMIZER_WEIGHTS, MODEL_WEIGHTS):
            if "weight_names" in group.attributes:
                entry, _ = _layer(group, name, damage, kinds)
            else:
                kinds.setdefault("listed_names", {})[name] = ()
                entry = WeightGroup(name, group.path, tuple(_below(group)))
            if entry.tensors:
                found.append(entry)
    return found


def _below(group: Group) -> list[TensorRef]:
    return [tensor(item, item.path[len(group.path) :].strip("/")) for item in group.walk() if isinstance(item, Dataset)]


def _oldest(holder: Group, damage: list[Damage]) -> list[WeightGroup]:
    """Return the tensors of a weights file of Keras 0.3 and 1.0: `layer_0` … with `param_0` …, counted by
    attributes.
    """
    groups = []
    for index in range(min(_count(holder, "nb_layers"), 100_000)):
        name = f"layer_{index}"
        group = holder.get(name)
        if not isinstance(group, Group):
            damage.append(Damage("missing", f"the group {name} is not there", f"{holder.path.rstrip('/')}/{name}"))
            if index >= len(holder.links):
                break
            continue
        wanted = [f"param_{number}" for number in range(min(_count(group, "nb_params"), len(group.links)))]
        groups.append(WeightGroup(name, group.path, tuple(datasets_by_name(group, wanted, damage))))
    return groups


def _count(group: Group, key: str) -> int:
    attribute = group.attributes.get(key)
    value = attribute.value if attribute is not None else None
    return value if isinstance(value, int) and value > 0 else 0


def _optimizer(root: Group, damage: list[Damage]) -> tuple[TensorRef, ...]:
    group = root.get(OPTIMIZER_WEIGHTS)
    if not isinstance(group, Group):
        return ()
    wanted = names(group, "weight_names")
    return tuple(datasets_by_name(group, wanted, damage)) if wanted is not None else tuple(_below(group))
