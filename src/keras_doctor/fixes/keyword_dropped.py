"""A keyword that the target's constructor does not take is left out, where that changes nothing.

It stands at the default that the release has which wrote it: then the model is the same without it. What is not at its
default stays, and the target refuses it: another fix must say the same in other words, or nobody can.
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.knowledge import is_default

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("keyword-dropped", ("keyword:refused",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Leave out the refused keywords that stand at their default."""
    made: Built = step.subject
    entry = draft.at(made.reference.path)
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict):
        return
    for name in made.refused:
        if name in config and is_default(made.reference, name, config[name]):
            value = config.pop(name)
            yield Change(
                FIX.slug, f"leave out {name} = {value!r} of {made.reference.name}, which is its default", step.where
            )
