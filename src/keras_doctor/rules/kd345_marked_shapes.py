"""The configs mark shapes and tuples in a way that this release does not know.

**What happens.** `Error converting shape to a TensorShape: invalid literal for int() with base 10: 'class_name'`,
`KeyError: 0`, `The added layer must be an instance of class Layer`.

**Why.** Since TensorFlow 2.2 the JSON of a SavedModel says which lists are shapes and tuples: `{"class_name":
"TensorShape", "items": [null, 4]}`. Loaders up to 2.1 take that for the shape itself.

**How to mend.** Load it with TensorFlow 2.2 or later.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived
from keras_doctor.rules.spoken import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD345", "marked-shapes", "config-value", "error", ("savedmodel:shapes",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report shapes that the loader takes for something else."""
    yield RULE.finding(
        step,
        f"{told(context.environment)} does not know how the configs of this SavedModel write shapes",
        remedies=(fresh(context.document, context.environment.python),),
        cause=step.subject.cause or RULE.cause,
    )


EXAMPLES = (
    Ill(lambda: revived("tensorflow==2.0.4", marked=True), "write shapes"),
    Well(lambda: revived("tensorflow==2.3.4", marked=True)),
)
