"""The variables that TensorFlow keeps in a tensor bundle, sorted into weights, optimizer state and state of metrics.

The names tell: "layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE" is a variable, ".OPTIMIZER_SLOT" within stands
between a variable and what an optimizer keeps for it. Source: tensorflow/python/checkpoint/checkpoint.py and
tensorflow/python/training/saving/saveable_object_util.py.
"""

from __future__ import annotations

from keras_doctor.artifacts.object_graph import Structure, optimizers
from keras_doctor.artifacts.tensorflow_messages import TRACKABLE_OBJECT_GRAPH
from keras_doctor.document.locus import Locus
from keras_doctor.document.tensors import ITEM_SIZE, TensorRef, WeightGroup
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.protobuf import Decoder
from keras_doctor.wire.source import BytesSource, open_path
from keras_doctor.wire.tensor_bundle import TensorBundle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source
    from keras_doctor.wire.tensor_bundle import Entry

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_ATTRIBUTES = "/.ATTRIBUTES/"
_VARIABLE = "VARIABLE_VALUE"
_CONFIG = "OBJECT_CONFIG_JSON"  # what TensorFlow 1.12 to 1.14 wrote beside the variables
_SLOT = "/.OPTIMIZER_SLOT/"
_CHECKED = 1 << 20  # bytes whose checksums are verified without being asked to: 75 MB are checked in a second
_TOLD = 50  # failing checksums that are told one by one
# Where exported models keep their variables: numbered, in lists. The second list repeats the first.
# Optimizers of Keras 3 list what they train.
_LISTS = ("variables", "trainable_variables", "non_trainable_variables")
_TRAINED = "_trainable_variables"
_COPIES = "_all_variables/"
# What optimizers of TensorFlow 1 call variables that are nobody's slots.
_TRAINING = ("training/", "beta1_power", "beta2_power", "global_step")


class Store:
    """What a bundle holds.

    `weights`, `slots`, `metric_state`: the model's variables, the optimizer's, the metrics'. `tables`: the contents of
    lookup tables. `configs`: objects' configs as text, by path. `full_names`: the variables' own names
    ("dense/kernel") by key.
    """

    def __init__(self) -> None:
        self.weights: tuple[WeightGroup, ...] = ()
        self.slots: tuple[TensorRef, ...] = ()
        self.metric_state: tuple[TensorRef, ...] = ()
        self.tables: tuple[TensorRef, ...] = ()
        self.configs: dict[str, bytes] = {}
        self.full_names: dict[str, str] = {}
        self.nodes: list[dict[str, Any]] = []
        self.object_based = False
        self.copies = 0
        self.shards = 0
        self.size = 0
        self.unverified = 0
        self.damage: list[Damage] = []


def read_store(
    prefix: str,
    part: str,
    limits: Limits,
    deep: bool,
    *,
    index: Source | None = None,
    nodes: list[dict[str, Any]] | None = None,
    owners: dict[str, str] | None = None,
    exported: bool = False,
) -> Store:
    """Read the bundle at a prefix of file names; `part` is what the prefix is called inside the artifact.

    `index` gives the index where it is at hand; `nodes` the graph of objects where the bundle's own is lost; `owners`
    maps paths of objects to names of layers. Raises `FormatError` when there is no index, or it is none.
    """
    store = Store()
    if index is None:
        try:
            index = open_path(f"{prefix}.index")
        except OSError as error:
            raise FormatError(f"{part}.index cannot be read: {error.strerror or error}") from None
    store.size = index.size

    def open_shard(number: int, count: int) -> Source:
        shard = open_path(f"{prefix}.data-{number:05}-of-{count:05}")
        store.size += shard.size
        return shard

    bundle = TensorBundle(index, open_shard, limits, part)
    store.shards = bundle.num_shards
    store.object_based = OBJECT_GRAPH in bundle.entries or any(_ATTRIBUTES in key for key in bundle.entries)
    _read_graph(store, bundle, limits, f"{part}.index")
    store.nodes = store.nodes or nodes or []
    _sort(store, bundle, part, owners or {}, exported)
    store.damage += bundle.damage
    _verify(store, bundle, deep)
    return store


def _read_graph(store: Store, bundle: TensorBundle, limits: Limits, index: str) -> None:
    entry = bundle.entries.get(OBJECT_GRAPH)
    if entry is None:
        return
    try:
        values = bundle.strings(entry)
        decoder = Decoder(BytesSource(values[0] if values else b""), limits, OBJECT_GRAPH)
        store.nodes = decoder.message(TRACKABLE_OBJECT_GRAPH).get("nodes", [])
        store.damage += decoder.damage
    except FormatError as error:
        if not entry.lost:  # what is lost is told once, with its shard
            store.damage.append(Damage("structure", f"the graph of objects: {error.what}", index, error.offset))
    for node in store.nodes:
        for attribute in node.get("attributes", ()):
            if attribute.get("full_name"):
                store.full_names[attribute.get("key", "")] = attribute["full_name"]


