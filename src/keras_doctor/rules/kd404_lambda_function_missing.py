"""The function of a Lambda layer is saved by its name, and its definition is not given.

**What happens.** `Could not locate function 'named_fn'`, `Unknown function in Lambda layer`, `unsupported callable`.

**Why.** A function that has a name is saved as that name alone; the loader must be told what it stands for.

**How to mend.** Give the function to the loader.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import PLAIN_CODE, lambda_model
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.lambdas import Function
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD404", "lambda-function-missing", "custom-object-missing", "error", ("lambda:unlocated",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the name of the function."""
    held: Function = step.subject
    name = shown(held.name, 60)
    yield RULE.finding(
        step,
        f"the function {name} of a Lambda layer is not part of Keras, and its definition is not given",
        remedies=(
            Remedy(
                "Give its definition to the loader:",
                f"load_model({context.document.path!r}, custom_objects={{{name!r}: {name}}})",
            ),
        ),
    )


_NAMED = {"module": "builtins", "class_name": "function", "config": "named_fn", "registered_name": "function"}

EXAMPLES = (
    Ill(lambda: lambda_model(_NAMED), "the function named_fn of a Lambda layer"),
    Well(lambda: lambda_model({**_NAMED, "config": "relu"})),
    Well(lambda: lambda_model(PLAIN_CODE)),
)
