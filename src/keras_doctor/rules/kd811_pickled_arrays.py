"""The archive keeps its weights as pickles.

**What happens.** `numpy.load(…, allow_pickle=True)` unpickles them, which runs whatever a pickle says.

**Why.** With `model.weights.npz` instead of HDF5, the variables of each layer are a dict in an object array. Keras read
those until 3.8, tf.keras 2.12 to 2.15 and tf-keras before 2.20.1 do; since Keras 3.9 they are not read at all. Hardly
any model is saved so: it takes an environment without h5py.

**How to mend.** Have it repaired: the arrays are read here without unpickling, and written as HDF5.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.hazards import hazard
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD811", "pickled-arrays", "security-refused", "warning", ("survey:npz",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report weights that are pickles, and whether the release reads them."""
    danger = hazard(context.environment, "pickled-arrays")
    does = "does not read those" if danger.works is False else "unpickles them"
    yield RULE.finding(
        step,
        f"the weights are stored as pickles: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(lambda: sequential(facts={"weights_npz": True}, env="keras==3.8.0 tensorflow==2.18.0"), "unpickles them"),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
