"""The kernel that normalizes images at once takes no epsilon below 1.001e-5 in TensorFlow before 2.12: the smaller one
that a config states is not what such a release computes with.

Where the target takes it as it stands, what was computed with is written down; where the target is the one that takes
no less, its layer is told to go without that kernel, if it can be.
Sources: `fused_batch_norm` of tensorflow/python/ops/nn_impl.py (2.10, 2.12); `BatchNormalizationBase.build` of
keras/layers/normalization/batch_normalization.py (2.10); `batch_normalization` of
keras/backend/tensorflow_backend.py (2.2.4).
"""

from __future__ import annotations

from keras_doctor.document.expressions import shift
from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.fused import LEAST, fused
from keras_doctor.layers.graph import infer
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.tracing import Step

FIX = Fix("least-epsilon", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """State the epsilon that is computed with, or have it computed with."""
    provenance = draft.source.provenance
    before = semantics_of(provenance, provenance.era).get("least_epsilon")
    after = target.semantics.get("least_epsilon")
    if before == after == "none" or provenance.backend in ("theano", "cntk"):
        return
    shapes = None
    for owner, parts, entry in list(layers_with_parts(draft.config)):
        config = entry.get("config")
        if not _is_small(entry) or not isinstance(config, dict) or len(parts) != 1:
            continue
        shapes = shapes or _shapes(draft)
        given = shapes.get(id(entry))
        definition = target.api.find("BatchNormalization", "layers")
        if given is None or definition is None:
            continue
        kept = {key: value for key, value in config.items() if key not in target.api.refused(definition, (key,))}
        raised = _taken(kept, len(given), after)
        if _taken(config, len(given), before) == raised:
            continue
        name, epsilon = str(config.get("name")), config["epsilon"]
        if not raised:
            config["epsilon"] = LEAST
            yield Change(FIX.slug, f"state epsilon = {LEAST} of {name}, which it computed with instead of {epsilon}")
        elif not target.api.refused(definition, ("fused",)):
            config["fused"] = False
            yield Change(FIX.slug, f"let {name} do without the fused kernel, which takes no epsilon of {epsilon}")
        elif (parts[0], "moving_variance") in draft.tensors(owner):
            variance = draft.tensors(owner)[parts[0], "moving_variance"]
            draft.tensors(owner)[parts[0], "moving_variance"] = shift(variance, epsilon - LEAST)
            message = f"subtract from the variances of {name} what its epsilon of {epsilon} is raised by"
            note = "each is rounded once, and training sees another variance"
            yield Change(FIX.slug, message, kind=APPROXIMATE, note=note)


def _taken(config: dict[str, Any], rank: int, fact: str) -> bool:
    axis = config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    return all(type(one) is int for one in axes) and fused(rank, [one % rank for one in axes], config, fact)


def _is_small(entry: Any) -> bool:
    """Tell whether an entry is a BatchNormalization with an epsilon that the kernel does not take."""
    config = entry.get("config")
    epsilon = config.get("epsilon") if isinstance(config, dict) else None
    return (
        entry.get("class_name") in ("BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2")
        and isinstance(epsilon, float)
        and 0 <= epsilon < LEAST
    )


def _shapes(draft: Draft) -> dict[int, Shape | None]:
    """Return what each layer is called on, by the entry."""
    found: dict[int, Shape | None] = {}
    for shape in infer(draft.config, draft.era):
        if shape.input_shapes:
            found[id(draft.at(shape.path))] = shape.input_shapes[0]
    return found
