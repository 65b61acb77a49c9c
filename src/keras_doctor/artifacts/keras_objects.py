"""The configs that Keras stores beside the objects of a SavedModel: one JSON text for each layer, model and metric.

Sources: keras/saving/saved_model/save.py (generate_keras_metadata) and the `python_properties` of
keras/saving/saved_model/*_serialization.py, of the same names in tensorflow/python/keras up to 2.5.
"""

from __future__ import annotations

from keras_doctor.artifacts.object_graph import paths
from keras_doctor.document.model import walk_layers
from keras_doctor.records import record
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.jsontext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from keras_doctor.wire.limits import Limits

_IDENTIFIER = "_tf_keras_"
_NOT_OWNERS = ("_tf_keras_metric",)


@record
class KerasObjects:
    """The Keras objects of a SavedModel.

    `nodes`: each with its "path" ("layer_with_weights-0", "" for the model), "identifier" and "metadata"; `root`: the
    model's metadata; `config`: its config, {"class_name", "config"}, None when there is none; `part`: the file that
    holds them; `owners`: the name of the layer that stands at a path.
    """

    nodes: tuple[dict[str, Any], ...]
    root: dict[str, Any]
    config: Any
    part: str
    owners: dict[str, str]


def from_metadata(
    stored: list[dict[str, Any]], graph: list[dict[str, Any]], part: str, damage: list[Damage], limits: Limits
) -> KerasObjects:
    """Read the objects of `keras_metadata.pb`; `graph` are the nodes of the object graph, or nothing where it is
    lost.
    """
    places = paths(graph)

    def place(node: dict[str, Any]) -> str:
        index = node.get("node_id", 0)
        known: str | None = places[index] if 0 <= index < len(places) else None
        if known is not None:
            return known
        path = str(node.get("node_path", ""))
        return path.partition(".")[2].replace(".", "/")

    return _read(((place(node), node) for node in stored), part, damage, limits)


def from_graph(graph: list[dict[str, Any]], part: str, damage: list[Damage], limits: Limits) -> KerasObjects:
    """Read the configs that the nodes of the object graph carry themselves, up to TensorFlow 2.4."""
    carried = (
        (place, node["user_object"])
        for place, node in zip(paths(graph), graph, strict=True)
        if place is not None
        and node.get("user_object", {}).get("metadata")
        and node["user_object"].get("identifier", "").startswith(_IDENTIFIER)
    )
    return _read(carried, part, damage, limits)


def _read(
    stored: Iterable[tuple[str, dict[str, Any]]], part: str, damage: list[Damage], limits: Limits
) -> KerasObjects:
    nodes = []
    root: dict[str, Any] = {}
    owners: dict[str, str] = {}
    config = None
    for place, node in stored:
        identifier = node.get("identifier", "")
        try:
            metadata = loads(node.get("metadata", b""), limits)
        except FormatError as error:
            damage.append(Damage("text", f"the config of {place or 'the model'}: {error.what}", part, error.offset))
            metadata = None
        metadata = metadata if isinstance(metadata, dict) else {}
        nodes.append({"path": place, "identifier": identifier, "metadata": metadata})
        if not place:
            root = metadata
            config = _config(metadata)
        elif isinstance(metadata.get("name"), str) and identifier not in _NOT_OWNERS:
            owners[place] = metadata["name"]
    return KerasObjects(tuple(nodes), root, config, part, _of_the_config(owners, config))


def _config(metadata: dict[str, Any]) -> Any:
    """Return the model's config in the form that other formats have."""
    stored = metadata.get("model_config")
    if not isinstance(stored, dict):
        stored = metadata
    if not isinstance(stored.get("class_name"), str) or not isinstance(stored.get("config"), (dict, list)):
        return None
    return {"class_name": stored["class_name"], "config": stored["config"]}


def _of_the_config(owners: dict[str, str], config: Any) -> dict[str, str]:
    """Return those owners that are layers of the config: what a recurrent layer makes itself, such as its cell, is not
    one.
    """
    known = {layer.name for layer in walk_layers(config)}
    return {place: name for place, name in owners.items() if name in known} if known else owners
