"""Layers that tf.keras makes of TensorFlow's own functions when they are applied to symbolic tensors."""

from __future__ import annotations

from keras_doctor.layers.operations import nodes, tensorflow
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.stock import stock
from keras_doctor.layers.tensors import flatten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


def _arguments(call: Call) -> dict[str, Any]:
    return {name: value for name, value in call.kwargs.items() if name != "name"}


@stock("TFOpLambda")
def tf_function(call: Call) -> Any:
    """A function by name (TensorFlow 2.4 on)."""
    name = call.value("function")
    if name == "__operators__.getitem":
        return tensorflow.getitem(call.args, call.kwargs)
    if not isinstance(name, str):
        raise CannotInferError("its config names no function")
    return tensorflow.function(name, call.args, _arguments(call))


@stock("SlicingOpLambda")
def tf_indexing(call: Call) -> Any:
    """An indexing (TensorFlow 2.4 on)."""
    return tensorflow.getitem(call.args, call.kwargs)


@stock("ClassMethod", "InstanceMethod", "InstanceProperty")
def tf_member(call: Call) -> Any:
    """A method or property of a ragged or sparse tensor: what it does, its class knows."""
    raise CannotInferError("what a method of a composite tensor makes of shapes is not known")


@stock("TensorFlowOpLayer")
def tf_node(call: Call) -> Any:
    """A node of a graph (TensorFlow 1.14 to 2.3). Its constants stand in the config by the number of the input."""
    node_def = call.value("node_def")
    if not isinstance(node_def, dict) or not isinstance(node_def.get("op"), str):
        raise CannotInferError("its config holds no node that can be read")
    constants = call.value("constants", None)
    constants = constants if isinstance(constants, dict) else {}
    tensors = iter(list(flatten(call.args)))
    count = len(call.tensors) + len(constants)
    inputs = [
        constants[str(place)] if str(place) in constants else next(tensors, None) for place in range(min(count, 1000))
    ]
    return nodes.node(node_def["op"], inputs, nodes.attributes_of(node_def))
