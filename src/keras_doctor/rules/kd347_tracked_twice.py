"""A model inside the model is tracked under a name that is taken.

**What happens.** `Called Trackable._track_trackable() with name='layer-1', but a Trackable with this name is already
declared as a dependency. Names must be unique`.

**Why.** SavedModels of TensorFlow up to 2.0 list the layers of a nested model in another way than loaders since 2.6
expect.

**How to mend.** Load it with TensorFlow 2.1 to 2.5 and save it again.
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

RULE = Rule("KD347", "tracked-twice", "name-invalid", "error", ("savedmodel:tracked-twice",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a nested model of an old SavedModel."""
    yield RULE.finding(
        step,
        f"{told(context.environment)} tracks a layer of the nested model twice and stops",
        remedies=(fresh(context.document, context.environment.python),),
    )


EXAMPLES = (
    Ill(
        lambda: revived("tensorflow==2.15.1", nested=True, facts={"tensorflow_version": "2.0.4"}), "nested model twice"
    ),
    Well(lambda: revived("tensorflow==2.15.1", nested=True, facts={"tensorflow_version": "2.4.4"})),
)
