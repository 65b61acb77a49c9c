"""TensorFlow.js models: `model.json` with the topology and a manifest of the weights, which lie in files beside it.

"Layers models" hold a Keras config, "graph models" a TensorFlow graph, for inference only. Sources:
tensorflowjs/converters/common.py and keras_h5_conversion.py (4.22), tfjs-core/src/io/types.ts (ModelJSON).
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.tfjs_weights import WeightFiles
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument, TrainingState, walk_layers
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.wire.errors import Damage, FormatError, Oddity
from keras_doctor.wire.jsontext import loads
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.wire.source import Source

FORMATS = ("tfjs-layers", "tfjs-graph")
KIND = ("text", "directory")
MAGIC = ()
PRIORITY = 40

_NAME = "model.json"
_DTYPES = {
    "DT_FLOAT": "float32", "DT_HALF": "float16", "DT_DOUBLE": "float64", "DT_INT32": "int32", "DT_INT64": "int64",
    "DT_UINT8": "uint8", "DT_BOOL": "bool", "DT_STRING": "string",
}  # fmt: skip
_SIGNS = (b'"modelTopology"', b'"weightsManifest"', b'"layers-model"', b'"graph-model"')


def recognises(probe: Probe) -> bool:
    """Tell whether the file is such a `model.json`, or the folder has one."""
    if probe.kind != "directory":
        return _is_topology(probe.head)
    if _NAME not in probe.entries:
        return False
    try:
        return _is_topology(open_path(probe.beside(_NAME)).read_up_to(0, 4096))
    except OSError:
        return False


def _is_topology(head: bytes) -> bool:
    return head.lstrip()[:1] == b"{" and any(sign in head for sign in _SIGNS)


def read(probe: Probe) -> ModelDocument:
    """Read `model.json` and, as far as they are there, the files with the weights."""
    # Bytes without a file ("<stdin>") have nothing beside them.
    source, folder = probe.source, os.path.dirname(probe.path) if os.path.isfile(probe.path) else probe.path
    if probe.kind == "directory":
        folder = probe.path
        try:
            source = open_path(probe.beside(_NAME))
        except OSError as error:
            raise FormatError(f"{_NAME} cannot be read: {error.strerror or error}") from None
    damage: list[Damage] = []
    oddities: list[Oddity] = []
    facts: dict[str, Any] = {}
    try:
        model = loads(source.read(0, source.size), probe.limits)
    except FormatError as error:
        damage.append(Damage("text", f"{_NAME}: {error.what}", _NAME, error.offset))
        model = {}
    model = model if isinstance(model, dict) else {}
    topology = model.get("modelTopology")
    topology = topology if isinstance(topology, dict) else {}
    graph = model.get("format") == "graph-model" or "node" in topology or (not model and b'"graph-model"' in probe.head)
    config, training = (None, None) if graph else _configs(model, topology)
    if not topology and model:
        damage.append(Damage("missing", "there is no model topology", _NAME))
    size = source.size
    tensors: list[TensorRef] = []
    slots: list[TensorRef] = []
    quantized: dict[str, int] = {}
    opened: dict[str, Source] = {}
    manifest = model.get("weightsManifest")
    for group in manifest if isinstance(manifest, list) else ():
        if isinstance(group, dict):
            files = WeightFiles(group, folder, opened, probe.limits)
            for tensor, of_optimizer in files.tensors:
                (slots if of_optimizer else tensors).append(tensor)
            for dtype, count in files.quantized.items():
                quantized[dtype] = quantized.get(dtype, 0) + count
            damage += files.damage
            oddities += files.oddities
    size += sum(shard.size for shard in opened.values())
    if quantized:
        facts["quantized"] = quantized
    _describe(model, topology, graph, facts)
    facts["unverified"] = "TensorFlow.js keeps no checksum of"
    form = FORMATS[graph]
    return ModelDocument(
        probe.path,
        form,
        "directory" if probe.kind == "directory" else "text",
        size=size,
        config=config,
        config_locus=Locus(_NAME, "modelTopology"),
        provenance=date(
            config=config,
            training=training,
            stated_version=_text(topology.get("keras_version")),
            stated_backend=_text(topology.get("backend")),
            facts=facts,
            format=form,
        ),
        weights=tuple(_groups(tensors, config)),
        training=TrainingState(training, "training_config" if training else "", tuple(slots)),
        damage=tuple(damage),
        oddities=tuple(oddities),
        facts=facts,
        unverified_bytes=size - source.size,
    )


def _configs(model: dict[str, Any], topology: dict[str, Any]) -> tuple[Any, Any]:
    """Return the model's config and training config; the converter writes them as Keras does, TensorFlow.js barer."""
    config = topology.get("model_config")
    if not isinstance(config, dict):
        config = {key: topology[key] for key in ("class_name", "config") if key in topology}
    training = topology.get("training_config") or model.get("trainingConfig")
    return (
        config if isinstance(config.get("class_name"), str) else None,
        training if isinstance(training, dict) and training else None,
    )


