"""The vocabularies that a SavedModel keeps in tables: in its variables (TensorFlow 2.3 to 2.5), or as constants of the
graph that fill a table when the model is loaded (2.6 to 2.15).

Sources: `IndexLookup` in keras/layers/preprocessing/index_lookup.py of 2.5 and 2.10; SavedObjectGraph in
tensorflow/core/protobuf/saved_object_graph.proto.
"""

from __future__ import annotations

from keras_doctor.artifacts.object_graph import children
from keras_doctor.artifacts.tensorflow_messages import TABLE_CONSTANTS
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.protobuf import Decoder, varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

    # Texts or whole numbers, by the numbers of the layers from the model down: (2,), or (1, 0) in a nested model.
    Vocabularies = dict[tuple[int, ...], tuple[Any, ...]]

_HOLDERS = ("_lookup_layer", "_index_lookup_layer")  # what a TextVectorization calls its lookup
_DEPTH = 16
_LAYER = "layer-"
_KEYS, _VALUES = "/.ATTRIBUTES/table-keys", "/.ATTRIBUTES/table-values"


def vocabularies(source: Source, tables: tuple[TensorRef, ...], limits: Limits) -> Vocabularies:
    """Return the words of each lookup in the order of their numbers, special ones as far as the table has them.

    Raises `FormatError` when the graph is broken.
    """
    stored = {tensor.path: tensor for tensor in tables}
    found: Vocabularies = {}
    for meta in Decoder(source, limits, "saved_model.pb").message(TABLE_CONSTANTS).get("meta_graphs", ())[:1]:
        objects = meta.get("object_graph", {})
        constants = {node.get("name"): node.get("attributes", {}).get("value", {}) for node in _nodes(meta)}
        for place, paths, index in _lookups(objects.get("nodes", [])):
            words = _initial(objects, constants, index)
            for path in paths:
                keys, values = stored.get(f"{path}/_table{_KEYS}"), stored.get(f"{path}/_table{_VALUES}")
                if keys is not None and values is not None:
                    words = _kept(keys, values)
            if words:
                found[place] = words
    return found


def _nodes(meta: dict[str, Any]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = meta.get("graph", {}).get("nodes", [])
    return [node for node in nodes if node.get("op") == "Const"]


def _lookups(nodes: list[dict[str, Any]]) -> Iterator[tuple[tuple[int, ...], list[str], int]]:
    """Yield, for each layer of the model and of models in it that holds a lookup: its place, the paths under which the
    lookup can stand, and the lookup's node.
    """
    stack: list[tuple[int, tuple[int, ...], list[str]]] = [(0, (), [""])] if nodes else []
    while stack:
        index, place, paths = stack.pop()
        own = children(nodes, index)
        names: dict[int, list[str]] = {}
        for name, target in own.items():
            names.setdefault(target, []).append(name)
        for name, target in own.items():
            number = name[len(_LAYER) :]
            if not name.startswith(_LAYER) or not number.isdigit() or not 0 <= target < len(nodes):
                continue
            here, inside = (
                (*place, int(number)),
                [f"{path}/{one}".lstrip("/") for path in paths for one in names[target]],
            )
            lookup = target
            for holder, inner in children(nodes, target).items():
                if holder in _HOLDERS and 0 <= inner < len(nodes):
                    lookup, inside = inner, [f"{path}/{holder}" for path in inside]
            yield here, inside[:8], lookup
            if len(here) < _DEPTH:
                stack.append((target, here, inside[:8]))


def _initial(objects: dict[str, Any], constants: dict[Any, Any], lookup: int) -> tuple[Any, ...]:
    """Return the words with which the table of a lookup is filled."""
    nodes = objects["nodes"]
    table = children(nodes, lookup).get("lookup_table", -1)
    fill = children(nodes, table).get("_initialize", -1) if 0 <= table < len(nodes) else -1
    if not 0 <= fill < len(nodes):
        return ()
    names = nodes[fill].get("function", {}).get("concrete_functions", [])
    bound = objects.get("concrete_functions", {}).get(names[0] if names else "", {}).get("bound_inputs", b"")
    operations = [nodes[n].get("constant", {}).get("operation") for n in _packed(bound) if 0 <= n < len(nodes)]
    tensors = [constants[name].get("tensor", {}) for name in operations if name in constants]
    if len(tensors) != 2:
        return ()
    keys, numbers = _words(tensors[0]), _integers(tensors[1])
    return tuple(word for _, word in sorted(zip(numbers, keys, strict=False)))


def _words(tensor: dict[str, Any]) -> list[Any]:
    if "strings" in tensor:
        return [text.decode("utf-8", "replace") for text in tensor["strings"]]
    return _integers(tensor)


def _integers(tensor: dict[str, Any]) -> list[int]:
    """Return the numbers of a constant of type int64."""
    content = tensor.get("content", b"")
    if content:
        return [int.from_bytes(content[at : at + 8], "little", signed=True) for at in range(0, len(content) - 7, 8)]
    return _packed(tensor.get("integers", b""))


def _packed(data: bytes) -> list[int]:
    """Return the numbers of a packed field."""
    found, at = [], 0
    while at < len(data):
        value, at = varint(data, at)
        found.append(value - (1 << 64) if value >> 63 else value)
    return found


def _kept(keys: TensorRef, values: TensorRef) -> tuple[Any, ...]:
    """Return the words of a table that stands among the variables."""
    data = values.read()
    numbers = [int.from_bytes(data[at : at + 8], "little", signed=True) for at in range(0, len(data) - 7, 8)]
    words: list[Any] = [piece.decode("utf-8", "replace") for piece in keys.chunks()]
    if keys.dtype != "string":
        data = keys.read()
        words = [int.from_bytes(data[at : at + 8], "little", signed=True) for at in range(0, len(data) - 7, 8)]
    if len(words) != len(numbers):
        raise FormatError("a table has not as many keys as values")
    return tuple(word for _, word in sorted(zip(numbers, words, strict=True)))
