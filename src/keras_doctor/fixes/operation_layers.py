"""Operations that a layer computes as well, for releases that have no layers for operations: Keras before 3, and
tf.keras before 2.4.
"""

from __future__ import annotations

from keras_doctor.layers.inbound import Ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.api import Api

_MERGING = {
    "numpy.Add": "Add", "numpy.Subtract": "Subtract", "numpy.Multiply": "Multiply", "numpy.Maximum": "Maximum",
    "numpy.Minimum": "Minimum",
}  # fmt: skip
_ACTIVATIONS = {
    "nn.Relu": "relu", "nn.Sigmoid": "sigmoid", "numpy.Tanh": "tanh", "nn.Softplus": "softplus",
    "nn.Softsign": "softsign", "nn.Elu": "elu", "nn.Selu": "selu", "numpy.Exp": "exponential",
}  # fmt: skip
_FLOATS = ("float16", "bfloat16", "float32", "float64")


def layer_of(name: str, values: dict[str, Any], api: Api) -> tuple[str, dict[str, Any], list[Any]] | None:
    """Return the class, keywords and arguments of the layer that computes an operation; None where there is none."""
    found = _layer(name, values)
    if found is None or api.find(found[0], "layers") is None:
        return None
    activation = found[1].get("activation")
    return None if activation is not None and api.find(activation, "activations") is None else found


def _layer(name: str, values: dict[str, Any]) -> tuple[str, dict[str, Any], list[Any]] | None:
    x = values.get("x")
    module, _, class_name = name.rpartition(".")
    if module == "layers":
        return class_name, {}, [x]
    if name in _MERGING:
        pair = [values.get("x1"), values.get("x2")]
        return (_MERGING[name], {}, [pair]) if all(isinstance(one, Ref) for one in pair) else None
    if name == "numpy.Concatenate":
        many = values.get("xs")
        together = isinstance(many, list) and all(isinstance(one, Ref) for one in many)
        return ("Concatenate", {"axis": values.get("axis", 0)}, [many]) if together else None
    if not isinstance(x, Ref):
        return None
    if name == "core.Cast" and values.get("dtype") in _FLOATS:  # such releases compute in one dtype alone
        return "Activation", {"activation": "linear"}, [x]
    if name in _ACTIVATIONS:
        return "Activation", {"activation": _ACTIVATIONS[name]}, [x]
    if name == "nn.Relu6":
        return "ReLU", {"max_value": 6.0}, [x]
    if name == "nn.LeakyRelu":
        return "LeakyReLU", {"alpha": values.get("negative_slope", 0.2)}, [x]
    if name == "nn.Softmax":
        return "Softmax", {"axis": values.get("axis", -1)}, [x]
    if name == "numpy.Transpose":
        axes = values.get("axes")
        kept = isinstance(axes, list) and axes[:1] == [0]
        return ("Permute", {"dims": axes[1:]}, [x]) if kept and axes is not None else None
    if name == "numpy.Reshape":
        shape = values.get("newshape")
        open_batch = isinstance(shape, list) and shape[:1] == [-1] and all(type(size) is int for size in shape)
        return ("Reshape", {"target_shape": shape[1:]}, [x]) if open_batch and shape is not None else None
    return None
