"""Operations of a graph, read in one dialect and written in another: `operations.tsv`.

A call `tf.reduce_mean(x, axis=1)` on Keras tensors is a TensorFlowOpLayer (TensorFlow up to 2.3), a TFOpLambda (2.4 to
2.15) or a Mean of Keras 3. What an operation is told stands among the arguments of the call in one dialect and in the
config of the entry in another.
"""

from __future__ import annotations

from keras_doctor.fixes.operation_layers import layer_of
from keras_doctor.fixes.operation_values import said, unsaid
from keras_doctor.fixes.tables import rows
from keras_doctor.layers.inbound import Node, Ref
from keras_doctor.layers.stock import is_operation
from keras_doctor.layers.tensors import Slice
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.releases.api import Api

_FLAGS = ("name", "output_type", "out_type", "validate_indices")  # parameters that change no value
# What functions take for granted, where Keras 3 takes something else.
DEFAULTS: dict[str, dict[str, Any]] = {
    **{name: {"axis": 0} for name in ("gather", "compat.v1.gather", "keras.backend.gather")},
    **{
        name: {"axis": 0}
        for name in ("math.argmax", "argmax", "math.argmin", "argmin", "math.cumsum", "cumsum", "math.cumprod")
    },
    **{name: {"axis": -1} for name in ("keras.backend.argmax", "keras.backend.argmin", "keras.backend.concatenate")},
    "keras.backend.cumsum": {"axis": 0},
    "split": {"axis": 0},
    "unstack": {"axis": 0},
    "image.flip_left_right": {"axis": -2},
    "image.flip_up_down": {"axis": -3},
    "keras.backend.expand_dims": {"axis": -1},
    "nn.gelu": {"approximate": False},
    **{name: {"k": 1} for name in ("math.top_k", "nn.top_k")},
}
# What Keras 3's operations take for granted, where TensorFlow's functions take something else, or want to be told.
_GRANTED: dict[str, dict[str, Any]] = {
    "nn.Gelu": {"approximate": True},
    "numpy.Concatenate": {"axis": 0},
    "numpy.Stack": {"axis": 0},
}
# Operations that flatten what they are given when they are told no axis, as no function of TensorFlow does.
_ALONG = (
    "numpy.Take", "numpy.Argmax", "numpy.Argmin", "numpy.Cumsum", "numpy.Cumprod", "numpy.Repeat", "numpy.Flip",
    "numpy.Roll",
)  # fmt: skip
_DTYPES = {
    "DT_FLOAT": "float32", "DT_HALF": "float16", "DT_DOUBLE": "float64", "DT_INT32": "int32", "DT_INT64": "int64",
    "DT_BOOL": "bool", "DT_UINT8": "uint8", "DT_INT8": "int8", "DT_INT16": "int16", "DT_UINT16": "uint16",
    "DT_BFLOAT16": "bfloat16",
}  # fmt: skip
GETITEM = "__operators__.getitem"
_OF_MANY = ("numpy.Concatenate", "numpy.Stack", "numpy.Einsum", "layers.Add")
_PLAIN = (("axis", -1), ("dtype", "float32"), ("decimals", 0), ("fill_value", 0.0), ("alpha", 1.0))
_USUAL = (("batch_dims", 0),)
_OPTIONAL = ("constant_values",)
_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


@record
class Operation:
    """One call of an operation. `name`: Keras 3's, with its module: "numpy.Mean"; `values`: by Keras 3's names, of
    arguments of the call and of the constructor alike.
    """

    name: str
    values: tuple[tuple[str, Any], ...]


@record
class Row:
    """An operation in its dialects."""

    name: str
    call: tuple[str, ...]
    made: tuple[str, ...]
    functions: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    nodes: tuple[str, ...]
    inputs: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]


_known: list[Row] = []


def known() -> list[Row]:
    """Return the table."""
    if not _known:
        for name, call, made, functions, parameters, *rest in rows("operations.tsv"):
            nodes, layout = (*rest, "", "")[:2]
            inputs, _, attributes = layout.partition(";")
            pairs = (tuple(pair.split("=")) for pair in parameters.split(",") if pair)
            extra = (tuple(pair.split("=")) for pair in attributes.split(",") if pair)
            _known.append(
                Row(
                    name,
                    _words(call),
                    _words(made),
                    _words(functions, "|"),
                    tuple((a, b) for a, b in pairs),
                    _words(nodes, "|"),
                    _words(inputs),
                    tuple((a, b) for a, b in extra),
                )
            )
    return _known