def _sort(store: Store, bundle: TensorBundle, part: str, owners: dict[str, str], exported: bool) -> None:
    """Make the entries tensors, in the order in which their bytes are stored: that of the model, not of the
    alphabet.
    """
    entries = sorted(bundle.entries.values(), key=lambda entry: (entry.shard, entry.offset))
    groups: dict[str, list[tuple[tuple[int, ...], TensorRef]]] = {}
    slots, metrics, tables = [], [], []
    structure = Structure(store.nodes)
    optimizing = tuple(f"{path}/" for path in ("optimizer", *optimizers(store.nodes)))
    for entry in entries:
        key = entry.key
        if key == OBJECT_GRAPH:
            continue
        path, _, attribute = key.partition(_ATTRIBUTES) if store.object_based else (key, "", _VARIABLE)
        place = structure.place(path)
        group, _, name = place.rpartition("/")
        tensor = _tensor(bundle, entry, name, part)
        if attribute == _CONFIG:
            try:
                store.configs[path.strip("/")] = b"".join(bundle.strings(entry))
            except FormatError as error:
                store.damage.append(Damage("structure", error.what, key, error.offset))
        elif attribute != _VARIABLE:
            tables.append(tensor)
        elif f"/{_TRAINED}/" in path:
            groups.setdefault(group, []).append((structure.order(place), tensor))
        elif (
            _SLOT in path or path.startswith(optimizing) or (not store.object_based and _is_slot(path, bundle.entries))
        ):
            slots.append(tensor)
        elif "keras_api/metrics/" in path or path.startswith("save_counter"):
            metrics.append(tensor)
        elif exported and path.startswith(_COPIES):
            store.copies += 1
        else:
            groups.setdefault(group, []).append((structure.order(place), tensor))
    store.slots, store.metric_state, store.tables = tuple(slots), tuple(metrics), tuple(tables)
    if store.nodes:
        for own in groups.values():
            own.sort(key=lambda ranked: ranked[0])
        groups = dict(sorted(groups.items(), key=lambda item: item[1][0][0]))
    tensors = {group: [tensor for _, tensor in own] for group, own in groups.items()}
    store.weights = tuple(_grouped(tensors, owners, store.full_names))


def _is_slot(name: str, entries: Iterable[str]) -> bool:
    """Tell whether a variable of a name-based checkpoint is an optimizer's: "dense/kernel/Adam" beside
    "dense/kernel".
    """
    return name.startswith(_TRAINING) or name.rpartition("/")[0] in entries


def _tensor(bundle: TensorBundle, entry: Entry, name: str, part: str) -> TensorRef:
    shard = bundle.shard_name(entry.shard)
    locus = Locus(f"{part}.index:{entry.key}") if entry.slices else Locus(shard, "", entry.offset, entry.size)

    def chunks() -> Iterator[bytes]:
        return iter(bundle.strings(entry)) if entry.dtype == "string" else bundle.chunks(entry)

    nbytes = entry.size
    if entry.slices:  # put together by its shape; what its own entry says of a size counts for nothing
        nbytes = ITEM_SIZE.get(entry.dtype, 0)
        for length in entry.shape:
            nbytes *= length
    return TensorRef(name, entry.key, entry.shape, entry.dtype, nbytes, locus, chunks)


def _grouped(
    groups: dict[str, list[TensorRef]], owners: dict[str, str], full_names: dict[str, str]
) -> Iterator[WeightGroup]:
    for path, tensors in groups.items():
        if path not in _LISTS and not path.endswith(f"/{_TRAINED}"):
            yield WeightGroup(_owner(path, owners), path, tuple(tensors))
            continue
        # A list of all variables: their own names tell whose they are.
        named: dict[str, list[TensorRef]] = {}
        for tensor in tensors:
            full_name = full_names.get(tensor.path, f"{path}/{tensor.name}")
            owner, _, tensor.name = full_name.rpartition("/")
            named.setdefault(owner, []).append(tensor)
        for owner, own in named.items():
            yield WeightGroup(owner, path, tuple(own))


def _owner(path: str, owners: dict[str, str]) -> str:
    """Return the name of the layer that an object is or belongs to, the path where that is not known."""
    place = path
    while place and place not in owners:
        place = place.rpartition("/")[0]
    return owners.get(place, path)


def _verify(store: Store, bundle: TensorBundle, deep: bool) -> None:
    """Check the tensors against their checksums, from the start as far as it is quick; all of them when `deep`."""
    failed = 0
    budget = store.size if deep else _CHECKED  # entries that share bytes are no reason to check these twice
    for entry in sorted(bundle.entries.values(), key=lambda entry: (entry.shard, entry.offset)):
        if entry.lost or entry.size <= 0:
            continue
        budget -= entry.size
        if budget < 0:
            store.unverified += entry.size
            continue
        try:
            if bundle.verify(entry):
                continue
            what = f"the bytes of {entry.key} do not have their checksum"
        except FormatError as error:
            what = error.what
        failed += 1
        if failed <= _TOLD:
            place = bundle.shard_name(entry.shard)
            store.damage.append(Damage("checksum", what, place, entry.offset, entry.size))
    if failed > _TOLD:
        store.damage.append(Damage("checksum", f"and {failed - _TOLD} more tensors do not have their checksums"))
