"""How much each place of a side that is resized takes from each of the old ones: the weights that TensorFlow uses.

Sources: tensorflow/core/kernels/image/scale_and_translate_op.cc and sampling_kernels.h (2.15);
resize_bicubic_op.cc, which has a table of weights for each 1024th of a place; resize_area_op.cc.
"""

from __future__ import annotations

from math import exp, floor, pi, sin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Weights = list[list[float]]

_STEPS = 1024  # entries for a place in the table of the cubic


def weights(old: int, new: int, method: str) -> Weights:
    """Return for each of `new` places what it takes from each of the `old` ones. Raises KeyError for a method that is
    none.
    """
    if method == "area":
        edges = [place * old / new for place in range(new + 1)]
        found = [
            [max(min(edges[row + 1], place + 1) - max(edges[row], place), 0.0) for place in range(old)]
            for row in range(new)
        ]
    else:
        kernel = _KERNELS[method]
        found = []
        for row in range(new):
            center = (row + 0.5) * old / new - 0.5
            if method == "bicubic":
                center = floor(center) + round((center - floor(center)) * _STEPS) / _STEPS
            found.append([kernel(abs(place - center)) for place in range(old)])
    return [[one / sum(row) for one in row] for row in found]


def _cubic(x: float, b: float, c: float) -> float:
    """The family of Mitchell and Netravali; (0, 0.5) is Keys' cubic."""
    if x < 1:
        return ((12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)) / 6
    if x < 2:
        return ((-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)) / 6
    return 0.0


def _lanczos(x: float, radius: float) -> float:
    return _sinc(x) * _sinc(x / radius) if x < radius else 0.0


def _sinc(x: float) -> float:
    return sin(pi * x) / (pi * x) if x else 1.0


_KERNELS: dict[str, Callable[[float], float]] = {
    "bilinear": lambda x: max(1 - x, 0.0),
    "bicubic": lambda x: _cubic(x, 0.0, 0.5),
    "mitchellcubic": lambda x: _cubic(x, 1 / 3, 1 / 3),
    "lanczos3": lambda x: _lanczos(x, 3.0),
    "lanczos5": lambda x: _lanczos(x, 5.0),
    "gaussian": lambda x: exp(-2 * x * x) if x < 1.5 else 0.0,
}
