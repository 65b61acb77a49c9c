"""A layer or operation is built, and its first call raises.

**What happens.** `can only concatenate tuple (not "list") to tuple`, `reduce_window got inconsistent window_strides`,
`Non-hashable static arguments are not supported` on JAX; `Incompatible shapes` in RMSNormalization.

**Why.** The pooling operations of Keras 3 and its Norm keep their settings as lists, of which JAX wants tuples. The
scale of an RMSNormalization has the sizes of the axes that it normalizes, and is multiplied along the last dimensions
all the same: along others, or in another order, it does not fit.

**How to mend.** Put the layer of the same purpose (MaxPooling2D, AveragePooling2D) in the place of the operation, or
use another backend; let RMSNormalization work along the last axes, with a Permute around it.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD326", "call-refused", "backend-op-unsupported", "error", ("call:refused",), effect="loads-not-runnable")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer, and why its call raises."""
    layer: Uncallable = step.subject
    yield RULE.finding(
        step,
        f"{release_of(layer.api)} cannot call {shown(layer.name, 60)} ({shown(layer.class_name, 40)}): {layer.why}",
        remedies=(Remedy("Put a layer that does the same in its place, or use another backend."),),
    )


_IMAGE = ("InputLayer", {"batch_shape": [None, 4, 5, 3]})

EXAMPLES = (
    Ill(lambda: sequential(_IMAGE, ("RMSNormalization", {"axis": [1, 2]})), "laid along the last ones"),
    Well(lambda: sequential(_IMAGE, ("RMSNormalization", {"axis": [2, 3]}))),
)
