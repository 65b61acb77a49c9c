"""The variables are arrays pickled into `model.weights.npz`, which this release does not read.

**What happens.** `Object arrays cannot be loaded when allow_pickle=False`.

**Why.** `weights_format="npz"` stored pickled dicts of arrays. Unpickling runs code, so that Keras 3.9 and later refuse
it.

**How to mend.** Load the file with Keras 3.8, if you trust it, and save it again; or repair it, which reads the arrays
without running anything.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD504", "pickled-variables", "weights-mismatch", "error", ("weights:pickled",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report variables that would have to be unpickled."""
    yield RULE.finding(
        step,
        f"{release_of(step.subject)} does not read pickled arrays, which model.weights.npz holds",
        remedies=ways_out(context),
    )


EXAMPLES = (
    Ill(lambda: sequential(facts={"weights_npz": True}), "does not read pickled arrays"),
    Well(lambda: sequential(facts={"weights_npz": True}, env="keras==3.8.0 tensorflow==2.18.0")),
)
