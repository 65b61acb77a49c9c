"""The config names a function of Keras that is no part of a model.

**What happens.** `keras.utils.get_file` downloads and unpacks an archive, `keras.config.enable_unsafe_deserialization`
lets the code in the rest of the file run, `keras.saving.load_model` loads another file without asking.

**Why.** Any function that Keras exports, or holds inside, could stand where a layer's function stands: CVE-2025-8747
and CVE-2025-9906 until 3.11.0, with the unpacking of CVE-2025-12060, CVE-2025-12638 and CVE-2024-55459; functions that
do not calculate until 3.12.3 and 3.15.0 (26 names are refused since).

**How to mend.** Do not load it. No saved layer names such a function.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.hazards import hazard
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.survey import Find
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD807", "inner-function", "security-refused", "error", ("survey:inner-function",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the function, and whether the release lets a file name it."""
    found: Find = step.subject
    danger = hazard(context.environment, "inner-function", "other-function")
    does = "refuses it" if danger.works is False else "calls it when the model is built"
    yield RULE.finding(
        step,
        f"the config names {shown(found.module, 60)}.{shown(found.name, 60)}: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(
            ("Lambda", {"function": {"module": "keras.utils", "class_name": "function", "config": "get_file"}}),
            env="keras==3.10.0 tensorflow==2.18.0",
        ),
        "calls it",
    ),
    Well(
        lambda: sequential(
            ("Lambda", {"function": {"module": "keras.activations", "class_name": "function", "config": "relu"}})
        )
    ),
)
