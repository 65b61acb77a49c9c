"""An optimizer or loss is not known, and the one of that name is taken with its defaults, or none.

**What happens.** Nothing is said. The model loads and predicts what it should; trained further, it is trained with
another learning rate, or another loss, than it was, or cannot be.

**Why.** tf.keras 2.11 to 2.15 writes optimizers as `Custom>Adam`, which Keras 3 does not know. Keras 3 then makes an
optimizer of the name in the config, "Adam", and leaves the rest of the config aside. A custom loss whose config says
`"name": null` is left out.

**How to mend.** To predict, nothing. To train, compile the model again, with the values that the file states.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import NEWEST, entry, trained
from keras_doctor.rules.spoken import named, release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.training_v3 import Replaced

RULE = Rule("KD604", "replaced-by-default", "training-state-lost", "warning", ("training:replaced",))
_MOST = 8  # settings that are told


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the settings that are left aside."""
    replaced: Replaced = step.subject
    config = replaced.reference.config
    settings = [
        f"{shown(key, 30)} = {shown(value, 30)}"
        for key, value in config.items()
        if value is not None and key != "name" and not isinstance(value, (dict, list))
    ]
    what = named(replaced.reference)
    does = (
        f"takes {replaced.taken.class_name} with its defaults for"
        if replaced.taken
        else "does not know, and leaves out,"
    )
    yield RULE.finding(
        step,
        f"{release_of(replaced.api)} {does} {what}",
        evidence=(f"the file says: {', '.join(settings[:_MOST])}",) if settings else (),
        remedies=(Remedy("To train the model further, compile it again with the values that the file states."),),
    )


EXAMPLES = (
    Ill(
        lambda: trained(env=NEWEST, optimizer_config=entry("Custom>Adam", {"name": "Adam", "learning_rate": 0.01}, "")),
        "takes Adam with its defaults for the optimizer Custom>Adam",
    ),
    Ill(
        lambda: trained(env=NEWEST, loss=entry("CustomAccuracy", {"reduction": "auto", "name": None}, "")),
        "leaves out, the loss CustomAccuracy",
    ),
    Well(lambda: trained(env=NEWEST)),
)
