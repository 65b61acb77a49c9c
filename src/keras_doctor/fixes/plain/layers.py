"""Layers that standalone Keras 2 lacks and that compute a line: Rescaling and Normalization."""

from __future__ import annotations

import struct
from math import prod

from keras_doctor.document.expressions import cast, constant, reciprocal, reshape, scale, square_root
from keras_doctor.fixes.hard_sigmoid import SLOPES
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Tensors
    from keras_doctor.fixes.plain.graph import Plain
    from keras_doctor.layers.inbound import Ref

    Config = dict[str, Any]
    Rule = Callable[[Plain, Ref, Config, Tensors], Ref]


def rescaling(graph: Plain, x: Ref, config: Config, tensors: Tensors) -> Ref:
    """Multiply and add numbers."""
    return graph.line(x, _numbers(config.get("scale", 1.0)), _numbers(config.get("offset", 0.0)))


def _numbers(value: Any) -> Any:
    if type(value) in (int, float):
        return float(value)
    if isinstance(value, list) and value and all(type(one) in (int, float) for one in value):
        return [float(one) for one in value]
    raise CannotInferError("its numbers are not known")


def normalization(graph: Plain, x: Ref, config: Config, tensors: Tensors) -> Ref:
    """Subtract the mean, then divide by the deviation: of each feature, or of all numbers."""
    shape = graph.shape(x)
    axes = config.get("axis", -1)
    listed = axes if isinstance(axes, list) else [] if axes is None else [axes]
    if [axis % len(shape) for axis in listed if type(axis) is int] not in ([], [len(shape) - 1]):
        raise CannotInferError("it normalizes along other axes than the last")
    count = shape[-1] if listed else 1
    if config.get("invert") or not isinstance(count, int):
        raise CannotInferError("it normalizes in a way that is not known")
    mean, variance = (_vector(name, config, tensors, count) for name in ("mean", "variance"))
    graph.rounded = True
    if not listed:  # one number for all
        x = graph.arranged(x, [None, 1])
    centered = graph.by_feature(x, constant("ones", (count,), "float32", struct.pack("<f", 1.0)), scale(mean, -1.0))
    made = graph.by_feature(centered, reciprocal(square_root(variance)))
    return made if listed else graph.arranged(made, shape[1:])


def hard_sigmoid(graph: Plain, x: Ref, slope: str) -> Ref:
    """The activation of the release that wrote the file, where the target's has another slope."""
    graph.rounded = True
    return graph.layer("ReLU", graph.line(x, SLOPES[slope], 0.5), max_value=1.0)


def _vector(name: str, config: Config, tensors: Tensors, count: int) -> TensorRef:
    """Return what the layer learned, or was told."""
    held = tensors.get(("", name))
    if held is not None and prod(held.shape) == count:
        return reshape(cast(held, "float32"), (count,))
    told = config.get(name)
    while isinstance(told, list) and len(told) == 1 and isinstance(told[0], list):
        told = told[0]
    numbers = _numbers(told)
    listed = numbers if isinstance(numbers, list) else [numbers]
    if len(listed) not in (1, count):
        raise CannotInferError("its numbers are not one for each feature")
    return constant(name, (count,), "float32", struct.pack(f"<{count}f", *listed * (count // len(listed))))


RULES: dict[str, Rule] = {"Rescaling": rescaling, "Normalization": normalization}
