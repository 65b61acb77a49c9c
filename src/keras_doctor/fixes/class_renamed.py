"""A class that the target knows under another name gets that name: `classes.tsv`."""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.tables import rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

FIX = Fix("class-renamed", ("object:unresolved",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put a name that the target knows in the place of one that it does not."""
    found: Resolution = step.subject
    reference = found.reference
    for kind, *names in rows("classes.tsv"):
        if kind != reference.kind or reference.name not in names:
            continue
        new = next((name for name in names if name != reference.name and target.api.find(name, kind)), None)
        if new is None:
            return
        value = draft.at(reference.path)
        if isinstance(value, dict):
            value["class_name"] = new
            name_module(value, kind, target.api)
        else:
            draft.put(reference.path, new)
        yield Change(
            FIX.slug, f"call {reference.name} {new}, as {target.api.library} {target.api.version} does", step.where
        )
