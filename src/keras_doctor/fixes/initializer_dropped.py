"""An initializer that the target does not know, or not with this value, is left to the default.

It only makes the first values of weights, and those are stored.
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built, Resolution
    from keras_doctor.loaders.tracing import Step

FIX = Fix("initializer-dropped", ("object:unresolved", "value:refused"), rank=9)  # what has another name gets that


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Leave out an initializer."""
    found: Resolution | Built = step.subject
    reference = found.reference
    if reference.kind != "initializers" or not reference.key:
        return
    holder = draft.at(reference.path.removesuffix(f".{reference.key}"))
    if isinstance(holder, dict) and holder.pop(reference.key, None) is not None:
        message = f"leave out {reference.key} = {reference.name} of {reference.parent}: the weights are stored"
        yield Change(FIX.slug, message, step.where)
