"""TensorFlow's SavedModel, a folder: of a Keras model, of an exported one, of any module, of TensorFlow 1.

`saved_model.pb` holds graph, functions, signatures and the graph of objects; `variables/` a tensor bundle; `assets/`
files. Keras adds each object's config as JSON: to the objects themselves up to TensorFlow 2.4, in `keras_metadata.pb`
from 2.5 to 2.15. Sources: tensorflow/python/saved_model/loader_impl.py, save.py; keras/saving/saved_model/save.py and
load.py.
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.checkpoint_store import Store, read_store
from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.keras_objects import KerasObjects, from_graph, from_metadata
from keras_doctor.artifacts.object_graph import children
from keras_doctor.artifacts.tensorflow_messages import FINGERPRINT, LIBRARIES, SAVED_METADATA, SAVED_MODEL
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import Asset, ModelDocument, TrainingState
from keras_doctor.wire.errors import Damage, FormatError, Oddity
from keras_doctor.wire.jsontext import loads
from keras_doctor.wire.protobuf import Decoder
from keras_doctor.wire.source import open_path
from keras_doctor.wire.tensor_bundle import DTYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.artifacts.lookup_tables import Vocabularies
    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.wire.source import Source

FORMATS = ("savedmodel", "savedmodel-export", "savedmodel-tf", "savedmodel-tf1")
KIND = ("binary", "directory")
MAGIC = ((b"\x08\x01\x12", 0),)  # saved_model_schema_version 1, then a MetaGraphDef
FALLBACK = False
PRIORITY = 10

GRAPH, GRAPH_TEXT, METADATA, FINGERPRINT_FILE = (
    "saved_model.pb",
    "saved_model.pbtxt",
    "keras_metadata.pb",
    "fingerprint.pb",
)
VARIABLES = "variables/variables"
_INDEX = "variables.index"
_KERAS_JSON = "assets/saved_model.json"  # export_saved_model of TensorFlow 1.13 to 2.0
_HIDDEN = ("__saved_model_init_op", "__saved_model_train_op")  # functions that the loader calls, nobody else
_EXPORTED = frozenset(("variables", "trainable_variables", "non_trainable_variables"))
_NODE = 600  # bytes in which the attributes of a node stand after its operation
_META_INFO = b"\x0a"  # tag of MetaGraphDef.meta_info_def
_NAME = b"\x0a"  # tag of the first field of a MetaInfoDef, and of Core ML's description of an input


def recognises(probe: Probe) -> bool:
    """Tell whether the path is a SavedModel's folder, its `variables` folder, or its `saved_model.pb`."""
    if probe.kind == "file":
        return _starts_as_graph(probe.source, probe.head)
    names = frozenset(probe.entries)
    if GRAPH in names or GRAPH_TEXT in names or METADATA in names:
        return True
    if _INDEX in names:
        return os.path.exists(os.path.join(_parent(probe.path), GRAPH))
    return "variables" in names and os.path.exists(probe.beside(f"{VARIABLES}.index"))


def _starts_as_graph(source: Source, head: bytes) -> bool:
    """Tell whether the first MetaGraphDef begins as one, and is most of the file: ONNX files begin with the same
    bytes. So do Core ML's of version 1, whose description begins with the name of an input where a MetaInfoDef has a
    list of operations, or rarely a name of its own.
    """
    length, at = _varint(head, 3)
    if not at or head[at : at + 1] != _META_INFO or length <= source.size // 8:
        return False
    _, inside = _varint(head, at + 1)
    if inside and head[inside : inside + 1] == _NAME:
        from keras_doctor.artifacts.foreign_protobuf import kind_of

        return kind_of(source) != "coreml"
    return True


def _varint(head: bytes, at: int) -> tuple[int, int]:
    """Return a number and where it ends, 0 for nowhere."""
    value = shift = 0
    for end in range(at, min(at + 9, len(head))):
        value |= (head[end] & 127) << shift
        shift += 7
        if head[end] < 128:
            return value, end + 1
    return 0, 0


def _parent(path: str) -> str:
    return os.path.dirname(os.path.abspath(path))


def read(probe: Probe) -> ModelDocument:
    """Read the folder that the path is, or is in."""
    return _Reading(probe).document()


