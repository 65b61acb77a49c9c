"""Sharded weights: `NAME.weights.json`, an index, beside `NAME_00000.weights.h5`, `NAME_00001.weights.h5` … (Keras
3.10 and later).

Source: keras/src/saving/saving_lib.py ShardedH5IOStore. A layer's variables may be spread over several shards.
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.v3_store import read_store
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.wire.errors import Damage, FormatError, Oddity
from keras_doctor.wire.hdf5 import File
from keras_doctor.wire.jsontext import loads
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.artifacts.v3_store import Store
    from keras_doctor.document.tensors import TensorRef

FORMATS = ("v3-weights-sharded",)
KIND = "text"
MAGIC = ()
PRIORITY = 10
_MOST = 10_000


def recognises(probe: Probe) -> bool:
    """Tell whether the JSON is the index of sharded weights."""
    head = probe.head
    return b'"weight_map"' in head and (b".weights.h5" in head or probe.extension == ".weights.json")


def read(probe: Probe) -> ModelDocument:
    """Read the index and every shard that is there."""
    index = loads(probe.source.read_up_to(0, probe.limits.text_bytes), probe.limits)
    weight_map = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(weight_map, dict):
        raise FormatError("the index has no weight_map")
    damage: list[Damage] = []
    oddities: list[Oddity] = []
    stores: list[Store] = []
    total = probe.source.size
    shards = _shards(weight_map)
    for shard in shards:
        if os.path.basename(shard) != shard:
            oddities.append(Oddity("path-traversal", f"the index names a shard outside its folder: {shard}", shard))
            continue
        store, size = _shard(probe, shard, damage, oddities)
        total += size
        if store:
            stores.append(store)
    facts: dict[str, Any] = {
        **(stores[0].facts if stores else {}),
        "shards": len(shards),
        "unverified": "HDF5 keeps no checksum of",
    }
    groups = _merged([group for store in stores for group in store.weights])
    there = {group.owner for group in groups} | {"optimizer", "metrics"}
    for key in weight_map:
        owner = key.strip("/").removesuffix("vars").strip("/")
        if owner not in there and owner.split("/", 1)[0] not in there and not damage:
            damage.append(Damage("missing", f"{key} is in the index but in no shard", key))
    return ModelDocument(
        probe.path,
        FORMATS[0],
        "hdf5",
        size=total,
        provenance=date(config=None, facts=facts, format=FORMATS[0]),
        weights=groups,
        training=TrainingState(None, "", tuple(slot for store in stores for slot in store.slots)),
        damage=tuple(damage),
        oddities=tuple(oddities),
        facts=facts,
        unverified_bytes=total,
    )


def _shards(weight_map: dict[str, Any]) -> list[str]:
    """Return the shards' names in order. A value is a list of names (3.11 and later) or one name."""
    found: dict[str, None] = {}
    for value in weight_map.values():
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                found[name] = None
    return sorted(found)[:_MOST]


def _shard(probe: Probe, name: str, damage: list[Damage], oddities: list[Oddity]) -> tuple[Store | None, int]:
    prefix = f"{name}:"
    try:
        source = open_path(probe.beside(name))
    except OSError as error:
        damage.append(Damage("missing", f"the shard {name} is not there ({error.strerror})", name))
        return None, 0
    try:
        store = read_store(File(source, probe.limits), prefix)
    except FormatError as error:
        damage.append(Damage("structure", f"{name}: {error.what}", name, error.offset))
        return None, source.size
    damage += (Damage(d.kind, d.what, prefix + d.part, d.offset, d.length) for d in store.damage)
    oddities += (Oddity(o.kind, o.what, prefix + o.part, o.offset, o.detail) for o in store.oddities)
    return store, source.size


def _merged(groups: list[WeightGroup]) -> tuple[WeightGroup, ...]:
    """Return one group an owner: its variables may be spread over shards."""
    merged: dict[str, list[TensorRef]] = {}
    paths: dict[str, str] = {}
    for group in groups:
        merged.setdefault(group.owner, []).extend(group.tensors)
        paths.setdefault(group.owner, group.path)
    return tuple(
        WeightGroup(owner, paths[owner], tuple(sorted(tensors, key=lambda t: int(t.name) if t.name.isdecimal() else 0)))
        for owner, tensors in merged.items()
    )
