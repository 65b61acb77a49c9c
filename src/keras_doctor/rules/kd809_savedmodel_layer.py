"""A layer of the model is a SavedModel at a path that the file names.

**What happens.** While the model is built, TensorFlow loads the graph at that path (of this machine, or an address);
its operations run when the model is called.

**Why.** `TFSMLayer` keeps the path alone. It was loaded without asking until Keras 3.12.1, 3.13.2 and 3.14.0
(CVE-2026-1462, GHSA-4f3f-g24h-fr8m); later releases refuse it while safe mode is on.

**How to mend.** If you made the model and the folder, load with `safe_mode=False`.
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

RULE = Rule("KD809", "savedmodel-layer", "security-refused", "warning", ("survey:savedmodel-layer",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the path, and whether the release loads what is there."""
    found: Find = step.subject
    danger = hazard(context.environment, "savedmodel-layer")
    does = "refuses that in safe mode" if danger.works is False else "loads and runs what is there"
    yield RULE.finding(
        step,
        f"a layer is the SavedModel at {shown(found.value)}: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(("TFSMLayer", {"filepath": "/tmp/elsewhere"}), env="keras==3.8.0 tensorflow==2.18.0"),
        "loads and runs",
    ),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
