"""Operations that stand in a graph like layers: Keras 3's own, and TensorFlow's functions and nodes in tf.keras."""

from __future__ import annotations

from keras_doctor.layers.operations import keras3, nodes, tensorflow
from keras_doctor.layers.operations.operands import bind
from keras_doctor.layers.tensors import flatten
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, perform
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call

_OF_ALL = ("Einsum", "Meshgrid")  # operations whose operands are however many positional arguments there are


def keras_operation(call: Call) -> Any:
    """An operation of Keras 3: its arguments by position, and those of its constructor in the config."""
    config = {key: value for key, value in call.config.items() if key not in ("name", "trainable")}
    if call.class_name in _OF_ALL:
        named = {**config, "x": list(call.args), "equation": config.get("subscripts")}
    else:
        entry = keras3.OPERATIONS.get(call.class_name)
        if entry is None:
            raise CannotEvaluateError("there is no computation of this operation yet")
        named = bind(entry[1], call.args, {**config, **call.kwargs})
    return perform(Arguments(named, False, call, call.class_name))


@computes("TFOpLambda")
def tf_function(call: Call) -> Any:
    """A function by name (TensorFlow 2.4 on)."""
    name = call.value("function")
    if name == "__operators__.getitem":
        return tf_indexing(call)
    entry = tensorflow.FUNCTIONS.get(name) if isinstance(name, str) else None
    if entry is None:
        raise CannotEvaluateError(f"there is no computation of tf.{str(name)[:60]} yet")
    named = {key: value for key, value in call.kwargs.items() if key != "name"}
    return perform(Arguments(bind(entry[1], call.args, named), True, call, str(name)))


@computes("SlicingOpLambda")
def tf_indexing(call: Call) -> Any:
    """An indexing (TensorFlow 2.4 on)."""
    key = call.kwargs.get("slice_spec", call.args[1] if len(call.args) > 1 else None)
    return perform(Arguments({"x": call.args[0], "key": key}, True, call, "getitem"))


@computes("TensorFlowOpLayer")
def tf_node(call: Call) -> Any:
    """A node of a graph (TensorFlow 1.14 to 2.3). Its constants stand in the config by the number of the input."""
    node_def = call.value("node_def")
    if not isinstance(node_def, dict) or not isinstance(node_def.get("op"), str):
        raise CannotEvaluateError("its config holds no node that can be read")
    op = node_def["op"]
    constants = call.value("constants", None) or {}
    tensors = iter(list(flatten(call.args)))
    count = min(len(call.tensors) + len(constants), 1000)
    inputs = [constants[str(n)] if str(n) in constants else next(tensors, None) for n in range(count)]
    return perform(Arguments(nodes.bound(op, inputs, nodes.attributes_of(node_def)), True, call, op))
