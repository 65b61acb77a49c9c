"""What an operation of a graph calls, and what with: functions of TensorFlow, whichever layer stands for them."""

from __future__ import annotations

from keras_doctor.fixes import operations
from keras_doctor.fixes.tables import rows
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def function_called(
    layer: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
) -> tuple[str, list[Any], dict[str, Any]]:
    """Return the function that an operation calls, and what with."""
    if layer["class_name"] == "TensorFlowOpLayer":
        return _node(layer["config"], args)
    config = layer.get("config")
    path = str(config.get("function")) if isinstance(config, dict) else ""
    named = {key: value for key, value in kwargs.items() if value is not None and key != "name"}
    if path == operations.GETITEM:
        key = operations.keys_of(named.get("slice_spec", args[1] if len(args) > 1 else None))
        return path, [args[0], key], {}
    return path, args, named


def _node(config: dict[str, Any], args: list[Any]) -> tuple[str, list[Any], dict[str, Any]]:
    """Return the function that a node of TensorFlow's graph is, and what it is told: `nodes.tsv`, `operations.tsv`."""
    if not isinstance(config.get("node_def"), dict) or not isinstance(config.get("constants"), dict):
        return "", [], {}
    op, inputs, attributes = operations.node_parts(
        config, args[0] if len(args) == 1 and type(args[0]) is list else args
    )
    if op == "StridedSlice":
        found = operations.strided(inputs, attributes)
        return ("", [], {}) if found is None else (operations.GETITEM, [value for _, value in found.values], {})
    for nodes, function, words, told in rows("nodes.tsv"):
        if op in nodes.split("|"):
            pairs = [pair.split("=") for pair in told.split(",") if pair]
            values = {new: attributes[old] for old, new in pairs if old in attributes}
            if function == "einsum":
                return function, [values.get("equation"), *inputs], {}
            return function, [], {**_by_name(words.split(","), inputs), **_told(values)}
    row = next((row for row in operations.known() if op in row.nodes and row.functions), None)
    if row is None:
        return "", [], {}
    old: dict[str, str] = {}
    for one, new in row.parameters:
        old.setdefault(new, one)
    values = {new: attributes[key] for key, new in row.attributes if key in attributes}
    values.update(_by_name(list(row.inputs), inputs))
    return row.functions[0], [], {old.get(key, key): value for key, value in _told(values).items()}


def _by_name(names: list[str], inputs: list[Any]) -> dict[str, Any]:
    """Return the inputs of a node by name; the name with a star has all that come before the others."""
    if names and names[0].startswith("*"):
        many = len(inputs) - len(names) + 1
        return {names[0][1:]: inputs[:many], **dict(zip(names[1:], inputs[many:], strict=False))}
    return dict(zip(names, inputs, strict=False))


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: an empty list of axes."""
    return {key: value for key, value in values.items() if value is not None and value != []}


def refs(value: Any) -> Iterator[Ref]:
    """Yield the references in nested arguments, without the shapes that they state."""
    if isinstance(value, Ref):
        yield Ref(value.layer, value.node, value.tensor)
    elif isinstance(value, Slice):
        yield from refs([value.start, value.stop, value.step])
    elif isinstance(value, dict):
        yield from refs(list(value.values()))
    elif isinstance(value, list) and not operations.is_array(value):
        for one in value:
            yield from refs(one)
