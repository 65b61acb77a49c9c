"""A TensorFlow checkpoint, several files of one prefix: what `save_weights` of tf.keras wrote by default, and `Saver`
before.

The path may be the prefix, at which there is no file; one of the files; the text file `checkpoint`, which names the
latest; or a folder with them.
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.checkpoint_store import Store, read_store
from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.tensorflow_messages import META_GRAPH
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.protobuf import Decoder
from keras_doctor.wire.sorted_table import is_table
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe

FORMATS = ("tf-checkpoint", "tf-checkpoint-v1")
KIND = ("binary", "text", "directory")
MAGIC = ((b"\0\0", 0),)  # the first key of the table is empty and shares nothing
FALLBACK = True  # a data file has no magic: its name tells
PREFIX = True
PRIORITY = 45

_INDEX = ".index"
_DATA = ".data-"
_STATE = "checkpoint"
_LATEST = "model_checkpoint_path:"
_MODELS = (".h5", ".hdf5", ".keras", ".pb")


def recognises(probe: Probe) -> bool:
    """Tell whether there are a checkpoint's files at the path, in it, or beside it."""
    if probe.kind == "missing":
        return bool(os.path.basename(probe.path)) and os.path.isfile(probe.path + _INDEX)
    if probe.kind == "directory":
        names = probe.entries
        return any(_prefixes(names)) and not any(name.lower().endswith(_MODELS) for name in names)
    if probe.head.startswith(_LATEST.encode()) or _is_index(probe):
        return True
    prefix, _, shard = probe.path.rpartition(_DATA)
    first, _, count = shard.partition("-of-")
    return bool(prefix) and first.isdigit() and count.isdigit()


def _is_index(probe: Probe) -> bool:
    """Tell whether the file is an index, whole or (then by its name) cut."""
    return probe.head.startswith(b"\0\0") and (is_table(probe.source) or probe.path.endswith(_INDEX))


def _prefixes(names: tuple[str, ...]) -> list[str]:
    """Return the prefixes for which a folder has an index and data."""
    return [
        name[: -len(_INDEX)]
        for name in names
        if name.endswith(_INDEX) and any(other.startswith(name[: -len(_INDEX)] + _DATA) for other in names)
    ]


def read(probe: Probe) -> ModelDocument:
    """Read the checkpoint; of several in a folder the one that the file `checkpoint` names, else the last by name."""
    facts: dict[str, Any] = {}
    damage: list[Damage] = []
    prefix = _prefix(probe, facts, damage)
    name = os.path.basename(prefix)
    facts["prefix"] = prefix
    given = probe.source if probe.kind == "file" and _is_index(probe) else None
    store = Store()
    try:
        store = read_store(prefix, name, probe.limits, probe.deep, index=given)
    except FormatError as error:
        damage.append(Damage("structure" if given else "missing", error.what, name + _INDEX, error.offset))
    damage += store.damage
    size = store.size + _graph(prefix, probe, facts, damage)
    form = FORMATS[0] if store.object_based or not store.weights else FORMATS[1]
    config = _config(store, probe, damage)
    facts["shards"] = store.shards
    facts["full_names"] = store.full_names
    if store.tables:
        facts["tables"] = store.tables
    if store.unverified:
        facts["unverified"] = "only --deep compares the checksums of"
    return ModelDocument(
        probe.path,
        form,
        "directory" if probe.kind == "directory" else "file",
        size=size,
        config=config,
        config_locus=Locus(name + _INDEX) if config is not None else None,
        provenance=date(config=config, facts=facts, format=form),
        weights=store.weights,
        training=TrainingState(None, "", store.slots, store.metric_state),
        damage=tuple(damage),
        facts=facts,
        unverified_bytes=store.unverified,
    )


def _prefix(probe: Probe, facts: dict[str, Any], damage: list[Damage]) -> str:
    """Return the prefix of the checkpoint's files that the path means."""
    if probe.kind == "missing":
        return probe.path
    if probe.kind == "file" and not probe.head.startswith(_LATEST.encode()):
        facts["given_path"] = os.path.basename(probe.path)
        if _is_index(probe):
            return probe.path.removesuffix(_INDEX)
        return probe.path.rpartition(_DATA)[0]
    # What the state file names is looked for in its own folder only, whatever folder it names.
    folder = probe.path if probe.kind == "directory" else os.path.dirname(probe.path)
    names = probe.entries
    if probe.kind == "file":
        facts["given_path"] = os.path.basename(probe.path)
        try:
            names = tuple(sorted(os.listdir(folder or "."))) if os.path.isfile(probe.path) else ()
        except OSError:
            names = ()
    prefixes = _prefixes(names)
    facts["checkpoints"] = tuple(prefixes)
    latest = _latest(os.path.join(folder, _STATE)) if probe.kind == "directory" else _named(probe.head)
    if latest and latest not in prefixes:
        damage.append(Damage("missing", f"the checkpoint {latest!r} that is named as the latest is not there", _STATE))
        latest = ""
    return os.path.join(folder, latest or (prefixes[-1] if prefixes else _STATE))


def _latest(path: str) -> str:
    try:
        return _named(open_path(path).read_up_to(0, 4096))
    except OSError:
        return ""


def _named(state: bytes) -> str:
    """Return the name of the latest checkpoint in a state file (tensorflow/python/training/checkpoint_state.proto)."""
    for line in state.decode("utf-8", "replace").splitlines():
        if line.startswith(_LATEST):
            return line[len(_LATEST) :].strip().strip("\"'").replace("\\", "/").rpartition("/")[2]
    return ""


def _graph(prefix: str, probe: Probe, facts: dict[str, Any], damage: list[Damage]) -> int:
    """Read the graph that TensorFlow 1 stored beside the variables, as far as it tells who wrote it; return its
    size.
    """
    name = f"{os.path.basename(prefix)}.meta"
    try:
        source = open_path(f"{prefix}.meta")
    except OSError:
        return 0
    decoder = Decoder(source, probe.limits, name)
    meta = decoder.message(META_GRAPH)
    damage += decoder.damage
    info = meta.get("meta_info", {})
    if info.get("tensorflow_version"):
        facts["tensorflow_version"] = info["tensorflow_version"]
    facts["ops"] = tuple(sorted(meta.get("graph", {}).get("ops", ())))
    return source.size


def _config(store: Store, probe: Probe, damage: list[Damage]) -> Any:
    """Return the model's config where the checkpoint has it: TensorFlow 1.12 to 1.14 stored that of every object."""
    from keras_doctor.wire.jsontext import loads

    text = store.configs.get("")
    if text is None:
        return None
    try:
        config = loads(text, probe.limits)
    except FormatError as error:
        damage.append(Damage("text", f"the model's config: {error.what}", "", error.offset))
        return None
    return config if isinstance(config, dict) and isinstance(config.get("class_name"), str) else None
