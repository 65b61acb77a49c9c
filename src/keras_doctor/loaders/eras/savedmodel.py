"""tf.keras and tf-keras: `load_model` of SavedModel folders.

A SavedModel is revived: each layer is built anew from its config where that can be done, else it is put together from
the functions that were saved with it, which need no code. So a class that is not known does not stop the load; an
operation that TensorFlow does not know does.

Source: keras/src/saving/legacy/saved_model/load.py (`load`, `KerasObjectLoader`), of the same name in keras/saving and
tensorflow/python/keras/saving, 1.15 to 2.15; tensorflow/python/saved_model/load.py.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders import training
from keras_doctor.loaders.eras.tf_keras import Hdf5Walk
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record, replace
from keras_doctor.releases.behaviours import has
from keras_doctor.releases.operations import lacking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load

_GRAPHS = ("Sequential", "Functional", "Model", "Network")
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM2D")
# What shows that a lookup layer was saved with its table where loaders of a behaviour look for it.
_LOOKUPS = (
    ("lookups-count-outputs", ("StringLookup", "IntegerLookup"), "output_mode"),
    ("lookups-keep-tables", ("StringLookup", "IntegerLookup"), "has_input_vocabulary"),
    ("vectorizers-weigh", ("TextVectorization",), "idf_weights"),
)


@record
class Revival:
    """An object that the loader cannot bring back, and why.

    `name` and `class_name`: of the layer or metric; `keywords`: those that its class does not take; `problem`: in
    words; `cause`: where it is not the rule's own.
    """

    name: str
    class_name: str
    keywords: tuple[str, ...] = ()
    problem: str = ""
    cause: str = ""


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed folder to the model that can be called."""
    facts = load.document.facts
    objects = facts.get("keras_objects", ())
    if not objects:
        yield from _operations(load)
        yield from _tables(load)
        yield Step("call", ("savedmodel:not-keras",), subject=load.document)
        return
    if load.does("savedmodel-graph-first"):
        yield from _operations(load)
        yield from _objects(load, objects)
    else:
        yield from _objects(load, objects)
        yield from _operations(load)
    yield from _tables(load)
    yield from _checkpoint(load, objects)
    yield from _graphs(load, objects)
    if load.options.compile:
        yield from training.steps(load, Hdf5Walk(load, "compile"))


def _operations(load: Load) -> Iterator[Step]:
    """Import the graph: every operation in it must be registered."""
    facts = load.document.facts
    tensorflow = load.environment.tensorflow
    if not tensorflow:
        yield Step("graph", (), unexamined="which TensorFlow would import the graph is not known")
        return
    found = lacking(tensorflow, facts.get("ops", ()), facts.get("states_attribute", _states_nothing))
    if found:
        yield Step("graph", ("savedmodel:operation",), Locus(part="saved_model.pb"), found)


def _states_nothing(op: str, attribute: str) -> bool:
    return False


def _objects(load: Load, objects: tuple[dict[str, Any], ...]) -> Iterator[Step]:
    """Bring back layers and models, then metrics."""
    embedded = load.document.facts.get("embedded_metadata", False)
    graph = [node for node in objects if _class(node) in _GRAPHS or node["identifier"] == "_tf_keras_sequential"]
    if (
        not embedded
        and load.does("savedmodel-reads-embedded-metadata")
        and (graph or not load.does("savedmodel-reads-metadata-file"))
    ):
        yield from _layers(load, objects) if load.does("savedmodel-reads-metadata-file") else ()
        yield Step("construct", ("savedmodel:metadata",), Locus(part="keras_metadata.pb"), load.document)
        return
    if load.does("savedmodel-reads-plain-json") and _marked(objects):
        yield from _shapes(load, objects, graph)
        return
    yield from _layers(load, objects)
    yield from _metrics(load, objects)


