"""Keras 3 puts a batch before an input shape that has one already.

**What happens.** `Invalid input shape for input Tensor(…). Expected shape (None, None, 4), but input has incompatible
shape (32, 4)` at the first `predict`, or at the load `Kernel shape must have the same length as input`, `expected
ndim=3, found ndim=4`, `Shapes used to initialize variables must be fully-defined`.

**Why.** In files of Keras 2 and TensorFlow up to 2.2 a Sequential model has no InputLayer: its first layer holds
`batch_input_shape`, with the batch. When Keras 3 reads it from HDF5 it calls that `input_shape`, which is without.

**How to mend.** Save it again with tf.keras 2.3 to 2.15, which adds the InputLayer, or repair it.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.doubled_batch import DoubledBatch
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD316", "batch-doubled", "config-value", "error", ("input:doubled-batch",), effect="loads-not-runnable")
_CONSEQUENCES = {
    "fails": "the model cannot be put together",
    "loads-not-runnable": "its inputs are refused",
    "loads-differently": "its outputs get a dimension too many",
}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the shape and what comes of it."""
    input_: DoubledBatch = step.subject
    yield RULE.finding(
        step,
        f"{release_of(input_.api)} takes the input shape {list(input_.stated)} of the first layer "
        f"({shown(input_.class_name, 40)}) for one without the batch: {_CONSEQUENCES[input_.effect]}",
        effect=input_.effect,
        remedies=ways_out(context),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(("Dense", {"units": 3, "batch_input_shape": [None, 4]}), form="hdf5-model", module=""),
        "its inputs are refused",
    ),
    Ill(
        lambda: sequential(
            ("Flatten", {"batch_input_shape": [None, 4, 2]}), ("Dense", {"units": 3}), form="hdf5-model", module=""
        ),
        "cannot be put together",
    ),
    Well(
        lambda: sequential(
            ("InputLayer", {"batch_input_shape": [None, 4]}), ("Dense", {"units": 3}), form="hdf5-model", module=""
        )
    ),
)
