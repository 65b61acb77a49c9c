"""The training config does not go with the outputs of the model.

**What happens.** `Unknown entry in loss dictionary: "class_name". Only expected the following keys: ['dense_1']`, `When
passing a list as loss, it should have one entry per model outputs`, `The model cannot be compiled because it has no
loss to optimize`.

**Why.** Keras up to 2.3 and tf.keras up to 2.1 compile a model while they load it, and hand losses, metrics and weights
out by output. They know losses and metrics by name: a loss that a newer release wrote as an object, `{"class_name": …,
"config": …}`, is taken for losses by the names of outputs. A model that was trained by a loop of its own may have no
loss at all.

**How to mend.** Load the model with `compile=False` and compile it, or load it with a newer release, which looks at
these only when the model is trained.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import trained
from keras_doctor.rules.spoken import release_of, shown
from keras_doctor.rules.uncompiled import uncompiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.compiling import Misfit
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD332", "outputs-mismatch", "loss-or-metric-unresolvable", "error", ("training:outputs",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report what does not go with the model's outputs."""
    misfit: Misfit = step.subject
    who = release_of(misfit.api)
    if misfit.strange:
        message = f"{who} takes {misfit.key} for entries by output, and the model has no output {_list(misfit.strange)}"
    elif misfit.absent:
        message = f"{who} wants a loss for every output, and there is none for {_list(misfit.absent)}"
    elif misfit.entries:
        count = len(misfit.outputs)
        message = f"{who} wants one entry of {misfit.key} for each of the {count} outputs: there are {misfit.entries}"
    else:
        message = f"the training config has no loss, without which {who} does not compile a model"
    yield RULE.finding(
        step,
        message,
        evidence=(f"the model's outputs: {_list(misfit.outputs[:8])}",),
        remedies=(*uncompiled(context), *ways_out(context)),
    )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(shown(name, 40) for name in names)


_OLD = "python==3.6 tensorflow==1.13.2"
_KEYS = {"sample_weight_mode": "", "metrics": []}
EXAMPLES = (
    Ill(
        lambda: trained(env=_OLD, loss={"class_name": "MeanSquaredError", "config": {}}, **_KEYS),
        "the model has no output class_name",
    ),
    Ill(lambda: trained(env=_OLD, loss=["mean_squared_error", "mean_squared_error"], **_KEYS), "for each of the 1"),
    Ill(lambda: trained(env=_OLD, loss="", **_KEYS), "has no loss"),
    Well(lambda: trained(env=_OLD, **_KEYS)),
    Well(lambda: trained(loss={"class_name": "MeanSquaredError", "config": {}})),
)
