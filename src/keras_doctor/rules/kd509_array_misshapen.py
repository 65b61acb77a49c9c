"""An array of the weights has another shape than the variable that it is for.

**What happens.** `Shape mismatch in layer #1 (named batch_normalization) for weight batch_normalization/beta. Weight
expects shape (4,). Received saved weight with shape (8,)`, `Cannot assign value to variable`, `Shapes (4,) and (8,) are
incompatible`, `Dimension 0 in both shapes must be equal, but are 4 and 8`.

**Why.** The config says another size than the weights have: one of the two was edited or comes from another model, or
this release builds the layer otherwise (another axis, another default) than the one that saved it.

**How to mend.** Load the file with the release that saved it. Where the weights belong to another architecture, build
that one in code and call `load_weights` on it.
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

RULE = Rule("KD509", "array-misshapen", "weights-mismatch", "error", ("arrays:shape",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the variable and the two shapes."""
    misfit: Misfit = step.subject
    yield RULE.finding(
        step,
        f"{shown(misfit.variable, 60)} of the layer {shown(misfit.layer, 60)} has the shape {_shape(misfit.expected)} "
        f"in {release_of(misfit.api)}, and the array for it {_shape(misfit.found)}",
        evidence=(f"the array stands in the group {shown(misfit.group, 60)}",),
        remedies=(fresh(context.document, context.environment.python),),
    )


def _shape(shape: object) -> str:
    return f"({', '.join('?' if size is None else str(size) for size in shape)})" if isinstance(shape, tuple) else "?"


EXAMPLES = (
    Ill(lambda: in_hdf5({"dense": ((4, 3), (6,))}), "bias of the layer dense has the shape (3)"),
    Well(lambda: in_hdf5({"dense": ((4, 3), (3,))})),
)