def _layers(load: Load, objects: tuple[dict[str, Any], ...]) -> Iterator[Step]:
    """Build each layer from its config, as far as its class takes it."""
    walk = Hdf5Walk(load)
    swallows, walked = load.does("savedmodel-swallows-errors"), load.api
    for node in objects:
        metadata, class_name = node["metadata"], _class(node)
        config = metadata.get("config")
        if node["identifier"] == "_tf_keras_metric" or not isinstance(config, dict):
            continue
        where = Locus(part="keras_metadata.pb", path=node["path"])
        definition = walked.find(class_name, "layers")
        required = bool(metadata.get("must_restore_from_config"))
        if definition is None:
            if required:
                yield _unrevived(metadata, class_name, (), where, "its class is not known")
            continue
        refused = () if class_name in _GRAPHS else walk.refused(definition, config)
        if refused and (required or not (swallows or class_name == "InputLayer")):
            cause = "" if load.does("savedmodel-wraps-errors") else "unknown-keyword"
            yield _unrevived(metadata, class_name, refused, where, "", cause)


def _unrevived(
    metadata: dict[str, Any], class_name: str, refused: tuple[str, ...], where: Locus, why: str, cause: str = ""
) -> Step:
    subject = Revival(str(metadata.get("name", "")), class_name, refused, why, cause)
    return Step("construct", ("savedmodel:layer",), where, subject)


def _graphs(load: Load, objects: tuple[dict[str, Any], ...]) -> Iterator[Step]:
    """Put models of layers together. The InputLayer of a Sequential is made of the config again, and nothing is
    swallowed there.
    """
    walk = Hdf5Walk(load)
    definition = load.api.find("InputLayer", "layers")
    for node in objects:
        config, class_name = node["metadata"].get("config"), _class(node)
        where = Locus(part="keras_metadata.pb", path=node["path"])
        if class_name == "TextVectorization" and load.does("savedmodel-loses-vectorizers"):
            subject = Revival(str(node["metadata"].get("name", "")), class_name, problem="its output is ragged")
            yield Step("graph", ("savedmodel:layer",), where, replace(subject, cause="config-value"))
        if class_name == "TensorFlowOpLayer" and load.does("savedmodel-loses-operations"):
            subject = Revival(
                str(node["metadata"].get("name", "")), class_name, problem="its function takes no tensors"
            )
            yield Step("graph", ("savedmodel:layer",), where, replace(subject, cause="config-value"))
        if node["path"] and class_name in _GRAPHS and load.does("savedmodel-loses-nested"):
            subject = Revival(
                str(node["metadata"].get("name", "")), class_name, problem="its graph is not put together"
            )
            yield Step("graph", ("savedmodel:layer",), where, replace(subject, cause="graph-reconstruction"))
        layers = config.get("layers") if class_name == "Sequential" and isinstance(config, dict) else None
        first = layers[0] if isinstance(layers, list) and layers else None
        if (
            isinstance(first, dict)
            and first.get("class_name") == "InputLayer"
            and isinstance(first.get("config"), dict)
        ):
            refused = walk.refused(definition, first["config"]) if definition else ()
            if refused:
                subject = Revival("", "InputLayer", refused, cause="unknown-keyword")
                yield Step("graph", ("savedmodel:layer",), where, subject)


def _metrics(load: Load, objects: tuple[dict[str, Any], ...]) -> Iterator[Step]:
    """Bring back metrics, which cannot be put together from saved functions."""
    if not load.options.compile or not load.does("savedmodel-revives-metrics"):
        return
    walk = Hdf5Walk(load, "compile")
    for node in objects:
        metadata, class_name = node["metadata"], _class(node)
        if node["identifier"] != "_tf_keras_metric":
            continue
        config = metadata.get("config")
        function = config.get("fn") if isinstance(config, dict) else None
        given = load.options.custom_objects
        known = class_name in given or load.api.find(class_name, "metrics")
        if known and isinstance(function, str) and function not in given and not load.api.find(function, "metrics"):
            known, class_name = None, function
        if not known:
            where = Locus(part="keras_metadata.pb", path=node["path"])
            subject = Revival(str(metadata.get("name", "")), class_name)
            yield Step(walk.stage, ("savedmodel:metric",), where, subject)


