"""A keyword that the target's constructor does not take is left out, where that changes nothing.

Either it stands at the default that every release gives it, or at what its absence means (`absent.tsv`), or it says
nothing about what a built model computes (`idle.tsv`). What is neither stays, and the target refuses it: another fix
must say the same in other words, or nobody can.
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.knowledge import is_default
from keras_doctor.fixes.tables import idle, meant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("keyword-dropped", ("keyword:refused", "value:refused"), rank=9)  # what has another name keeps its value


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Leave out the refused keywords that change nothing."""
    made: Built = step.subject
    reference = made.reference
    config = draft.config_at(reference.path)
    if config is None:
        return
    for name in (*made.refused, *(name for name, _, _ in made.values)):
        if name not in config:
            continue
        why = idle(made.definition.kind, made.definition.class_name, name)
        if name not in made.refused and not why:
            continue
        if not why and is_default(reference, name, config[name]):
            why = "it is the default"
        if not why and config[name] == meant(reference.kind, made.definition.class_name, name):
            why = "it is what a layer without it does"
        if why:
            value = config.pop(name)
            yield Change(FIX.slug, f"leave out {name} = {value!r} of {reference.name}: {why}", step.where)
