"""The bins that a Discretization learned, which the file keeps as a tensor, are written into the config.

tf.keras 2.6 to 2.15 keeps a summary of what it saw, and works the bounds out of it when it loads; TensorFlow 2.5 keeps
the bounds themselves, given or learned, and looks for a number's bin among them as if they were sorted. Keras 3 has
neither: its bounds stand in the config. Sources: `get_bin_boundaries` of keras/layers/preprocessing/discretization.py
(2.10); BoostedTreesBucketize in tensorflow/core/kernels/boosted_trees/quantile_ops.cc (2.5).
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_left
from itertools import pairwise

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("bins-written", ("draft",), rank=-1)  # before their side is looked at
LARGEST = 1 << 20  # bytes of bounds or of a summary that are read


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write down the bounds of bins where the target does not read the tensor."""
    boosted = semantics_of(draft.source.provenance, draft.source.provenance.era).get("bins") == "boosted"
    definition = target.api.find("Discretization", "layers")
    if definition is None:
        return
    learns = target.api.line != "keras-3" and "bin_boundaries" in target.api.accepts(definition).names()
    for owner, _, entry in layers_with_parts(draft.config):
        config = entry.get("config")
        if entry.get("class_name") != "Discretization" or not isinstance(config, dict):
            continue
        tensors = draft.tensors(owner)
        stored = tensors.get(("", "bins")) or (_stray(draft, config.get("name")) if boosted else None)
        bounds: list[float] | None = None
        if boosted and stored is not None:
            bounds = effective(_numbers(stored))
        elif config.get("bin_boundaries") is None and ("", "summary") in tensors:
            if learns and target.semantics.get("bins") != "boosted":
                continue  # it works them out itself
            bounds = learned(tensors["", "summary"], config.get("num_bins"))
        if bounds is not None:
            config["bin_boundaries"] = bounds
            draft.give(owner, {})
            draft.lost = [lost for lost in draft.lost if lost[0] != config.get("name")]
            yield Change(FIX.slug, f"write the {len(bounds)} bounds of {config.get('name')} into its config")
        if isinstance(config.get("bin_boundaries"), list):
            config["num_bins"] = None  # a constructor before Keras 3 takes one of the two


def _stray(draft: Draft, name: Any) -> TensorRef | None:
    """Return the bins that TensorFlow 2.5 stores, in HDF5 or a SavedModel: no other release has a variable for them."""
    for group in draft.source.weights:
        for tensor in group.tensors if group.owner == name else ():
            if tensor.name.rpartition("/")[2] in ("bins:0", "bins"):
                return tensor
    return None


def _numbers(tensor: TensorRef) -> list[float]:
    """Return float32 values that are stored; none where there are too many to be bounds."""
    if tensor.dtype != "float32" or tensor.nbytes > LARGEST:
        return []
    return list(struct.unpack(f"<{tensor.size}f", b"".join(tensor.chunks())))


def effective(bins: list[float]) -> list[float]:
    """Return the sorted bounds among which a number finds the bin that a binary search in `bins` finds for it.

    The search compares with the same few bins on its way, so what it finds grows with the number, whatever the order of
    the bins; each bound is the least of them beyond which it finds more.
    """
    found: list[float] = []
    for bound in sorted({value for value in bins if math.isfinite(value)}):
        beyond = bisect_left(bins, math.nextafter(bound, math.inf))
        found += [bound] * (min(beyond, len(bins) - 1) - len(found))
    return found


def learned(summary: TensorRef, count: Any) -> list[float] | None:
    """Return the bounds that a summary of values, and of how often each counts, gives; None where it gives none."""
    values = _numbers(summary)
    size = len(values) // 2
    if not isinstance(count, int) or count < 1 or not size or summary.shape != (2, size):
        return None
    bounds, weights = values[:size], values[size:]
    step = 1.0 / count
    if size * step >= 1:
        sums: list[float] = []
        for weight in weights:
            sums.append(_single((sums[-1] if sums else 0.0) + weight))
        shares = [_single(one / sums[-1]) for one in sums]
        places = [step + number * step for number in range(math.ceil(1.0 / step))]
        bounds = [_single(_between(place, shares, bounds)) for place in places]
    return bounds[:-1]


def _between(place: float, places: list[float], values: list[float]) -> float:
    """Return the value at a place between those that are known, as numpy.interp does."""
    for number, (left, right) in enumerate(pairwise(places)):
        if left <= place < right:
            slope = (values[number + 1] - values[number]) / (right - left)
            return slope * (place - left) + values[number]
    return values[0] if place < places[0] else values[-1]


def _single(value: float) -> float:
    """Return the float32 next to a value."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
