"""A keyword that the target knows under another name gets that name.

Keras 2 holds the names of Keras 1 in decorators of its constructors, with the values that changed too: they are read
from there. Others stand in `renames.tsv`.
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.tables import other_names
from keras_doctor.loaders.load import api_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

FIX = Fix("keyword-renamed", ("keyword:refused",))
_TRANSLATOR = ("keras", "2.3.1")  # the last release with the names of Keras 1


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Give refused keywords the names that the target takes."""
    made: Built = step.subject
    reference = made.reference
    config = draft.config_at(reference.path)
    if config is None:
        return
    taken = set(target.api.accepts(made.definition).names())
    older = dict(_older(reference.name, reference.kind))
    for name in made.refused:
        candidates = [*other_names(reference.kind, made.definition.class_name, name), *older.get(name, ())]
        new = next((one for one in candidates if one in taken and one not in config), None)
        if name in config and new is not None:
            config[new] = _translated(reference.name, reference.kind, name, config.pop(name))
            yield Change(FIX.slug, f"call {name} of {reference.name} {new}", step.where)


def _older(name: str, kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names of Keras 1 that Keras 2 takes, with its own."""
    api = api_of(*_TRANSLATOR)
    definition = api.find(name, kind)
    for old, new in api.accepts(definition).renamed if definition else ():
        yield old, (new,)


def _translated(name: str, kind: str, keyword: str, value: Any) -> Any:
    """Return the value in Keras 2's words: dim_ordering "th" is data_format "channels_first"."""
    api = api_of(*_TRANSLATOR)
    definition = api.find(name, kind)
    for key, old, new in api.accepts(definition).translated if definition else ():
        if key == keyword and old.strip("'\"") == value:
            return new.strip("'\"")
    return value