def _words(text: str, by: str = ",") -> tuple[str, ...]:
    return tuple(text.split(by)) if text else ()


# Reading


def read(entry: dict[str, Any], call: Node) -> Operation | None:
    """Return what an entry of a graph does in one call; None where it is no operation that is known."""
    name, config = entry.get("class_name"), entry.get("config")
    if not isinstance(config, dict):
        return None
    if name == "SlicingOpLambda" and config.get("function", GETITEM) == GETITEM:
        return _slicing(call)
    if name == "TFOpLambda":
        return of_function(str(config.get("function")), call)
    if name == "TensorFlowOpLayer":
        return _node(config, call)
    module = entry.get("module")
    if isinstance(module, str) and module.startswith("keras.src.ops."):
        return _keras_3(f"{module.rpartition('.')[2]}.{name}", config, call)
    return None


def of_function(function: str, call: Node) -> Operation | None:
    """Return what a function of TensorFlow's does in one call, where that is one operation."""
    row = next((row for row in known() if function in row.functions), None)
    if row is None or not (call.args or call.kwargs):
        return None
    order = list(dict.fromkeys(new for _, new in row.parameters))
    names = {**{new: new for new in order}, **dict(row.parameters)}
    values = {**DEFAULTS.get(function, {}), **dict(zip(order, call.args, strict=False))}
    if len(call.args) > len(order):
        return None
    for key, value in call.kwargs.items():
        if key in names:
            if value is not None or names[key] not in values:
                values[names[key]] = value
        elif key not in _FLAGS and value is not None and value is not False and (key, value) not in _USUAL:
            return None
    if any(values.get(key) is None for key in row.call if key not in _OPTIONAL):
        return None  # `tf.where` of a condition alone; what a file left out
    if row.name not in _OF_MANY and any(_is_many(values.get(key)) for key in row.call):
        return None  # Keras 3 takes no list for a tensor
    found = said(function, row.name, values)
    return None if found is None else Operation(found[0], tuple(found[1].items()))


def _slicing(call: Node) -> Operation | None:
    spec = call.kwargs.get("slice_spec", call.args[1] if len(call.args) > 1 else None)
    if spec is None or not call.args:
        return None
    keys = keys_of(spec)
    return Operation("numpy.GetItem", (("x", call.args[0]), ("key", keys)))


def keys_of(spec: Any) -> list[Any]:
    """Return what a SlicingOpLambda indexes with."""
    return [_key(key) for key in (spec if isinstance(spec, list) else [spec])]


def _key(key: Any) -> Any:
    if isinstance(key, dict) and {"start", "stop", "step"} >= set(key):
        return Slice(key.get("start"), key.get("stop"), key.get("step"))
    if isinstance(key, dict) and key.get("class_name") == "__ellipsis__":
        return Ellipsis
    return key


def _node(config: dict[str, Any], call: Node) -> Operation | None:
    node = config.get("node_def")
    constants = config.get("constants")
    if not isinstance(node, dict) or not isinstance(constants, dict):
        return None
    several = len(call.args) == 1 and type(call.args[0]) is list
    op, inputs, attributes = node_parts(config, call.args[0] if several else list(call.args))
    if op == "StridedSlice":
        return strided(inputs, attributes)
    row = next((row for row in known() if op in row.nodes), None)
    if row is None or any(_says(key, value) for key, value in attributes.items() if key not in dict(row.attributes)):
        return None
    values: dict[str, Any] = {}
    names = list(row.inputs)
    if names and names[0].startswith("*"):
        rest = len(names) - 1
        values[names.pop(0)[1:]] = inputs[: len(inputs) - rest]
        inputs = inputs[len(inputs) - rest :]
    values.update(zip(names, inputs, strict=False))
    values.update({new: attributes[old] for old, new in row.attributes if old in attributes})
    return Operation(row.name, tuple(values.items()))


def node_parts(config: dict[str, Any], tensors: list[Any]) -> tuple[str, list[Any], dict[str, Any]]:
    """Return the name of a node, what it takes, of `tensors` and of the constants that stand with it, and its
    attributes as plain values.
    """
    node, constants = config["node_def"], config["constants"]
    given = iter(tensors)
    count = len(tensors) + len(constants)
    inputs = [constants[str(i)] if str(i) in constants else next(given, None) for i in range(count)]
    return str(node.get("op")), inputs, {key: _attribute(value) for key, value in (node.get("attr") or {}).items()}


