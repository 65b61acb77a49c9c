"""The remedy for what is wrong with a training config only."""

from __future__ import annotations

from keras_doctor.findings import Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rules.rule import Context


def uncompiled(context: Context) -> tuple[Remedy, ...]:
    """Return the way to load a model without what it was compiled with, where the release has one."""
    library, version = context.environment.release
    if library == "keras" and (version or "").startswith("1."):
        return ()  # load_model has no argument compile
    return (
        Remedy(
            "Load the model without its training config (then compile it, if you want to train it further):",
            f"load_model({context.document.path!r}, compile=False)",
        ),
    )
