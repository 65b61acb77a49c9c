"""The release does not know a class of Keras that the model is made of.

**What happens.** `Unknown layer: 'LocallyConnected1D'`, `Could not locate class 'LSTM'`, `Unknown initializer:
GlorotUniform`, `Invalid layer: Functional`: the load stops at the first such name.

**Why.** Classes come and go: `Functional` exists since TensorFlow 2.3, Keras 3 has no `LocallyConnected1D` and no
`CuDNNLSTM`. A wrapper of Keras 3 looks for the layer inside it by module, which files of TensorFlow before 2.12 do not
state. The finding says in which releases the name is known.

**How to mend.** Load the file with a release that knows the class and save it again, or repair it: most such names have
an equal under another.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import known_where, named, release_of
from keras_doctor.rules.strangers import is_operation, stage_cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD301", "class-unknown", "unknown-class", "error", ("object:unresolved",), effect="fails")

# A policy that is not in the table is taken for its bare name, which then has nothing that a policy has.
_CAUSES = {("policies", "unknown"): "config-value"}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a name that other releases of Keras know."""
    found: Resolution = step.subject
    reference = found.reference
    if found.problem not in ("unknown", "unlocated") or is_operation(reference):
        return
    places = known_where(reference.name, reference.kind)
    if not places:
        return
    message = f"{release_of(found.api)} does not know {named(reference)}"
    if reference.module is None and found.problem == "unlocated" and found.api.find(reference.name, reference.kind):
        message = f"{release_of(found.api)} looks for {named(reference)} by its module, which the config does not state"
    yield RULE.finding(
        step,
        message,
        evidence=(f"known to: {', '.join(places)}",),
        remedies=ways_out(context),
        cause=stage_cause(step, reference) or _CAUSES.get((reference.kind, found.problem), RULE.cause),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(("LocallyConnected1D", {"filters": 3, "kernel_size": [3]}), form="hdf5-model", module=""),
        "does not know the layer LocallyConnected1D",
    ),
    Well(lambda: sequential(("Dense", {"units": 3}))),
    Well(lambda: sequential(("MyLayer", {}), form="hdf5-model", module="")),
)
