"""The graph has operations that reach files or Python.

**What happens.** When the model is called, the graph reads or writes files of this machine, or calls Python.

**Why.** A SavedModel is a program (what evaluates it at a command line has had its own trouble: CVE-2022-29216).
Operations such as ReadFile, WriteFile and PyFunc are in TensorFlow for input pipelines and have no place in a model.
What a graph computes can end the process, too: CVE-2021-41198 (tf.tile, before TensorFlow 2.4.4, 2.5.2, 2.6.1, 2.7.0).

**How to mend.** Ask who made it. Run it, if at all, where there is nothing to read.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.hazards import hazard
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.survey import Find
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD814", "graph-operations", "security-refused", "error", ("survey:graph",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the operations, and whether the release reads such graphs at all."""
    found: Find = step.subject
    danger = hazard(context.environment, "graph-operations")
    does = "does not read SavedModels" if danger.works is False else "runs them when the model is called"
    yield RULE.finding(
        step,
        f"the graph has the operations {', '.join(found.value[:8])}: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(lambda: revived("tensorflow==2.15.1", ops=("MatMul", "WriteFile")), "the operations WriteFile"),
    Well(lambda: revived("tensorflow==2.15.1", ops=("MatMul", "RestoreV2", "SaveV2"))),
)
