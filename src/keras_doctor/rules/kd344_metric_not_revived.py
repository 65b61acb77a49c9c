"""A metric of the SavedModel is the user's own, and cannot be brought back.

**What happens.** `Unable to restore custom object of class "MeanMetricWrapper" (type _tf_keras_metric). Please make
sure that this class is included in the custom_objects arg when calling load_model()`.

**Why.** A layer whose class is not known is put together from saved functions; a metric is not, so the load stops,
although the model itself is whole.

**How to mend.** Load with `compile=False`, which needs no metric, or give the function: `custom_objects={"my_metric":
my_metric}`.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD344", "metric-not-revived", "savedmodel-revive", "error", ("savedmodel:metric",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the metric, with the load that does without it."""
    path = context.document.path
    yield RULE.finding(
        step,
        f"the metric {shown(step.subject.class_name, 60)} is not part of Keras, and is needed to compile the model",
        remedies=(
            Remedy(
                "To predict, load without what the model was compiled with:", f"load_model({path!r}, compile=False)"
            ),
        ),
    )


EXAMPLES = (
    Ill(lambda: revived("tensorflow==2.15.1", metric="my_metric"), "the metric my_metric"),
    Well(lambda: revived("tensorflow==2.15.1", metric="mean_absolute_error")),
)
