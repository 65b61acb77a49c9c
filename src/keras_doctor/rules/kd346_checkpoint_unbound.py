"""A variable or table of a layer does not find its values in the SavedModel's checkpoint.

**What happens.** `Found 2 Python objects that were not bound to checkpointed values`, `tensor_name =
layer_with_weights-0/count/…: expected dtype int64 does not equal original dtype int32`.

**Why.** Values are found by where an object hangs in the graph of objects. The lookup layers of TensorFlow 2.3 to 2.6
keep their table elsewhere than later ones, and Normalization counts in int64 since 2.3.

**How to mend.** Load it with the release that saved it and save it again as `.h5` or `.keras`.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived
from keras_doctor.rules.spoken import shown, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD346", "checkpoint-unbound", "savedmodel-revive", "error", ("savedmodel:checkpoint",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer and what it does not find."""
    found = step.subject
    yield RULE.finding(
        step,
        f"{told(context.environment)} cannot restore the {found.class_name} {shown(found.name, 60)}: {found.problem}",
        remedies=(fresh(context.document, context.environment.python),),
        cause=found.cause or RULE.cause,
    )


EXAMPLES = (
    Ill(lambda: revived("tensorflow==2.10.1", layer=("StringLookup", {"name": "lookup"})), "finds no values"),
    Well(lambda: revived("tensorflow==2.4.4", layer=("StringLookup", {"name": "lookup"}))),
)
