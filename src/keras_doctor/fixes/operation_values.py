"""What TensorFlow's functions and Keras 3's operations are told in different words, for one operation at a time.

`said(function, name, values)` puts what a function of TensorFlow was called with into Keras 3's words, `unsaid(name,
values)` into TensorFlow's. Both return None for what the other side has no words for.
Sources: tensorflow/python/ops/{nn_ops,math_ops,array_ops,image_ops_impl,linalg_ops}.py of 2.15, keras/src/ops of 3.15.
"""

from __future__ import annotations

from keras_doctor.layers.inbound import Ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Values = dict[str, Any]

_RESIZE = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
_EPSILON = 1e-12  # of tf.math.l2_normalize
_KERAS_EPSILON = 1e-7  # of ops.normalize


def said(function: str, name: str, values: Values) -> tuple[str, Values] | None:
    """Return the operation, and its values in Keras 3's words."""
    if function in ("linalg.matmul", "matmul"):
        return _matmul(values)
    adapt = _SAID.get(name)
    found = values if adapt is None else adapt(values)
    return None if found is None else (name, found)


def unsaid(name: str, values: Values) -> Values | None:
    """Return the values in the words of TensorFlow's function."""
    adapt = _UNSAID.get(name)
    return values if adapt is None else adapt(values)


def _matmul(values: Values) -> tuple[str, Values] | None:
    """Return the product; of transposed matrices as the sum that it is."""
    plain = {key: value for key, value in values.items() if key in ("x1", "x2")}
    turned = [bool(values.get(key)) for key in ("transpose_a", "transpose_b")]
    if not any(turned):
        return "numpy.Matmul", plain
    left, right = "ji" if turned[0] else "ij", "kj" if turned[1] else "jk"
    return "numpy.Einsum", {**plain, "subscripts": f"...{left},...{right}->...ik"}


def _pooled(values: Values) -> Values | None:
    """Window and steps without batch and channels, padding in lower case."""
    found = dict(values)
    for key in ("pool_size", "strides"):
        size = found.get(key)
        if isinstance(size, list) and len(size) == 4 and size[0] == size[3] == 1:
            size = size[1:3]
        if not isinstance(size, int) and not (isinstance(size, list) and len(size) == 2):
            return None
        found[key] = size
    padding = found.get("padding")
    if padding not in ("SAME", "VALID"):
        return None
    return {**found, "padding": padding.lower(), "data_format": "channels_last"}


def _unpooled(values: Values) -> Values | None:
    if values.get("data_format") == "channels_first":
        return None
    found = {key: value for key, value in values.items() if key != "data_format"}
    found["strides"] = found.get("strides") or found.get("pool_size")
    return {**found, "padding": str(found.get("padding", "valid")).upper()}


def _padded(values: Values) -> Values | None:
    """The mode in lower case; a constant for that mode alone."""
    mode = str(values.get("mode") or "CONSTANT").lower()
    found = {**values, "mode": mode}
    if mode != "constant":
        found.pop("constant_values", None)
    return found


def _normalized(values: Values) -> Values | None:
    """TensorFlow bounds the sum of squares from below, Keras 3 its root."""
    epsilon = values.get("epsilon", _EPSILON)
    if not isinstance(values.get("axis"), int) or not isinstance(epsilon, (int, float)) or epsilon < 0:
        return None
    return {**values, "order": 2, "epsilon": epsilon**0.5}


def _unnormalized(values: Values) -> Values | None:
    if values.get("order", 2) != 2:
        return None
    epsilon = values.get("epsilon")
    kept = {key: value for key, value in values.items() if key != "order"}
    return {**kept, "axis": kept.get("axis", -1), "epsilon": (_KERAS_EPSILON if epsilon is None else epsilon) ** 2}


def _norm(values: Values) -> Values | None:
    """The length of vectors along one axis."""
    axis, order = values.get("axis"), values.get("ord", "euclidean")
    if isinstance(axis, list) and len(axis) == 1:
        axis = axis[0]
    if not isinstance(axis, int) or order not in ("euclidean", 2):
        return None
    return {**values, "axis": axis, "ord": None, "keepdims": bool(values.get("keepdims"))}


def _multiplied(values: Values) -> Values | None:
    """Both factors are tensors: Keras 3 asks a constant for its shape, and a list has none."""
    return values if isinstance(values.get("x1"), Ref) and isinstance(values.get("x2"), Ref) else None


def _split(values: Values) -> Values | None:
    """Sizes of parts as the places where they begin."""
    parts = values.get("indices_or_sections")
    if isinstance(parts, int):
        return values
    if not isinstance(parts, list) or not parts or not all(type(size) is int and size >= 0 for size in parts):
        return None
    return {**values, "indices_or_sections": [sum(parts[:count]) for count in range(1, len(parts))]}


def _unsplit(values: Values) -> Values | None:
    return values if isinstance(values.get("indices_or_sections"), int) else None


def _reshaped(values: Values) -> Values | None:
    """A shape in which the graph works out one size, all others known: that one follows from the rest."""
    shape = values.get("newshape")
    if not isinstance(shape, list) or sum(isinstance(size, Ref) for size in shape) != 1:
        return values
    if not all(isinstance(size, Ref) or (type(size) is int and size > 0) for size in shape):
        return values
    return {**values, "newshape": [-1 if isinstance(size, Ref) else size for size in shape]}


def _resized(values: Values) -> Values | None:
    method = values.get("interpolation", "bilinear")
    size = values.get("size")
    known = isinstance(size, list) and len(size) == 2 and all(type(one) is int for one in size)
    return {**values, "interpolation": method} if method in _RESIZE and known else None


def _unresized(values: Values) -> Values | None:
    plain = ("images", "size", "interpolation", "antialias")
    known = (None, False, "channels_last", "constant", 0)
    if any(value not in known for key, value in values.items() if key not in plain):
        return None
    return {key: values[key] for key in plain if key in values}


_SAID: dict[str, Callable[[Values], Values | None]] = {
    "nn.MaxPool": _pooled,
    "nn.AveragePool": _pooled,
    "nn.Normalize": _normalized,
    "numpy.Pad": _padded,
    "numpy.Reshape": _reshaped,
    "numpy.Split": _split,
    "numpy.Tensordot": _multiplied,
    "linalg.Norm": _norm,
    "image.Resize": _resized,
}


def _unconverted(values: Values) -> Values | None:
    """Return what is handed on as it is; None where it would be of another dtype."""
    return None if values.get("dtype") is not None else {"x": values.get("x")}


_UNSAID: dict[str, Callable[[Values], Values | None]] = {
    "core.ConvertToTensor": _unconverted,
    "nn.MaxPool": _unpooled,
    "nn.AveragePool": _unpooled,
    "nn.Normalize": _unnormalized,
    "numpy.Split": _unsplit,
    "image.Resize": _unresized,
}
