"""The graph holds an operation that this release has no class for.

**What happens.** `Unknown layer: 'TFOpLambda'`, `Unknown layer: SlicingOpLambda`, `Could not deserialize class 'Add'
because its parent module keras.src.ops.numpy cannot be imported`.

**Why.** Arithmetic on Keras tensors (`x * 2`, `tf.reduce_mean(x)`, `x[:, 1]`) becomes a node of the model: a
TensorFlowOpLayer up to TensorFlow 2.3, a TFOpLambda or SlicingOpLambda up to 2.15, an Operation in Keras 3. No release
knows those of the others.

**How to mend.** Load the file with its own line of releases, or repair it: most operations have an equal.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown
from keras_doctor.rules.strangers import is_operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD306", "operation-unknown", "op-layer-unknown", "error", ("object:unresolved",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an operation that the release does not know, with the function that it calls."""
    found: Resolution = step.subject
    reference = found.reference
    if not found.problem or not is_operation(reference):
        return
    config = reference.config if isinstance(reference.config, dict) else {}
    called = config.get("function")
    yield RULE.finding(
        step,
        f"{release_of(found.api)} has no operation layer {shown(reference.name, 60)}",
        evidence=(f"it calls: {shown(called)}",) if isinstance(called, str) else (),
        remedies=(fresh(context.document, context.environment.python),),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(("TFOpLambda", {"function": "math.multiply"}), form="hdf5-model", module=""),
        "no operation layer TFOpLambda",
    ),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
