"""The file does not have the variables of a layer where this release looks for them.

**What happens.** `Layer 'dense_1' expected 2 variables, but received 0 variables during loading`, `A total of 1 objects
could not be loaded`.

**Why.** A `.keras` archive keeps variables in groups that are named after the classes of the layers and their number:
`layers/dense_1`. tf.keras 2.12 to 2.14 called the folder `_layer_checkpoint_dependencies`, and 2.12 and 2.13 counted
some layers twice, so that only the same minor release finds everything again. Or the archive lacks the group.

**How to mend.** Load the file with the release that saved it, or repair it: groups are renamed, no number changes.
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

RULE = Rule(
    "KD501", "variables-absent", "weights-mismatch", "error", ("weights:absent", "weights:count"), effect="fails"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a group that is not there, or that holds more or fewer variables."""
    found: Misfit = step.subject
    count = len(found.expected)
    if found.found is None:
        says = (
            f"{release_of(found.api)} looks for {count} variables in {shown(found.group)}, which the file does not have"
        )
    else:
        says = (
            f"{release_of(found.api)} takes {count} variables from {shown(found.group)}, which holds {len(found.found)}"
        )
    evidence = (f"such variables stand in: {', '.join(map(shown, found.elsewhere))}",) if found.elsewhere else ()
    yield RULE.finding(step, says, evidence=evidence, remedies=(fresh(context.document, context.environment.python),))


_INPUT = ("InputLayer", {"batch_shape": [None, 4], "name": "x"})
_DENSE = ("Dense", {"units": 3, "name": "d"})

EXAMPLES = (
    Ill(lambda: sequential(_INPUT, _DENSE, weights=stored({"layers/dense_2": ((4, 3), (3,))})), "looks for 2"),
    Ill(lambda: sequential(_INPUT, _DENSE, weights=stored({"layers/dense": ((4, 3),)})), "which holds 1"),
    Well(lambda: sequential(_INPUT, _DENSE, weights=stored({"layers/dense": ((4, 3), (3,))}))),
)
