"""A lookup layer reads its vocabulary from a path or address that the file names.

**What happens.** While the model is built, the layer opens the path: a file of this machine becomes part of the model
(and of what it puts out), an address is fetched.

**Why.** `vocabulary` of StringLookup, IntegerLookup and TextVectorization may be a list or a path. Saved models hold
the list or an asset, never a path of their own; since Keras 3.12.0 a path is refused (CVE-2025-12058,
GHSA-mq84-hjqx-cwf2). tf.keras and tf-keras read it.

**How to mend.** If the path is yours, set the vocabulary in code instead; otherwise do not load it.
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

RULE = Rule("KD808", "vocabulary-path", "security-refused", "error", ("survey:vocabulary",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the path, and whether the release opens it."""
    found: Find = step.subject
    danger = hazard(context.environment, "vocabulary-path")
    does = "refuses that" if danger.works is False else "opens it while the model is built"
    yield RULE.finding(
        step,
        f"the vocabulary of a {found.name} is the path {shown(found.value)}: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(("StringLookup", {"vocabulary": "/etc/passwd"}), env="keras==3.8.0 tensorflow==2.18.0"),
        "opens it",
    ),
    Well(lambda: sequential(("StringLookup", {"vocabulary": ["/etc/passwd", "b"]}))),
)
