"""Discretization puts a number into a bin by its boundaries, and releases differ in two ways.

Its dtype: tf.keras writes int64, the dtype of what it puts out, and Keras 3 casts what comes in to that: it would
truncate 0.7 to 0. Which side a boundary belongs to: TensorFlow 2.5 counts a number that equals one to the bin below,
all others to the bin above; the next float32 after the boundary says the same to them.
"""

from __future__ import annotations

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
        if before == "boosted" and after != "boosted" and isinstance(bounds, list):
            config["bin_boundaries"] = [_next(bound) for bound in bounds]
            yield Change(FIX.slug, f"move the boundaries of {name} to the next float32, for the bin below has them")


def _next(bound: float) -> float:
    """Return the smallest float32 that is greater."""
    (bits,) = struct.unpack("<i", struct.pack("<f", bound))
    if bound == 0:
        return float(struct.unpack("<f", struct.pack("<i", 1))[0])
    return float(struct.unpack("<f", struct.pack("<i", bits + (1 if bound > 0 else -1)))[0])
