"""A layer gets another number of arrays than it has variables.

**What happens.** `Layer #0 (named "lstm_1" in the current model) was found to correspond to layer lstm_1 in the save
file. However the new layer lstm_1 expects 3 weights, but the saved weights have 12 elements`, `Weight count mismatch
for layer #0 (named dense in the current model, dense in the save file). Layer expects 2 weight(s). Received 1 saved
weight(s)`.

**Why.** What a layer keeps in variables changed: Keras 1 had an array for each gate of an LSTM, which Keras 2 and
tf.keras put together and Keras 3 does not; Keras 3.0 to 3.3.2 give a Bidirectional a third copy of its layer. Or the
weights were saved of another model.

**How to mend.** Load the file with the release that saved it, or repair it: arrays that only stand otherwise can be put
together without loss.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.weights_hdf5 import Misfit

RULE = Rule("KD508", "arrays-uncounted", "weights-mismatch", "error", ("arrays:count",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer and the two numbers."""
    misfit: Misfit = step.subject
    yield RULE.finding(
        step,
        f"the layer {shown(misfit.layer, 60)} has {misfit.expected} variables in {release_of(misfit.api)}, "
        f"and the file {misfit.found} arrays for it",
        evidence=(f"they are those of the group {shown(misfit.group, 60)}",),
        remedies=(fresh(context.document, context.environment.python),),
    )


EXAMPLES = (
    Ill(lambda: in_hdf5({"dense": ((4, 3),)}), "has 2 variables in tf.keras 2.15.0"),
    Well(lambda: in_hdf5({"dense": ((4, 3), (3,))})),
)
