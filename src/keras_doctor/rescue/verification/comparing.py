"""How far outputs are apart, and where two models part."""

from __future__ import annotations

import numpy as np

from keras_doctor.records import record
from keras_doctor.rescue.differing.layer_pairs import layer_pairs
from keras_doctor.rescue.verification.outcome import Parting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from keras_doctor.document.model import ModelDocument

    Array = Any

NO_NAMES: Mapping[str, str] = {}


@record
class LayerOutput:
    """One output of a layer, or each n-th number of it; `shape` is that of all of it."""

    layer: str
    array: Any
    shape: tuple[int, ...]


def difference(before: Sequence[Array], after: Sequence[Array]) -> float:
    """Return the largest difference in units of the scale; infinity where shapes, texts or what is finite differ."""
    if len(before) != len(after) or any(a.shape != b.shape for a, b in zip(before, after, strict=True)):
        return float("inf")
    worst = scale = 0.0
    for a, b in zip(before, after, strict=True):
        if a.dtype.kind in "OSU" or b.dtype.kind in "OSU":
            if a.tolist() != b.tolist():
                return float("inf")
            continue
        one, other = a.astype(np.float64), b.astype(np.float64)
        known = np.isfinite(one)
        if not np.array_equal(known, np.isfinite(other)):
            return float("inf")
        worst = max(worst, float(np.abs(one - other)[known].max(initial=0)))
        scale = max(scale, float(np.abs(one)[known].max(initial=0)))
    return worst / (scale or 1.0)


def renamed_layers(before: ModelDocument, after: ModelDocument) -> dict[str, str]:
    """Return the names that layers of one model have in another ("encoder/dense_1" → "encoder/dense"), where they are
    called otherwise there.
    """
    own, other = _full_names(after), _full_names(before)
    pairs = [(pair.b, pair.a) for pair in layer_pairs(before, after) if pair.a is not None and pair.b is not None]
    return {own[b.path]: other[a.path] for b, a in pairs if own[b.path] != other[a.path]}


def _full_names(document: ModelDocument) -> dict[str, str]:
    """Return the names of layers through the models around them, by path."""
    found: dict[str, str] = {}
    for layer in document.layers:  # parents first
        around = found.get(layer.parent)
        found[layer.path] = f"{around}/{layer.name}" if around else layer.name
    return found


def parting(
    before: Sequence[LayerOutput],
    after: Sequence[LayerOutput],
    tolerance: float,
    names: Mapping[str, str] = NO_NAMES,
) -> Parting | None:
    """Return the first layer of both models whose outputs differ, in the order of `before`: what feeds a layer stands
    before it, so all of that agrees. Of a model inside the model, the layer in it. None when no layer differs. `names`:
    by the names that layers of `after` have, those that they had.
    """
    ours = _by_name(before)
    theirs = {names.get(name, name): outputs for name, outputs in _by_name(after).items()}
    found: Parting | None = None
    inside = ""
    while True:
        inner = _first(ours, theirs, tolerance, inside)
        if inner is None:
            return found
        found, inside = inner, f"{inner.layer}/"


def _first(
    ours: dict[str, list[LayerOutput]], theirs: dict[str, list[LayerOutput]], tolerance: float, inside: str
) -> Parting | None:
    last = ""
    for name, outputs in ours.items():
        if not name.startswith(inside) or "/" in name[len(inside) :] or name not in theirs:
            continue
        others = theirs[name]
        same = [one.shape for one in outputs] == [one.shape for one in others]
        apart = difference([o.array for o in outputs], [o.array for o in others]) if same else float("inf")
        if apart > tolerance:
            return Parting(name, apart, last)
        last = name
    return None


def _by_name(outputs: Sequence[LayerOutput]) -> dict[str, list[LayerOutput]]:
    found: dict[str, list[LayerOutput]] = {}
    for one in outputs:
        found.setdefault(one.layer, []).append(one)
    return found
