"""The function of a Lambda layer uses names that it will not find.

**What happens.** `NameError: name 'tf' is not defined`: while the model is put together, or, where the config states
the output shape, when it first predicts. Keras 3 says `We could not automatically infer the shape of the Lambda's
output`.

**Why.** Only the code of a function is saved, not what its names stand for. They are looked for in a module of Keras:
that of Keras 1 and 2 has K and np, that of tf.keras tf and np, that of Keras 3 none of them.

**How to mend.** Give what the names stand for to the loader (up to 2.15), or import inside the function.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import GLOBAL_CODE, PLAIN_CODE, lambda_model
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.lambdas import Function
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD405", "lambda-globals", "lambda-not-runnable", "error", ("lambda:globals",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the names that are not there."""
    held: Function = step.subject
    names = ", ".join(shown(name, 40) for name in held.missing[:8])
    given = ", ".join(f"{shown(name, 40)!r}: {shown(name, 40)}" for name in held.missing[:8])
    modern = held.api.line == "keras-3"
    if "." in held.missing[0]:
        yield RULE.finding(
            step,
            f"the {held.slot} of a Lambda layer uses {names}, which is not there with {release_of(held.api)}",
            remedies=(Remedy("Put a layer or a function with the newer name in the place of the Lambda."),),
        )
        return
    yield RULE.finding(
        step,
        f"the {held.slot} of a Lambda layer uses {names}, which {release_of(held.api)} does not give to it",
        effect="fails" if held.fatal else "loads-not-runnable",
        remedies=(
            Remedy("Put a named function that imports what it needs in the place of the Lambda.")
            if modern
            else Remedy(
                "Give what the names stand for to the loader:",
                f"load_model({context.document.path!r}, custom_objects={{{given}}})",
            ),
        ),
    )


_OLDER = "python==3.11 keras==3.8.0 tensorflow==2.18.0"

EXAMPLES = (
    Ill(lambda: lambda_model(GLOBAL_CODE, env=_OLDER), "uses tf"),
    Ill(lambda: lambda_model(GLOBAL_CODE, env=_OLDER, output_shape=[3]), "uses tf"),
    Well(lambda: lambda_model(PLAIN_CODE, env=_OLDER)),
)
