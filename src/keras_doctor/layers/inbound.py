"""`inbound_nodes` in every era's encoding: which tensors each call of a layer takes, and with which other arguments."""

from __future__ import annotations

from keras_doctor.layers.shapes import read_number, read_shape
from keras_doctor.layers.tensors import DEPTH, Slice, Tensor, is_constant
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.shapes import Shape

CALLS = 10_000  # of one layer


@record
class Ref:
    """A tensor named by what made it: output `tensor` of call `node` of layer `layer`. `shape`: as the reference itself
    states it (Keras 3).
    """

    layer: str
    node: int
    tensor: int
    shape: Shape | None = None


@record
class Node:
    """One call of a layer: nested arguments with `Ref`s in them. `keras3`: it was written in Keras 3's encoding."""

    args: list[Any]
    kwargs: dict[str, Any]
    keras3: bool = False


def read_nodes(entry: dict[str, Any], names: frozenset[str]) -> list[Node]:
    """Return the calls of a layer of a functional config. `names`: the layers of the model, which tell a reference from
    other lists.
    """
    listed = entry.get("inbound_nodes")
    if not isinstance(listed, list):
        return []
    return [_read_node(data, names) for data in listed[:CALLS]]


def _read_node(data: Any, names: frozenset[str]) -> Node:
    if isinstance(data, dict) and "args" in data:  # Keras 3
        args, named = _objects(data["args"]), _objects(data.get("kwargs"))
        return Node(args if isinstance(args, list) else [args], named if isinstance(named, dict) else {}, keras3=True)
    kwargs: dict[str, Any] = {}
    structure = _structure(data, names, kwargs)
    if isinstance(structure, list) and len(structure) == 1:
        structure = structure[0]
    return Node([structure], kwargs)


def _structure(data: Any, names: frozenset[str], kwargs: dict[str, Any], depth: int = 0) -> Any:
    """Return the first argument of a call in the list encoding; `kwargs` gets the others, which each entry repeats."""
    if depth > DEPTH:
        return None
    if isinstance(data, dict):
        return {key: _structure(value, names, kwargs, depth + 1) for key, value in data.items()}
    if not isinstance(data, list):
        return data
    if len(data) >= 3 and isinstance(data[0], str) and not isinstance(data[1], (list, dict)):
        if len(data) > 3 and isinstance(data[3], dict) and not kwargs:
            kwargs.update({key: _references(value, names) for key, value in data[3].items()})
        if data[0] == "_CONSTANT_VALUE":
            return data[2]
        return _ref(data)
    return [_structure(item, names, kwargs, depth + 1) for item in data]


def _references(value: Any, names: frozenset[str], depth: int = 0) -> Any:
    """Return a keyword argument of the list encoding with its tensors, ["layer", node, tensor], as `Ref`s."""
    if depth > DEPTH:
        return None
    if isinstance(value, dict):
        if value.get("class_name") == "__tuple__":  # so SavedModels write them
            return _references(value.get("items"), names, depth + 1)
        return {key: _references(item, names, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        if len(value) == 3 and isinstance(value[0], str) and value[0] in names:
            return _ref(value)
        return value if is_constant(value) else [_references(item, names, depth + 1) for item in value]
    return value


def _ref(data: list[Any], shape: Shape | None = None) -> Ref:
    node, tensor = read_number(data[1]), read_number(data[2])
    return Ref(str(data[0]), -1 if node is None else node, -1 if tensor is None else tensor, shape)


def _objects(value: Any, depth: int = 0) -> Any:
    """Return arguments of Keras 3's encoding with its wrapped values opened."""
    if depth > DEPTH:
        return None
    if isinstance(value, list):
        return value if is_constant(value) else [_objects(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind == "__keras_tensor__" and isinstance(config, dict):
        history = config.get("keras_history")
        if isinstance(history, list) and len(history) == 3 and isinstance(history[0], str):
            return _ref(history, _stated(config.get("shape")))
        return Tensor(read_shape(config.get("shape")))
    if kind == "__slice__" and isinstance(config, dict):
        return Slice(*(_objects(config.get(key), depth + 1) for key in ("start", "stop", "step")))
    if kind == "__ellipsis__":
        return Ellipsis
    if kind == "__tuple__":
        return _objects(value.get("items", config), depth + 1)
    if kind in ("__tensor__", "__numpy__") and isinstance(config, dict):
        return config.get("value")
    return {key: _objects(item, depth + 1) for key, item in value.items()}


def _stated(value: Any) -> Shape | None:
    """Return the shape that a call states for a tensor. Keras wants one and never looks at it: a batch alone also
    stands for a shape that was not known when it was written.
    """
    shape = read_shape(value)
    return None if shape == (None,) else shape


def read_refs(value: Any) -> list[Ref]:
    """Return the references of `input_layers` or `output_layers`: one, a list of them, or any nesting, in the order in
    which Keras flattens it.
    """
    return list(_bare(value))


def _bare(value: Any, depth: int = 0) -> Iterator[Ref]:
    if depth > DEPTH:
        return
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from _bare(value[key], depth + 1)
    elif isinstance(value, list):
        if len(value) == 3 and isinstance(value[0], str) and read_number(value[1]) is not None:
            yield _ref(value)
        else:
            for item in value:
                yield from _bare(item, depth + 1)


def refs_in(value: Any, depth: int = 0) -> Iterator[Ref]:
    """Yield the references in nested arguments."""
    if isinstance(value, Ref):
        yield value
    elif depth < DEPTH:
        if isinstance(value, dict):
            for item in value.values():
                yield from refs_in(item, depth + 1)
        elif isinstance(value, list) and not is_constant(value):
            for item in value:
                yield from refs_in(item, depth + 1)
        elif isinstance(value, Slice):
            yield from refs_in([value.start, value.stop, value.step], depth + 1)
