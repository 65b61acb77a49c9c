"""The file has weights that belong to the model itself, and a model of layers has none.

**What happens.** `Weight count mismatch for top-level weights when loading weights from file. Model expects 0 top-level
weight(s). Received 1 saved top-level weight(s)`.

**Why.** Since 2.7, tf.keras stores variables that a subclassed model owns beside those of its layers, in the group
`top_level_model_weights`. A Sequential or functional model has no variables of its own.

**How to mend.** Build the model with the class that owns the variables, and call `load_weights` on it.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.weights_hdf5 import Misfit

RULE = Rule("KD511", "top-level-weights", "weights-mismatch", "error", ("arrays:top-level",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report how many there are."""
    misfit: Misfit = step.subject
    yield RULE.finding(
        step,
        f"the file has {misfit.found} weights of the model itself, which owns none in {release_of(misfit.api)}",
        remedies=ways_out(context),
    )


_DENSE = {"dense": ((4, 3), (3,))}

EXAMPLES = (
    Ill(lambda: in_hdf5({**_DENSE, "top_level_model_weights": ((3,),)}), "1 weights of the model itself"),
    Well(lambda: in_hdf5({**_DENSE, "top_level_model_weights": ()})),
    Well(lambda: in_hdf5({**_DENSE, "top_level_model_weights": ((3,),)}, env="tensorflow==2.4.4")),
)