def _marked(value: Any, depth: int = 0) -> bool:
    """Tell whether a config marks tuples and shapes as such, as TensorFlow does since 2.2."""
    if depth > 32:
        return False
    if isinstance(value, dict):
        if value.get("class_name") in ("__tuple__", "TensorShape"):
            return True
        return any(_marked(one, depth + 1) for one in value.values())
    return isinstance(value, (list, tuple)) and any(_marked(one, depth + 1) for one in value)


def _shapes(load: Load, objects: tuple[dict[str, Any], ...], graph: list[dict[str, Any]]) -> Iterator[Step]:
    """Meet shapes that are marked as such, where the loader takes them as they are.

    Layers of a class that is known choke on it; a model of a class that is not (Functional, before 2.3) stays a bag of
    functions that cannot predict.
    """
    inputs = any(node["identifier"] == "_tf_keras_input_layer" for node in objects)
    known = [node for node in graph if _class(node) != "Functional" or load.api.find("Functional", "layers")]
    if known or (inputs and load.does("savedmodel-revives-inputs")):
        layers = [_class(node) for node in objects if node["identifier"] in ("_tf_keras_layer", "_tf_keras_rnn_layer")]
        recurrent = bool(layers) and layers[0] in _RECURRENT and not inputs
        cause = "savedmodel-revive" if recurrent else "config-value"
        subject = Revival("", _class(known[0]) if known else "InputLayer", cause=cause)
        yield Step("construct", ("savedmodel:shapes",), Locus(part="saved_model.pb"), subject)
    elif graph:
        yield Step("call", ("savedmodel:not-keras",), subject=load.document)


def _tables(load: Load) -> Iterator[Step]:
    """Restore lookup tables, by functions whose key TensorFlow began to pass as a plain string."""
    writer = str(load.document.facts.get("tensorflow_version", ""))
    tables = any("HashTable" in op for op in load.document.facts.get("ops", ()))
    if tables and load.does("tables-want-tensors") and has("tables-get-strings", "tensorflow", writer):
        subject = Revival("", "table", problem="its functions take a tensor as key, and get a string")
        yield Step("weights", ("savedmodel:checkpoint",), Locus(part="saved_model.pb"), subject)


def _checkpoint(load: Load, objects: tuple[dict[str, Any], ...]) -> Iterator[Step]:
    """Restore the variables by the graph of objects: what a class owns now and what it owned then must be the same."""
    nested = any(node["path"] and _class(node) in _GRAPHS for node in objects)
    writer = str(load.document.facts.get("tensorflow_version", ""))
    if nested and load.does("savedmodel-tracks-once") and has("savedmodel-lists-nested-twice", "tf.keras", writer):
        yield Step("weights", ("savedmodel:tracked-twice",), subject=load.document)
    dtypes = {group.owner: {t.name: t.dtype for t in group.tensors} for group in load.document.weights}
    for node in objects:
        class_name, name = _class(node), str(node["metadata"].get("name", ""))
        where = Locus(part="variables", path=node["path"])
        counted = dtypes.get(name, {}).get("count")
        if class_name == "Normalization" and counted == "int32" and load.does("normalization-counts-int64"):
            why = "its variable count is int32 in the file and int64 in this release"
            yield Step("weights", ("savedmodel:checkpoint",), where, Revival(name, class_name, (), why, "config-value"))
        elif any(load.does(b) and class_name in classes and not _has(node, mark) for b, classes, mark in _LOOKUPS):
            why = "its table hangs elsewhere in the graph of objects, and finds no values"
            yield Step("weights", ("savedmodel:checkpoint",), where, Revival(name, class_name, (), why))


def _has(node: dict[str, Any], keyword: str) -> bool:
    config = node["metadata"].get("config")
    return isinstance(config, dict) and keyword in config


def _class(node: dict[str, Any]) -> str:
    return str(node["metadata"].get("class_name", ""))
