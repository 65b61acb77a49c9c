"""A function of the user's own as an activation is written in the form in which the target looks for it.

Keras 3 looks up a bare name in its own table alone and finds the user's functions when the entry says that it is one
(`activations.get` of 3.0 to 3.15); tf.keras that reads HDF5 takes such an entry for a function called "function".
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

FIX = Fix("custom-function", ("object:unresolved",), rank=1)


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write an activation that is not one of Keras's as the other form has it."""
    found: Resolution = step.subject
    reference = found.reference
    if reference.kind != "activations":
        return
    value = draft.at(reference.path)
    modern = target.api.line == "keras-3"
    if modern and isinstance(value, str):
        draft.put(
            reference.path,
            {"module": "builtins", "class_name": "function", "config": value, "registered_name": "function"},
        )
        name = value
    elif not modern and reference.function and isinstance(value, dict) and isinstance(value.get("config"), str):
        name = value["config"]
        draft.put(reference.path, name)
    else:
        return
    yield Change(
        FIX.slug, f"write the activation {name} as {target.api.library} looks for functions of others", step.where
    )
