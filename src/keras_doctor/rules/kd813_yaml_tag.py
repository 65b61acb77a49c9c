"""The YAML text asks for Python objects to be made.

**What happens.** `yaml.load` imports and calls what the tag names: `!!python/object/apply:os.system`.

**Why.** Keras 1 and 2 and tf.keras up to 2.5 read an architecture with a YAML reader that makes any Python object
(CVE-2021-37678, GHSA-r6jx-9g48-2r5r). TensorFlow 2.6 removed `model_from_yaml`; 2.3.4, 2.4.3 and 2.5.1 refuse to read.

**How to mend.** Do not load it. Tags for tuples and plain text are harmless and are read here; no other stands in a
saved architecture.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.hazards import hazard
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.spoken import shown
from keras_doctor.wire.errors import Oddity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD813", "yaml-tag", "security-refused", "error", ("oddity:yaml-tag",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the tag, and whether the release obeys it."""
    danger = hazard(context.environment, "yaml")
    does = "reads no YAML" if danger.works is False else "does what it says"
    yield RULE.finding(
        step,
        f"{shown(step.subject.what, 200)}: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(
        lambda: sample(
            "yaml-architecture",
            container="text",
            path="model.yaml",
            env="tensorflow==2.4.4",
            oddity=Oddity("yaml-tag", "the tag !!python/object/apply:os.system asks for a Python object"),
        ),
        "does what it says",
    ),
    Well(lambda: sample("yaml-architecture", container="text", path="model.yaml")),
)
