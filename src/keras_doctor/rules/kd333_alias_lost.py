"""A loss or metric has a short name that Keras 3 does not find again.

**What happens.** `Could not deserialize 'keras.metrics.mse' because it is not a KerasSaveable subclass`, before 3.11
`Could not locate function 'mse'`.

**Why.** `compile(loss="mse")` is written into an HDF5 file as it was given. Keras 3 finds the function for it, and then
looks for that once more by its public name; aliases are not public, so that `mean_squared_error` is found and `mse` is
not. This is what most compiled models of Keras 2 stumble over.

**How to mend.** Load the model with `compile=False` and compile it, or repair it: the full name goes in place of the
alias.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import NEWEST, trained
from keras_doctor.rules.spoken import named, release_of, shown
from keras_doctor.rules.strangers import stage_cause
from keras_doctor.rules.uncompiled import uncompiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD333", "alias-lost", "loss-or-metric-unresolvable", "error", ("object:unresolved",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a function that is found by an alias."""
    found: Resolution = step.subject
    reference = found.reference
    if found.problem != "alias":
        return
    made = found.api.find(reference.name, reference.kind)
    full = made.class_name if made is not None else ""
    yield RULE.finding(
        step,
        f"{release_of(found.api)} does not find {named(reference)} by that short name when it loads an HDF5 file",
        evidence=(f"its full name is {shown(full, 60)}",) if full else (),
        remedies=(*uncompiled(context), *ways_out(context)),
        cause=stage_cause(step, reference) or RULE.cause,
    )


EXAMPLES = (
    Ill(lambda: trained(env=NEWEST, loss="mse"), "does not find the loss mse"),
    Ill(lambda: trained(env="keras==3.3.3 tensorflow==2.16.2", loss="kld"), "the loss kld"),
    Well(lambda: trained(env=NEWEST, loss="mean_squared_error")),
    Well(lambda: trained(loss="mse")),
)
