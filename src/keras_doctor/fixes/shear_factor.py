"""A RandomShear is told its factor as a number, which it takes, instead of as the two bounds that it made of it.

It refuses the bound below zero when it reads its own config again, and makes the same bounds of the number.
Source: `_set_factor_with_name` of keras/src/layers/preprocessing/image_preprocessing/random_shear.py (3.15).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

FIX = Fix("shear-factor", ("build:refused",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write the numbers."""
    made: Resolution = step.subject
    config = draft.config_at(made.reference.path)
    if made.reference.name != "RandomShear" or config is None:
        return
    for key in ("x_factor", "y_factor"):
        bounds = config.get(key)
        if isinstance(bounds, list) and len(bounds) == 2 and bounds[0] == -bounds[1] and bounds[1] > 0:
            config[key] = bounds[1]
            yield Change(FIX.slug, f"write {key} = {bounds[1]} of {config.get('name')} for its bounds", step.where)
