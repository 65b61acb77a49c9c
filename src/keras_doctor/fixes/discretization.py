"""Discretization puts a number into a bin by its boundaries, and releases differ in two ways.

Its dtype: tf.keras writes int64, the dtype of what it puts out, and Keras 3 with TensorFlow casts what comes in to
that: it truncates 0.7 to 0. Nobody else does, so for them the boundaries of a model that was trained so are moved to
where whole numbers begin. Which side a boundary belongs to: TensorFlow 2.5 counts a number that equals one to the bin
below, all others to the bin above; the next float32 after the boundary says the same to them.
"""

from __future__ import annotations

import math
import struct

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("discretization", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write the boundaries and the dtype so that the target finds the same bins."""
    before = semantics_of(draft.source.provenance, draft.source.provenance.era).get("bins")
    after = target.semantics.get("bins")
    truncated = draft.era == "keras-3" and draft.source.provenance.backend == "tensorflow"
    whole = truncated and (target.api.line != "keras-3" or target.environment.backend not in ("", "tensorflow"))
    for _, _, entry in layers_with_parts(draft.config):
        config = entry.get("config")
        if entry.get("class_name") != "Discretization" or not isinstance(config, dict):
            continue
        name = config.get("name", "Discretization")
        truncates = target.api.line == "keras-3" and draft.era != "keras-3"
        if truncates and str(config.get("dtype", "")).startswith("int"):
            config["dtype"] = "float32"
            yield Change(FIX.slug, f"let {name} take fractions: dtype float32")
        bounds = config.get("bin_boundaries")
        if not isinstance(bounds, list) or not all(isinstance(bound, (int, float)) for bound in bounds):
            continue
        if whole and str(config.get("dtype", "")).startswith("int"):
            config["bin_boundaries"] = [_whole(bound) for bound in bounds]
            config["dtype"] = "float32" if target.api.line == "keras-3" else config["dtype"]
            yield Change(FIX.slug, f"move the boundaries of {name} to whole numbers: decimals were cut off before it")
        if before == "boosted" and after != "boosted":
            config["bin_boundaries"] = [_next(bound) for bound in bounds]
            yield Change(FIX.slug, f"move the boundaries of {name} to the next float32, for the bin below has them")


def _whole(bound: float) -> float:
    """Return the boundary for a number that stands for what is left of it without its decimals."""
    least = math.ceil(bound)
    return float(least) if least > 0 else _next(least - 1)


def _next(bound: float) -> float:
    """Return the smallest float32 that is greater."""
    (bits,) = struct.unpack("<i", struct.pack("<f", bound))
    if bound == 0:
        return float(struct.unpack("<f", struct.pack("<i", 1))[0])
    return float(struct.unpack("<f", struct.pack("<i", bits + (1 if bound > 0 else -1)))[0])
