"""The code of a Lambda layer was written by another Python.

**What happens.** `bad marshal data (unknown type code)`, `EOFError: EOF read where object expected`, `SystemError:
unknown opcode`, or the process dies.

**Why.** A Lambda layer is saved as the compiled code of its function, and each Python has its own: a code object of 3.7
cannot be read by 3.8, one of 3.10 not by 3.11; within a family a short function can mean the same.

**How to mend.** Load it with the Python that wrote it and put a named function or a layer in the place of the Lambda,
or rebuild the model from its source and load the weights.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import PLAIN_CODE, lambda_model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.lambdas import Function
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD403", "lambda-bytecode", "bytecode-incompatible", "error", ("lambda:bytecode",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report code that the Python of the environment cannot read."""
    held: Function = step.subject
    by = f"of Python {_spoken(held.writers)}" if held.writers else "as it stands in the config"
    yield RULE.finding(
        step,
        f"Python {held.python} cannot read the code of a Lambda layer's {held.slot} {by}",
        remedies=(
            Remedy(
                f"Load the model with Python {held.writers[-1]} and put a layer in the place of the Lambda."
                if held.writers
                else "Rebuild the model from its source and load the weights into it."
            ),
        ),
    )


def _spoken(pythons: tuple[str, ...]) -> str:
    return pythons[0] if len(pythons) == 1 else f"{pythons[0]} to {pythons[-1]}"


EXAMPLES = (
    Ill(
        lambda: lambda_model(PLAIN_CODE, env="python==3.9 keras==3.8.0 tensorflow==2.18.0"),
        "Python 3.9 cannot read the code of a Lambda layer's function of Python 3.11",
    ),
    Well(lambda: lambda_model(PLAIN_CODE, env="python==3.11 keras==3.8.0 tensorflow==2.18.0")),
)
