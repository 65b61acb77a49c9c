"""What stands in for a lost tensor: zeros, or what the layer's own initializer would begin with.

Values are float64 draws of NumPy's PCG64, seeded by the variable's place, rounded once: the same file is filled the
same way each time. Source of the formulas: keras/src/initializers/random_initializers.py (3.x).
"""

from __future__ import annotations

from math import sqrt
from zlib import crc32

from keras_doctor.document.expressions import constant, zeros

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.rescue.salvage import LostTensor, StandIn

FILLS = ("zeros", "initializer")
_KEYWORDS = {"running_mean": "moving_mean", "running_std": "moving_variance", "W": "kernel", "b": "bias"}
_ONES = ("gamma", "moving_variance", "running_std", "scale")
_SPREAD = ("kernel", "embeddings", "weights", "W", "U")  # what begins with other values than zeros
# Class of an initializer → the scale, mode and distribution of the VarianceScaling that it is.
_SCALED = {
    "GlorotUniform": (1.0, "fan_avg", "uniform"), "GlorotNormal": (1.0, "fan_avg", "truncated_normal"),
    "HeUniform": (2.0, "fan_in", "uniform"), "HeNormal": (2.0, "fan_in", "truncated_normal"),
    "LecunUniform": (1.0, "fan_in", "uniform"), "LecunNormal": (1.0, "fan_in", "truncated_normal"),
}  # fmt: skip
_TRUNCATED = 0.87962566103423978  # standard deviation of a normal cut off at two of its own


class Unfillable(ValueError):
    """A lost tensor for which nothing can stand in. The message is for the user."""


def stand_in(fill: str) -> StandIn:
    """Return what makes a tensor for a lost one: `fill` is "zeros" or "initializer"."""
    return _from_initializer if fill == "initializer" else _of_zeros


def _shape(one: LostTensor) -> list[int]:
    sizes = [size for size in one.shape if size is not None]
    if len(sizes) < len(one.shape):
        raise Unfillable(f"{one}; its size does not follow from the architecture, so nothing can stand in for it")
    return sizes


def _of_zeros(one: LostTensor, config: Mapping[str, object]) -> TensorRef:
    return zeros(one.name, _shape(one), one.dtype)


def _from_initializer(one: LostTensor, config: Mapping[str, object]) -> TensorRef:
    import numpy as np

    shape = _shape(one)
    keyword = _KEYWORDS.get(one.name, one.name)
    stated: object = config.get(f"{keyword}_initializer", config.get("init") if keyword == "kernel" else None)
    name, options = _initializer(stated)
    if not name:
        name = "Ones" if one.name in _ONES else "GlorotUniform" if one.name.endswith(_SPREAD) else "Zeros"
    if name == "Zeros" or not one.dtype.startswith("float"):
        return zeros(one.name, shape, one.dtype)
    generator = np.random.Generator(np.random.PCG64(crc32(f"{one.owner}/{one.name}".encode())))
    values = _values(name, options, shape, generator)
    return constant(one.name, shape, one.dtype, values.astype(np.dtype(one.dtype).newbyteorder("<")).tobytes())


def _initializer(stated: object) -> tuple[str, Mapping[str, Any]]:
    """Return the class of an initializer as a config states it, in any era, and its options."""
    name, options = (stated.get("class_name"), stated.get("config")) if isinstance(stated, dict) else (stated, {})
    if not isinstance(name, str):
        return "", {}
    name = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    return {"Zero": "Zeros", "One": "Ones"}.get(name, name), options if isinstance(options, dict) else {}


def _values(name: str, options: Mapping[str, Any], shape: list[int], generator: Any) -> NDArray[Any]:
    import numpy as np

    if name == "Ones":
        return np.ones(shape)
    if name == "Constant":
        return np.full(shape, float(options.get("value", 0.0)))
    if name == "Identity" and len(shape) == 2:
        return np.asarray(np.eye(shape[0], shape[1]) * float(options.get("gain", 1.0)))
    if name == "RandomUniform":
        return np.asarray(generator.uniform(options.get("minval", -0.05), options.get("maxval", 0.05), shape))
    if name in ("RandomNormal", "TruncatedNormal"):
        mean, deviation = float(options.get("mean", 0.0)), float(options.get("stddev", 0.05))
        drawn = generator.standard_normal(shape) if name == "RandomNormal" else _cut(generator, shape)
        return np.asarray(mean + deviation * drawn)
    if name in ("Orthogonal", "OrthogonalInitializer") and len(shape) > 1:
        rows = int(np.prod(shape[:-1]))
        square = generator.standard_normal((max(rows, shape[-1]), min(rows, shape[-1])))
        made, upper = np.linalg.qr(square)
        made = made * np.sign(np.diag(upper))
        made = made if rows >= shape[-1] else made.T
        return np.asarray(float(options.get("gain", 1.0)) * made.reshape(shape))
    scale, mode, distribution = _SCALED.get(name, _SCALED["GlorotUniform"])
    if name == "VarianceScaling":
        scale = float(options.get("scale", 1.0))
        mode, distribution = options.get("mode", "fan_in"), options.get("distribution", "truncated_normal")
    fan_in, fan_out = _fans(shape)
    scale /= max(1.0, {"fan_in": fan_in, "fan_out": fan_out}.get(mode, (fan_in + fan_out) / 2))
    if distribution == "uniform":
        return np.asarray(generator.uniform(-sqrt(3 * scale), sqrt(3 * scale), shape))
    if distribution == "untruncated_normal":
        return np.asarray(sqrt(scale) * generator.standard_normal(shape))
    return np.asarray(sqrt(scale) / _TRUNCATED * _cut(generator, shape))


def _cut(generator: Any, shape: list[int]) -> Any:
    """Return normal draws of which none lies farther than two standard deviations from 0."""
    drawn = generator.standard_normal(shape)
    while (far := abs(drawn) > 2).any():
        drawn[far] = generator.standard_normal(int(far.sum()))
    return drawn


def _fans(shape: list[int]) -> tuple[float, float]:
    """Return the numbers of inputs and outputs of a kernel's unit (`compute_fans` of Keras)."""
    if not shape:
        return 1.0, 1.0
    if len(shape) == 1:
        return float(shape[0]), float(shape[0])
    field = 1
    for size in shape[:-2]:
        field *= size
    return float(shape[-2] * field), float(shape[-1] * field)
