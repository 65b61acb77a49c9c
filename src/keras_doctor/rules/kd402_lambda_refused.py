"""The model holds Python code of a Lambda layer, which this release refuses to read.

**What happens.** `Requested the deserialization of a Lambda layer with a Python lambda inside it` (or `whose function
is a Python lambda`). The load stops there.

**Why.** To read such code is to run whatever its author wrote. `.keras` archives are refused by every release that
reads them, HDF5 files by Keras 3.11.3 and later; those before, and tf.keras, run the code of an HDF5 file without
asking.

**How to mend.** If you trust who made the file, say so: `safe_mode=False`. To be rid of the question, put a layer of
your own or of Keras in the place of the Lambda.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import PLAIN_CODE, lambda_model
from keras_doctor.rules.spoken import release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.lambdas import Function
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD402", "lambda-refused", "lambda-refused", "error", ("lambda:refused",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report code that the release refuses in this kind of file."""
    held: Function = step.subject
    yield RULE.finding(
        step,
        f"{release_of(held.api)} refuses the Python code of a Lambda layer's {held.slot}",
        remedies=(
            Remedy(
                "If you trust whoever made this file, let its code be read:",
                f"load_model({context.document.path!r}, safe_mode=False)",
            ),
        ),
    )


EXAMPLES = (
    Ill(lambda: lambda_model(PLAIN_CODE), "refuses the Python code"),
    Well(lambda: lambda_model(PLAIN_CODE, env="python==3.11 keras==3.8.0 tensorflow==2.18.0")),
)
