"""A variable of the file has another shape than the layer's.

**What happens.** `The shape of the target variable and the shape of the target value in variable.assign(value) must
match`.

**Why.** The config and the variables do not belong together: one of them was changed, or the release makes the variable
of another shape than the one that saved the file.

**How to mend.** Load the file with the release that saved it. Where the config was changed, change it back: the shapes
of the variables say what it was.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential, stored
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.weights_v3 import Misfit

RULE = Rule("KD502", "variable-shape", "weights-mismatch", "error", ("weights:shape",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the first variable of a group that does not fit."""
    misfit: Misfit = step.subject
    pairs = zip(misfit.expected, misfit.found or (), strict=False)
    want, have = next((pair for pair in pairs if pair[0] != pair[1]), ((), ()))
    yield RULE.finding(
        step,
        f"{shown(misfit.group)} holds shape {list(have)}, where {release_of(misfit.api)} makes {list(want)}",
        remedies=(fresh(context.document, context.environment.python),),
    )


_INPUT = ("InputLayer", {"batch_shape": [None, 4], "name": "x"})
_DENSE = ("Dense", {"units": 3, "name": "d"})

EXAMPLES = (
    Ill(
        lambda: sequential(_INPUT, _DENSE, weights=stored({"layers/dense": ((4, 5), (5,))})),
        "holds shape [4, 5], where",
    ),
    Well(lambda: sequential(_INPUT, _DENSE, weights=stored({"layers/dense": ((4, 3), (3,))}))),
)
