"""The function of a Lambda layer is saved in a form that this release does not read.

**What happens.** `KeyError: 'function_type'`, `unsupported callable`: the layer cannot be built.

**Why.** tf.keras and the Kerases before it keep the code as a list and say beside it (`function_type`) what it is;
Keras 3 writes a dict (`__lambda__`) and no more.

**How to mend.** Load the file with the line of releases that saved it.
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

RULE = Rule("KD406", "lambda-form", "config-value", "error", ("lambda:form",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a function that stands in the way of another era."""
    held: Function = step.subject
    yield RULE.finding(
        step,
        f"{release_of(held.api)} does not read the form in which a Lambda layer's {held.slot} is saved",
        remedies=ways_out(context),
    )


EXAMPLES = (
    Ill(lambda: lambda_model(PLAIN_CODE, env="python==3.11 tensorflow==2.15.0"), "does not read the form"),
    Well(lambda: lambda_model(PLAIN_CODE)),
)
