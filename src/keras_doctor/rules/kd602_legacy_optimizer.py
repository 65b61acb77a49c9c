"""The model was trained with a legacy optimizer, which this release does not have.

**What happens.** `keras.optimizers.legacy is not supported in Keras 3`, `Could not deserialize
'keras.optimizers.legacy.Adam' because it is not a KerasSaveable subclass`, or `the class is missing a from_config()
method`.

**Why.** tf.keras 2.9 to 2.15 had two generations of optimizers. Keras 3 has the names of the older one only to say that
it is gone.

**How to mend.** Load with `compile=False`, which is all that predictions need. To train on, compile again with the
optimizer of the same name: its numbers stand in the config, `decay` becomes a learning-rate schedule.
"""

from __future__ import annotations

from keras_doctor.document.model import TrainingState
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import entry, sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD602", "legacy-optimizer", "optimizer-unresolvable", "error", ("object:unresolved",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an optimizer of the older generation."""
    found: Resolution = step.subject
    if found.problem != "legacy-optimizer":
        return
    yield RULE.finding(
        step,
        f"{release_of(found.api)} has no legacy optimizers, such as {shown(found.reference.name, 40)}",
        remedies=(
            Remedy("Load the model without its training config:", "keras.models.load_model(path, compile=False)"),
        ),
    )


def _trained(module: str) -> TrainingState:
    return TrainingState({"optimizer": entry("Adam", {"name": "Adam"}, module), "loss": "mse"}, "compile_config")


EXAMPLES = (
    Ill(lambda: sequential(training=_trained("keras.optimizers.legacy")), "has no legacy optimizers, such as Adam"),
    Well(lambda: sequential(training=_trained("keras.optimizers"))),
)
