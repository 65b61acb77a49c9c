"""A layer gets a tensor that it cannot take.

**What happens.** `Input 0 of layer "conv2d" is incompatible with the layer: expected min_ndim=4, found ndim=5`, `Kernel
shape must have the same length as input`, `Computed output size would be negative`.

**Why.** The layer is called when the graph is put together, with the shapes that the inputs declare. Keras 3 reads the
input shape of an older Sequential with its batch dimension, so that every tensor has one dimension too many; or the
config was changed by hand.

**How to mend.** Give the model an InputLayer with the shape that was meant, or repair the file, which does that.
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

    from keras_doctor.loaders.graphs import Inferred
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD309", "shape-misfit", "config-value", "error", ("graph:impossible",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the call that no release can make."""
    found: Inferred = step.subject
    yield RULE.finding(
        step,
        f"{release_of(found.api)} cannot call the layer {shown(found.name, 60)} ({shown(found.class_name, 40)}): "
        f"{shown(found.reason, 160)}",
        remedies=ways_out(context),
    )


_CONVOLUTION = ("Conv2D", {"name": "conv", "filters": 2, "kernel_size": [3, 3]})

EXAMPLES = (
    Ill(
        lambda: sequential(("InputLayer", {"batch_shape": [None, None, 8, 8, 3]}), _CONVOLUTION),
        "takes 4 dimensions and gets 5",
    ),
    Well(lambda: sequential(("InputLayer", {"batch_shape": [None, 8, 8, 3]}), _CONVOLUTION)),
)
