"""What is in a model, put together for people and programs: summary, layer table, training state, what is unusual."""

from __future__ import annotations

from keras_doctor.artifacts.formats import title
from keras_doctor.layers.graph import infer
from keras_doctor.layers.stock import is_stock
from keras_doctor.records import as_dict, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import LayerNode, ModelDocument
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.graph import LayerShape

SCHEMA = "keras-doctor/inspection/1"


@record
class LayerRow:
    """One layer as the table shows it. `output` is a shape, a tuple of shapes, or None where it cannot be inferred."""

    path: str
    depth: int
    name: str
    class_name: str
    module: str | None
    registered_name: str | None
    output: Any
    parameters: int | None
    trainable: bool
    inbound: tuple[str, ...]
    custom: bool


class Inspection:
    """Everything that `inspect` shows of a document."""

    def __init__(self, document: ModelDocument) -> None:
        self.document = document
        shapes = (
            {shape.path: shape for shape in infer(document.config, document.provenance.era)} if document.config else {}
        )
        self.rows = tuple(_row(layer, shapes.get(layer.path)) for layer in document.layers)
        self.custom = tuple(dict.fromkeys(row.registered_name or row.class_name for row in self.rows if row.custom))
        self.model_class, self.model_name = _model(document)
        self.unusual = tuple(_unusual(document, self.rows))

    @property
    def frozen(self) -> int:
        """The number of layers that are not trained."""
        return sum(not row.trainable for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return the inspection as plain JSON."""
        document = self.document
        provenance = document.provenance
        return {
            "schema": SCHEMA,
            "path": document.path,
            "format": document.format,
            "title": title(document.format, document.title),
            "container": document.container,
            "size": document.size,
            "saved_by": {**as_dict(provenance), "evidence": [as_dict(evidence) for evidence in provenance.evidence]},
            "model": {"class_name": self.model_class, "name": self.model_name},
            "parameters": document.parameters,
            "layers": [{**as_dict(row), "inbound": list(row.inbound)} for row in self.rows],
            "custom_objects": list(self.custom),
            "weights": [
                {"owner": group.owner, "path": group.path, "tensors": [tensor_json(t) for t in group.tensors]}
                for group in document.weights
            ],
            "training": {
                "config": document.training.config,
                "slots": [tensor_json(t) for t in document.training.slots],
                "metric_state": [tensor_json(t) for t in document.training.metric_state],
            },
            "assets": [{"path": asset.path, "size": asset.size} for asset in document.assets],
            "damage": [as_dict(damage) for damage in document.damage],
            "oddities": [{**as_dict(oddity), "detail": dict(oddity.detail)} for oddity in document.oddities],
            "unusual": list(self.unusual),
            "config": document.config,
        }


def tensor_json(tensor: TensorRef) -> dict[str, Any]:
    """Return a tensor's description as plain JSON."""
    return {
        "name": tensor.name,
        "path": tensor.path,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "nbytes": tensor.nbytes,
        "offset": tensor.locus.offset,
    }


def _row(layer: LayerNode, shape: LayerShape | None) -> LayerRow:
    known = shape is not None and shape.known
    return LayerRow(
        path=layer.path,
        depth=layer.depth,
        name=layer.name,
        class_name=layer.class_name,
        module=layer.module,
        registered_name=layer.registered_name,
        output=shape.output_shape if shape is not None and known else None,
        parameters=shape.parameters if shape is not None and known else None,
        trainable=layer.config.get("trainable", True) is not False,
        inbound=layer.inbound,
        custom=is_custom(layer),
    )


def is_custom(layer: LayerNode) -> bool:
    """Tell whether a layer's class is not Keras's own: registered under a package, of a foreign module, or of an
    unknown name.
    """
    if ">" in (layer.registered_name or layer.class_name):
        return True
    if layer.module:
        return layer.module.split(".", 1)[0] not in ("keras", "tf_keras", "tensorflow", "builtins")
    return not is_stock(layer.class_name)


def _model(document: ModelDocument) -> tuple[str, str]:
    config = document.config
    if not isinstance(config, dict):
        return "", ""
    inner = config.get("config")
    name = inner.get("name") if isinstance(inner, dict) else None
    return str(config.get("class_name") or ""), str(name or "")


def _unusual(document: ModelDocument, rows: tuple[LayerRow, ...]) -> Iterator[str]:
    """Yield what a person would want to know before they trust the file."""
    facts = document.facts
    if facts.get("unlisted_groups"):
        yield f"groups that no list of layers names: {', '.join(facts['unlisted_groups'][:5])}"
    if facts.get("extra_members"):
        yield f"files that are not part of the format: {', '.join(facts['extra_members'][:5])}"
    if facts.get("compressed_parts"):
        yield f"compressed inside the archive, where Keras stores plainly: {', '.join(facts['compressed_parts'])}"
    if facts.get("weights_npz"):
        yield "weights as .npz, which Keras reads up to 3.8 only"
    lambdas = [row.name for row in rows if row.class_name == "Lambda"]
    if lambdas:
        yield f"Lambda layers, which bring Python code: {', '.join(lambdas[:5])}"
    kinds = sorted({tensor.dtype for tensor in document.tensors()} - {"float32", "int64", "int32"})
    if kinds:
        yield f"tensors that are not float32: {', '.join(kinds)}"
    for oddity in document.oddities[:10]:
        yield oddity.what
