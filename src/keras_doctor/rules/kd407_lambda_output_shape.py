"""This release cannot use the output shape that a Lambda layer's config states.

**What happens.** `can only concatenate tuple (not "TrackedList") to tuple`, while the model is put together.

**Why.** JSON makes a list of the shape that was a tuple. Keras 3.2 and 3.3 put the batch before it without making it a
tuple again.

**How to mend.** Load with Keras 3.4 or later, or take the shape out of the config where it can be inferred.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import PLAIN_CODE, lambda_model
from keras_doctor.rules.spoken import release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.lambdas import Function
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD407", "lambda-output-shape", "graph-reconstruction", "error", ("lambda:shape",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the release."""
    held: Function = step.subject
    yield RULE.finding(
        step,
        f"{release_of(held.api)} cannot put the batch before the output shape of a Lambda layer",
        remedies=ways_out(context),
    )


EXAMPLES = (
    Ill(
        lambda: lambda_model(PLAIN_CODE, env="python==3.11 keras==3.3.3 tensorflow==2.16.2", output_shape=[3]),
        "cannot put the batch before",
    ),
    Well(lambda: lambda_model(PLAIN_CODE, env="python==3.11 keras==3.3.3 tensorflow==2.16.2")),
    Well(lambda: lambda_model(PLAIN_CODE, env="python==3.11 keras==3.8.0 tensorflow==2.18.0", output_shape=[3])),
)
