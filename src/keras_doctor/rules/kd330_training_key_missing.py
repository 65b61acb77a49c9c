"""The training config lacks a key that this release reads without asking.

**What happens.** `KeyError: 'sample_weight_mode'`, `KeyError: 'loss_weights'`, `KeyError: 'optimizer_config'`: the
model and its weights are there already, compiling it raises.

**Why.** tf.keras since 2.2 no longer writes `sample_weight_mode`, which Keras up to 2.3 and tf.keras up to 2.2 want to
see. Other keys are missing only where the file was edited or written by another program.

**How to mend.** Load the model with `compile=False` and compile it, or load it with a release as old as the one that
saved it; a repair adds the key.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import trained
from keras_doctor.rules.spoken import release_of
from keras_doctor.rules.uncompiled import uncompiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.training import Lacking

RULE = Rule(
    "KD330", "training-key-missing", "loss-or-metric-unresolvable", "error", ("training:lacking",), effect="fails"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a key that is not there."""
    lacking: Lacking = step.subject
    yield RULE.finding(
        step,
        f"the training config has no {lacking.key}, which {release_of(lacking.api)} reads",
        remedies=(*uncompiled(context), *ways_out(context)),
        cause="optimizer-unresolvable" if lacking.key == "optimizer_config" else RULE.cause,
    )


EXAMPLES = (
    Ill(lambda: trained(env="tensorflow==2.1.4 python==3.7"), "has no sample_weight_mode"),
    Ill(lambda: trained(optimizer_config=None), "has no optimizer_config"),
    Well(lambda: trained()),
    Well(lambda: trained(sample_weight_mode="", env="tensorflow==2.1.4 python==3.7")),
)
