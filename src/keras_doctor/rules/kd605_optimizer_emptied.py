"""Keras 3 loses the optimizer's variables of an HDF5 file, and cannot train the model on.

**What happens.** The model loads and predicts what it should. Trained further, it raises `Unknown variable: <Variable
path=…>. This optimizer can only be called for the variables it was originally built with`, with JAX `Argument
`optimizer_variables` must be a list of tensors`.

**Why.** Where an HDF5 file holds variables of an optimizer, Keras 3 builds the optimizer for the variables that the
model has beside those of its layers, which are none, before it reads them: what it then reads finds no place, and the
optimizer takes no other variables any more. This is so in every release from 3.0 on.

**How to mend.** To predict, nothing. To train, compile the model again after loading; training starts afresh. To go on
where it stopped, let `keras-doctor repair` make a `.keras` archive of the file, which keeps what the optimizer knows.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.kd603_optimizer_state import trained_further
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import NEWEST
from keras_doctor.rules.spoken import release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD605", "optimizer-emptied", "training-state-lost", "warning", ("optimizer:emptied",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report that the optimizer's variables are not read."""
    api, count = step.subject
    yield RULE.finding(
        step,
        f"{release_of(api)} reads none of the optimizer's {count} variables from HDF5, and training raises: Unknown "
        "variable",
        remedies=(
            Remedy("Before you train it, compile the model again:", "model.compile(optimizer, loss)"),
            Remedy(
                "Or make an archive of it, which goes on where training stopped:",
                f"keras-doctor repair {context.document.path} model.keras",
            ),
        ),
    )


EXAMPLES = (
    Ill(lambda: trained_further((), (4, 3), (3,), env=NEWEST), "none of the optimizer's 3 variables"),
    Well(lambda: trained_further(env=NEWEST)),
    Well(lambda: trained_further((), (4, 3), (3,))),
)
