"""The weights of a layer cannot be brought into the form that the loading release uses.

**What happens.** `GRU(reset_after=False) is not compatible with GRU(reset_after=True)`, `Invalid bias shape: (12,)`,
`axes don't match array`.

**Why.** Before they fill a layer, Keras 2 and tf.keras bring weights of Keras 1 and of CuDNN layers into their own
form. A GRU without `reset_after` has no such form in one with it: they compute something else. Configs of Keras 1 and
Keras 2 before 2.1.5 do not say which one they mean, and TensorFlow 2.1 and later then take the other one.

**How to mend.** Write `reset_after: false` into the config of each GRU, which is what a repair does; the numbers stay
what they are. Or load the file with the release that saved it.
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

RULE = Rule("KD510", "arrays-unconvertible", "weights-mismatch", "error", ("arrays:conversion",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer, and what the loader says."""
    misfit: Misfit = step.subject
    yield RULE.finding(
        step,
        f"{release_of(misfit.api)} cannot bring the weights of the layer {shown(misfit.layer, 60)} into its own form",
        evidence=(f"the message: {shown(misfit.says, 120)}",),
        remedies=(fresh(context.document, context.environment.python),),
    )


_GRU = ("GRU", {"name": "gru", "units": 2, "batch_input_shape": [None, 5, 4]})

EXAMPLES = (
    Ill(lambda: in_hdf5({"gru": ((4, 6), (2, 6), (6,))}, _GRU), "cannot bring the weights of the layer gru"),
    Well(lambda: in_hdf5({"gru": ((4, 6), (2, 6), (6,))}, _GRU, env="tensorflow==1.15.0")),
)