def _groups(tensors: list[TensorRef], config: Any) -> Iterator[WeightGroup]:
    """Yield the tensors by layer: their names begin with the layer's, which may have slashes itself."""
    layers = {layer.name for layer in walk_layers(config)}
    groups: dict[str, list[TensorRef]] = {}
    for tensor in tensors:
        owner = tensor.path.rpartition("/")[0]
        place = owner
        while place and place not in layers:
            place = place.rpartition("/")[0]
        groups.setdefault(place or owner, []).append(tensor)
    for owner, own in groups.items():
        yield WeightGroup(owner, owner, tuple(own))


def _describe(model: dict[str, Any], topology: dict[str, Any], graph: bool, facts: dict[str, Any]) -> None:
    """Write down who generated and converted the model, and of a graph its operations and signature."""
    for key, fact in (("generatedBy", "generated_by"), ("convertedBy", "converted_by")):
        if isinstance(model.get(key), str):
            facts[fact] = model[key]
    if not graph:
        return
    generated = facts.get("generated_by", "")
    if generated[:1].isdigit():
        facts["tensorflow_version"] = generated
    ops = set(_ops(topology.get("node")))
    library = topology.get("library")
    functions = library.get("function") if isinstance(library, dict) else None
    for function in functions if isinstance(functions, list) else ():
        ops.update(_ops(function.get("nodeDef") if isinstance(function, dict) else None))
    facts["ops"] = tuple(sorted(ops))
    metadata = model.get("userDefinedMetadata")
    signature = model.get("signature") or (metadata.get("signature") if isinstance(metadata, dict) else None)
    if isinstance(signature, dict):
        facts["signatures"] = {
            "serving_default": {
                "method": "",
                "inputs": _tensor_infos(signature.get("inputs")),
                "outputs": _tensor_infos(signature.get("outputs")),
            }
        }


def _tensor_infos(infos: Any) -> dict[str, Any]:
    """Return the tensors of a signature as `saved_model` gives them; here they are messages written as JSON."""
    found = {}
    for name, info in infos.items() if isinstance(infos, dict) else ():
        if isinstance(info, dict):
            shape = info.get("tensorShape")
            dims = shape.get("dim", []) if isinstance(shape, dict) else None
            dtype = _text(info.get("dtype")) or ""
            found[name] = {
                "tensor": _text(info.get("name")) or "",
                "dtype": _DTYPES.get(dtype, dtype),
                "shape": [_size(dim) for dim in dims] if isinstance(dims, list) else None,
            }
    return found


def _size(dim: Any) -> int | None:
    """Return a dimension's size, which is text in JSON since it has 64 bits; None where it is open."""
    text = str(dim.get("size", "")) if isinstance(dim, dict) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _ops(nodes: Any) -> Iterator[str]:
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, dict) and isinstance(node.get("op"), str):
            yield node["op"]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
