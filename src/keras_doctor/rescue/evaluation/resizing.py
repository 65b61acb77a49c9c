"""Images brought to another size: each side by itself, as a matrix of how much each place takes from which.

Source: `tensorflow/core/kernels/image/resize_*_op.cc`, `scale_and_translate_op.cc` of TensorFlow 2.15.
"""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.rescue.evaluation.values import Array


def _triangle(x: Array) -> Array:
    return np.maximum(1 - np.abs(x), 0)


def _cubic(x: Array, b: float, c: float) -> Array:
    """The family of Mitchell and Netravali; (0, 0.5) is Keys' cubic."""
    x = np.abs(x)
    near = ((12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)) / 6
    far = ((-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)) / 6
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(x: Array, radius: float) -> Array:
    return np.where(np.abs(x) < radius, np.sinc(x) * np.sinc(x / radius), 0)


def _gaussian(x: Array) -> Array:
    return np.where(np.abs(x) < 1.5, np.exp(-2 * x * x), 0)  # sigma 0.5


_KERNELS: dict[str, Callable[[Array], Array]] = {
    "bilinear": _triangle,
    "bicubic": lambda x: _cubic(x, 0.0, 0.5),
    "mitchellcubic": lambda x: _cubic(x, 1 / 3, 1 / 3),
    "lanczos3": lambda x: _lanczos(x, 3.0),
    "lanczos5": lambda x: _lanczos(x, 5.0),
    "gaussian": _gaussian,
}


def resized(
    x: Array,
    sizes: tuple[int, ...],
    method: str,
    *,
    centered: bool = True,
    antialias: bool = False,
    tabled: bool = True,
) -> Array:
    """Return an image (batch, *sides, channels) with other sides. `centered`: places have their centers half a place
    from their edges (TensorFlow 2's resize), not at them (TensorFlow 1's). `tabled`: weights of the cubic are those of
    TensorFlow, which has a table of them for each 1024th of a place.
    """
    allow((len(x), *sizes, x.shape[-1]))
    for axis, size in enumerate(sizes, 1):
        side = x.shape[axis]
        if side == size:
            continue
        if method == "nearest":
            places = (np.arange(size) + (0.5 if centered else 0.0)) * np.float32(side / size)
            x = np.take(x, np.minimum(np.floor(places).astype(int), side - 1), axis)
            continue
        allow((side, size))
        matrix = _area(side, size) if method == "area" else _matrix(side, size, method, centered, antialias, tabled)
        kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
        x = np.moveaxis(np.tensordot(x.astype(kind), matrix.astype(kind), (axis, 1)), -1, axis)
    return x


def _matrix(side: int, size: int, method: str, centered: bool, antialias: bool, tabled: bool) -> Array:
    kernel = _KERNELS.get(method)
    if kernel is None:
        raise CannotEvaluateError(f"its interpolation {method[:40]!r} is none that Keras knows")
    scale = side / size
    centers = (np.arange(size) + 0.5) * scale - 0.5 if centered else np.clip(np.arange(size) * scale, 0, side - 1)
    if method == "bicubic" and tabled and not antialias:
        centers = np.floor(centers) + np.round((centers - np.floor(centers)) * 1024) / 1024
    spread = max(scale, 1.0) if antialias else 1.0
    weights = kernel((np.arange(side)[None, :] - centers[:, None]) / spread)
    return weights / weights.sum(axis=1, keepdims=True)


def _area(side: int, size: int) -> Array:
    """How much each old place and each new one overlap."""
    edges = np.arange(size + 1) * (side / size)
    places = np.arange(side)
    overlap = np.minimum(edges[1:, None], places[None, :] + 1) - np.maximum(edges[:-1, None], places[None, :])
    weights = np.maximum(overlap, 0)
    return weights / weights.sum(axis=1, keepdims=True)