def _says(key: str, value: Any) -> bool:
    """Tell whether an attribute of a node changes what it computes: a type and a count do not."""
    return key not in ("N", "incompatible_shape_error") and (value is True or (type(value) is int and value != 0))


def _attribute(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kind, held = next(iter(value.items()), ("", None))
    if kind == "type":
        return _DTYPES.get(str(held), str(held))
    if kind == "s":
        return _text(held)
    if kind == "list":
        listed: list[Any] = next(iter(held.values()), []) if isinstance(held, dict) else []
        return [int(one) if isinstance(one, str) and one.lstrip("-").isdigit() else one for one in listed]
    return int(held) if kind == "i" and isinstance(held, (str, int)) else held


def _text(value: Any) -> Any:
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(str(value)).decode("ascii")
    except (Error, ValueError):
        return value


def strided(inputs: list[Any], attributes: dict[str, Any]) -> Operation | None:
    """Return the slice that begin, end, strides and their masks mean."""
    tensor, *ends = inputs
    if len(ends) != 3 or not all(isinstance(end, list) for end in ends):
        return None
    masks = [int(attributes.get(mask) or 0) for mask in _MASKS]
    keys: list[Any] = []
    for position, (start, stop, step) in enumerate(zip(*ends, strict=False)):
        begin, end, ellipsis, new, shrink = (mask >> position & 1 for mask in masks)
        if ellipsis:
            keys.append(Ellipsis)
        elif new:
            keys.append(None)
        elif shrink:
            keys.append(start)
        else:
            keys.append(Slice(None if begin else start, None if end else stop, None if step == 1 else step))
    return Operation("numpy.GetItem", (("x", tensor), ("key", keys)))


def _keras_3(name: str, config: dict[str, Any], call: Node) -> Operation | None:
    if name == "numpy.GetItem" and len(call.args) == 2:
        keys = call.args[1] if isinstance(call.args[1], list) else [call.args[1]]
        return Operation(name, (("x", call.args[0]), ("key", keys)))
    row = next((row for row in known() if row.name == name), None)
    if row is None or any(_tells(key, value) for key, value in config.items() if key not in row.made):
        return None
    values = {**_GRANTED.get(name, {}), **dict(zip(row.call, call.args, strict=False)), **call.kwargs}
    values.update({key: config[key] for key in row.made if key in config})
    return Operation(name, tuple(values.items()))


def _tells(key: str, value: Any) -> bool:
    """Tell whether an operation of Keras 3 is told what no function of TensorFlow in the table would be told."""
    plain = value is None or value is False or value in ("channels_last", "constant") or (key, value) in _PLAIN
    return key not in ("name", "trainable") and not plain


# Writing


def write(operation: Operation, entry: dict[str, Any], api: Api) -> Node | None:
    """Make `entry` the operation in the dialect of a release; return its call, None where the release has no such."""
    name = entry.get("name") or (entry.get("config") or {}).get("name") or "operation"
    layer = operation.name.startswith("layers.")
    if api.line == "keras-3" and not layer:
        return _as_keras_3(operation, entry, str(name), api)
    if api.find("TFOpLambda", "layers") is not None and not layer:
        return _as_function(operation, entry, str(name))
    found = layer_of(operation.name, dict(operation.values), api)
    if found is None:
        return None
    class_name, settings, args = found
    entry.pop("module", None)
    entry.pop("registered_name", None)
    entry.update(class_name=class_name, config={"name": str(name), "trainable": True, "dtype": "float32", **settings})
    return Node(args, {})


def entry_of(name: str, operation: str, args: list[Any], settings: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the entry of a graph for an operation of Keras 3 ("numpy.NotEqual"), called once with `args`."""
    module, _, class_name = operation.rpartition(".")
    return {
        "module": f"keras.src.ops.{module}",
        "class_name": class_name,
        "config": {"name": name, **(settings or {})},
        "registered_name": class_name,
        "name": name,
        "inbound_nodes": [{"args": args, "kwargs": {}}],
    }


def constant(value: list[Any]) -> dict[str, Any]:
    """Return an array of numbers as Keras 3 writes it in a call: its operations take no list for a tensor."""
    kinds = {type(one) for one in _numbers(value)}
    dtype = "float32" if float in kinds else "int32" if int in kinds else "bool"
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": dtype}}


def is_array(value: Any) -> bool:
    """Tell whether a value is a list of numbers, or of such lists."""
    return isinstance(value, list) and bool(value) and all(type(one) in (int, float, bool) for one in _numbers(value))


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    else:
        yield value


def can_write(entry: dict[str, Any], api: Api) -> bool:
    """Tell whether a release has what an entry of Keras 3's dialect says."""
    if not is_operation(entry):
        return True
    module = str(entry.get("module"))
    if api.line == "keras-3":
        return api.definition(module, entry["class_name"]) is not None
    name = f"{module.rpartition('.')[2]}.{entry['class_name']}"
    if api.find("TFOpLambda", "layers") is None:
        return False
    if name == "numpy.GetItem":
        return True
    row = next((row for row in known() if row.name == name), None)
    if row is None:
        return False
    told = entry["inbound_nodes"][0]["args"][0]
    along = name not in _ALONG or entry["config"].get("axis") is not None
    return bool(row.functions) and isinstance(told, (dict, list)) and along


def _as_keras_3(operation: Operation, entry: dict[str, Any], name: str, api: Api) -> Node | None:
    module, _, class_name = operation.name.rpartition(".")
    definition = api.definition(f"keras.src.ops.{module}", class_name)
    if definition is None:
        return None
    values = dict(operation.values)
    if operation.name == "numpy.GetItem":
        call: tuple[str, ...] = ("x", "key")
        made: dict[str, Any] = {}
    else:
        row = next(row for row in known() if row.name == operation.name)
        call = row.call
        made = {key: _plain(values[key]) for key in row.made if key in values}
        if any(_has_tensor(value) for value in made.values()):
            return None  # what the graph works out cannot stand in a config
    taken = api.accepts(definition)
    if "name" in taken.names():
        made["name"] = name
    entry.update(class_name=class_name, config=made, module=f"keras.src.ops.{module}", registered_name=class_name)
    return Node([values[key] for key in call if key in values], {}, keras3=True)


def summands(first: Any, second: Any, size: int | None) -> list[Any]:
    """Return the arguments of a sum; a second one whose last axis has one place (`size`) stands first.

    Keras 3.7 and later on TensorFlow take such a column for a bias of the last axis, or of the first behind the batch,
    where these are as long. Source: `add` of keras/src/backend/tensorflow/numpy.py (3.15).
    """
    if is_array(second):
        inner, depth = second, 0
        while isinstance(inner, list) and inner:
            inner, depth, size = inner[0], depth + 1, len(inner)
        size = size if depth > 1 else None
    return [second, first] if size == 1 else [first, second]


def operand(value: Any) -> Any:
    """Return an argument of an operation as Keras 3 takes it: with arrays for lists of numbers."""
    if is_array(value):
        return constant(value)
    return [operand(one) for one in value] if isinstance(value, list) else value


def _as_function(operation: Operation, entry: dict[str, Any], name: str) -> Node | None:
    values = unsaid(operation.name, dict(operation.values))
    if values is None:
        return None
    entry.pop("module", None)
    entry.pop("registered_name", None)
    if operation.name == "numpy.GetItem":
        keys = [_spec(key) for key in values["key"]]
        config = {"name": name, "trainable": True, "dtype": "float32", "function": GETITEM}
        entry.update(class_name="SlicingOpLambda", config=config)
        return Node([values["x"]], {"slice_spec": keys})
    row = next(row for row in known() if row.name == operation.name)
    if not row.functions or (operation.name in _ALONG and values.get("axis") is None):
        return None
    if operation.name == "numpy.Flip" and isinstance(values["axis"], int):
        values["axis"] = [values["axis"]]  # tf.reverse wants a list
    config = {"name": name, "trainable": True, "dtype": "float32", "function": row.functions[0]}
    entry.update(class_name="TFOpLambda", config=config)
    names: dict[str, str] = {}
    for old, new in row.parameters:
        names.setdefault(new, old)
    first, *others = (key for key in names if key in values)
    return Node([values[first]], {names[key]: values[key] for key in others})


def _spec(key: Any) -> Any:
    if isinstance(key, Slice):
        return {"start": key.start, "stop": key.stop, "step": key.step}
    return {"class_name": "__ellipsis__"} if key is Ellipsis else key


def _is_many(value: Any) -> bool:
    return isinstance(value, list) and not is_array(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _has_tensor(value: Any) -> bool:
    return isinstance(value, Ref) or (isinstance(value, list) and any(_has_tensor(one) for one in value))
