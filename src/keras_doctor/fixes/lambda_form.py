"""The function of a Lambda that Keras 3 wrote is written as the releases before it read functions.

Keras 3 keeps code as a dict (`__lambda__`) and a function of the user's own as another; the others keep the code, its
defaults and its closure as a list, or the name alone, and say beside it which of the two it is. The code itself stays
as it is: whether the target's Python reads it, and who defines the names that it uses, is for the rules to say.
Sources: `Lambda.get_config` of keras/layers/core.py (2.2) and keras/src/layers/core/lambda_layer.py (2.15, 3.15).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.loaders.lambdas import SLOTS
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.lambdas import Function
    from keras_doctor.loaders.tracing import Step

FIX = Fix("lambda-form", ("lambda:form",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write every function of the layer anew."""
    stuck: Function = step.subject
    config = draft.config_at(stuck.reference.path)
    if config is None or target.api.line == "keras-3":
        return
    written = [slot for slot in SLOTS if config.get(slot) is not None and _written(config, slot)]
    if "function" in written:
        for key, value in (("output_shape", None), ("output_shape_type", "raw")):  # Keras 2 wants to find both
            config.setdefault(key, value)
        if has("finds-lambda-globals-in-module", target.api.library, target.api.version):
            config["module"] = "__main__"  # of whoever loads it
        yield Change(FIX.slug, f"write the function of {config.get('name', 'Lambda')} as older releases do", step.where)


def _written(config: dict[str, Any], slot: str) -> bool:
    """Write one function, if it is one of Keras 3's; tell whether it was."""
    value = config[slot]
    held = value.get("config") if isinstance(value, dict) else None
    if isinstance(held, dict) and value.get("class_name") == "__lambda__":
        config[slot] = [held.get("code"), held.get("defaults"), held.get("closure")]
        config[f"{slot}_type"] = "lambda"
        return True
    if isinstance(held, str) and value.get("class_name") == "function":
        config[slot], config[f"{slot}_type"] = held, "function"
        return True
    return False