class _Reading:
    """A document in the making."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.limits = probe.limits
        self.damage: list[Damage] = []
        self.oddities: list[Oddity] = []
        self.facts: dict[str, Any] = {}
        self.size = 0
        self.folder = probe.path
        if probe.kind == "file":
            # Bytes without a file ("<stdin>") have nothing beside them.
            self.folder = os.path.dirname(probe.path) if os.path.isfile(probe.path) else probe.path
            self.facts["given_path"] = os.path.basename(probe.path)
        elif _INDEX in probe.entries:
            self.folder = _parent(probe.path)
            self.facts["given_path"] = os.path.basename(os.path.abspath(probe.path))

    def document(self) -> ModelDocument:
        """Return the finished document."""
        meta = self._graph()
        nodes = meta.get("object_graph", {}).get("nodes", [])
        objects = self._keras_objects(nodes)
        exported = bool(nodes) and children(nodes, 0).keys() >= _EXPORTED and not objects.nodes
        store = self._variables(nodes, objects, exported or not nodes)
        assets = tuple(self._assets(meta))
        config, part, stated = objects.config, objects.part, objects.root
        form = ""
        left = None if nodes or objects.nodes else self._keras_json(assets)
        if left is not None:
            form = "savedmodel-tf1"  # the architecture is there, for a reader that looks for it among the assets
            config, part, stated = {key: left.get(key) for key in ("class_name", "config")}, _KERAS_JSON, left
        form = form or self._format(nodes, objects, exported, store)
        if form == "savedmodel" and not objects.nodes:
            what = (
                f"{METADATA} with the layers' configs is not there: it is lost, or the model was saved by "
                "tf.saved_model.save, which does not write it"
            )
            self.damage.append(Damage("missing", what, METADATA))
        training = objects.root.get("training_config")
        training = training if isinstance(training, dict) and training else None
        self._describe(meta, objects, store)
        return ModelDocument(
            self.probe.path,
            form,
            "file" if self.probe.kind == "file" else "directory",
            size=self.size,
            config=config,
            config_locus=Locus(part),
            provenance=date(
                config=config,
                training=training,
                stated_version=_text(stated.get("keras_version")),
                stated_backend=_text(stated.get("backend")),
                facts=self.facts,
                format=form,
            ),
            weights=store.weights,
            training=TrainingState(training, "training_config" if training else "", store.slots, store.metric_state),
            assets=assets,
            damage=tuple(self.damage),
            oddities=tuple(self.oddities),
            facts=self.facts,
            unverified_bytes=self.size - store.size + store.unverified,
        )

    def _open(self, name: str) -> Source | None:
        """Return a file of the folder, None when it is not there or cannot be read."""
        if name == GRAPH and self.probe.kind == "file":
            source = self.probe.source
        else:
            try:
                source = open_path(os.path.join(self.folder, name))
            except OSError as error:
                if not isinstance(error, FileNotFoundError):
                    self.damage.append(Damage("missing", f"{name} cannot be read: {error.strerror or error}", name))
                return None
        self.size += source.size
        return source

    def _message(self, name: str, table: Any) -> dict[str, Any]:
        source = self._open(name)
        if source is None:
            return {}
        decoder = Decoder(source, self.limits, name)
        found = decoder.message(table)
        self.damage += decoder.damage
        return found

    def _graph(self) -> dict[str, Any]:
        """Return the MetaGraphDef that loaders take: the one tagged "serve", else the first."""
        text = self._open(GRAPH_TEXT) if self.probe.kind == "directory" else None
        model = self._message(GRAPH, SAVED_MODEL)
        graphs = model.get("meta_graphs", [])
        if text is not None and not graphs:
            self.facts["graph_as_text"] = True
        elif not model:
            what = f"{GRAPH} holds no graph" if self.size else f"{GRAPH} is not there"
            self.damage.append(Damage("structure" if self.size else "missing", what, GRAPH))
        elif not graphs:
            self.damage.append(Damage("structure", f"{GRAPH} holds no graph", GRAPH))
        if len(graphs) > 1:
            self.facts["meta_graphs"] = len(graphs)
        ops: set[str] = set()
        called: set[str] = set()
        for meta in graphs:
            graph = meta.get("graph", {})
            ops |= graph.get("ops", set())
            for function in graph.get("library", {}).get("functions", ()):
                called |= function.get("ops", set())
        self.facts["ops"] = tuple(sorted(ops | called))
        self.facts["function_ops"] = frozenset(called)
        serving = [meta for meta in graphs if "serve" in meta.get("meta_info", {}).get("tags", ())]
        chosen: dict[str, Any] = (serving or graphs or [{}])[0]
        return chosen

    def _states_attribute(self, op: str, attribute: str) -> bool:
        """Tell whether a node in a function states an attribute of an operation: its name stands among the node's
        bytes. (What stands at its default in the graph itself is left out by whoever imports it.)

        Nodes are not taken apart for that: there may be tens of thousands, and hardly any attribute is ever asked for.
        """
        if op not in self.facts["function_ops"]:
            return False
        try:
            source = self.probe.source if self.probe.kind == "file" else open_path(os.path.join(self.folder, GRAPH))
        except OSError:
            return False
        graphs = Decoder(source, self.limits, GRAPH).message(LIBRARIES).get("meta_graphs", ())
        graph = b"".join(meta.get("graph", {}).get("library", b"") for meta in graphs)
        node = bytes((0x12, len(op) & 127)) + op.encode()
        key = bytes((0x0A, len(attribute) & 127)) + attribute.encode()
        at = graph.find(node)
        while at >= 0:
            if key in graph[at : at + _NODE]:
                return True
            at = graph.find(node, at + 1)
        return False

    def _vocabularies(self, store: Store) -> Vocabularies:
        """Return the words of the lookups, by the place of their layers; {} where the graph cannot be read again."""
        from keras_doctor.artifacts.lookup_tables import vocabularies

        try:
            source = self.probe.source if self.probe.kind == "file" else open_path(os.path.join(self.folder, GRAPH))
            return vocabularies(source, store.tables, self.limits)
        except (OSError, FormatError):
            return {}

    def _keras_objects(self, nodes: list[dict[str, Any]]) -> KerasObjects:
        stored = self._message(METADATA, SAVED_METADATA)
        if stored:
            return from_metadata(stored.get("nodes", []), nodes, METADATA, self.damage, self.limits)
        return from_graph(nodes, GRAPH, self.damage, self.limits)

    def _variables(self, nodes: list[dict[str, Any]], objects: KerasObjects, exported: bool) -> Store:
        if not os.path.isdir(os.path.join(self.folder, "variables")):
            if "graph_as_text" not in self.facts:
                self.damage.append(Damage("missing", "the folder variables is not there", "variables"))
            return Store()
        prefix = os.path.join(self.folder, "variables", "variables")
        try:
            store = read_store(
                prefix,
                VARIABLES,
                self.limits,
                self.probe.deep,
                nodes=nodes,
                owners=objects.owners,
                exported=exported,
            )
        except FormatError as error:
            self.damage.append(Damage("missing", error.what, f"{VARIABLES}.index", error.offset))
            return Store()
        self.size += store.size
        self.damage += store.damage
        return store

    def _format(self, nodes: list[dict[str, Any]], objects: KerasObjects, exported: bool, store: Store) -> str:
        if objects.nodes:
            return "savedmodel"
        if nodes:
            identifier = nodes[0].get("user_object", {}).get("identifier", "")
            if identifier.startswith("_tf_keras_"):
                return "savedmodel"
            return "savedmodel-export" if exported else "savedmodel-tf"
        # Without the graph of objects, the names of the variables tell.
        names = {group.path.partition("/")[0] for group in store.weights}
        if any(name.startswith("layer_with_weights-") for name in names):
            return "savedmodel"
        if store.object_based:
            return "savedmodel-export" if names & _EXPORTED else "savedmodel-tf"
        return "savedmodel-tf1"

    def _assets(self, meta: dict[str, Any]) -> Iterator[Asset]:
        present = set()
        for name, size in _files(self.folder, ("assets", "assets.extra"), self.limits.objects):
            present.add(name)
            self.size += size
            yield Asset(name, size, _reader(os.path.join(self.folder, name)))
        for name in dict.fromkeys(asset.get("filename", "") for asset in meta.get("assets", ())):
            if ".." in name.split("/") or name.startswith("/") or "\\" in name:
                what = f"the asset {name!r} leads outside the folder"
                self.oddities.append(Oddity("path-traversal", what, GRAPH))
            elif f"assets/{name}" not in present:
                self.damage.append(Damage("missing", f"the asset {name!r} is not there", f"assets/{name}"))

    def _keras_json(self, assets: tuple[Asset, ...]) -> dict[str, Any] | None:
        """Return the architecture that `export_saved_model` of TensorFlow 1.13 to 2.0 left among the assets."""
        for asset in assets:
            if asset.path == _KERAS_JSON and asset.size <= self.limits.text_bytes:
                try:
                    architecture = loads(asset.read(), self.limits)
                    if isinstance(architecture, dict) and isinstance(architecture.get("class_name"), str):
                        return architecture
                except (FormatError, OSError) as error:
                    self.damage.append(Damage("text", str(error), _KERAS_JSON))
        return None

    def _describe(self, meta: dict[str, Any], objects: KerasObjects, store: Store) -> None:
        """Write down the facts."""
        info = meta.get("meta_info", {})
        facts = self.facts
        if info.get("tensorflow_version"):
            facts["tensorflow_version"] = info["tensorflow_version"]
            facts["tensorflow_git_version"] = info.get("git_version", "")
        facts["tags"] = tuple(info.get("tags", ()))
        facts["signatures"] = _signatures(meta)
        facts["functions"] = len(meta.get("graph", {}).get("library", {}).get("functions", ()))
        facts["has_keras_metadata"] = bool(objects.nodes)
        nodes = meta.get("object_graph", {}).get("nodes", [])
        facts["embedded_metadata"] = any(node.get("user_object", {}).get("metadata") for node in nodes)
        facts["states_attribute"] = self._states_attribute
        facts["keras_objects"] = objects.nodes
        facts["full_names"] = store.full_names
        if store.tables:
            facts["tables"] = store.tables
        facts["vocabularies"] = lambda: self._vocabularies(store)
        # Graph, configs and assets have no checksum.
        facts["unverified"] = "only --deep compares the checksums of" if store.unverified else "no checksum vouches for"
        fingerprint = self._message(FINGERPRINT_FILE, FINGERPRINT)
        fingerprint.pop("version", None)
        facts["fingerprint"] = {name: f"{value & 0xFFFFFFFFFFFFFFFF:016x}" for name, value in fingerprint.items()}


def _signatures(meta: dict[str, Any]) -> dict[str, Any]:
    """Return what can be called, by name, "serving_default" first: method, inputs and outputs with tensor, dtype and
    shape.
    """
    found = {}
    for name, signature in sorted(meta.get("signatures", {}).items(), key=lambda item: item[0] != "serving_default"):
        if name not in _HIDDEN:
            found[name] = {
                "method": signature.get("method_name", ""),
                "inputs": {key: _tensor_info(value) for key, value in signature.get("inputs", {}).items()},
                "outputs": {key: _tensor_info(value) for key, value in signature.get("outputs", {}).items()},
            }
    return found


def _tensor_info(info: dict[str, Any]) -> dict[str, Any]:
    shape = info.get("shape", {})
    dims = [dim.get("size", 0) for dim in shape.get("dims", ())]
    return {
        "tensor": info.get("name", ""),
        "dtype": DTYPES.get(info.get("dtype", 0), (f"dtype {info.get('dtype', 0)}", 0))[0],
        "shape": None if shape.get("unknown_rank") else [None if size < 0 else size for size in dims],
    }


def _files(folder: str, names: tuple[str, ...], limit: int) -> Iterator[tuple[str, int]]:
    """Yield the files in some folders of a folder, relative, with slashes, and their sizes; links to folders are not
    followed.
    """
    for name in names:
        for here, folders, files in os.walk(os.path.join(folder, name)):
            folders.sort()
            for file in sorted(files):
                limit -= 1
                path = os.path.join(here, file)
                if limit < 0 or not os.path.isfile(path):
                    continue
                yield os.path.relpath(path, folder or ".").replace(os.sep, "/"), os.stat(path).st_size


def _reader(path: str) -> Any:
    def read_all() -> bytes:
        with open(path, "rb") as file:
            return file.read()

    return read_all


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
