"""The compile config has an argument that `compile` does not take in this release.

**What happens.** `Trainer.compile() got an unexpected keyword argument`, `Expected metrics argument to be a list,
tuple, or dict`.

**Why.** What stands in `compile_config` is handed to `compile` as it is; a class of yours that compiles with more, or
another tool, wrote something there. tf.keras takes one metric by itself, Keras 3 wants a list of them.

**How to mend.** Load with `compile=False` and compile the model yourself.
"""

from __future__ import annotations

from keras_doctor.document.model import TrainingState
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.compile_config import Arguments
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD601",
    "compile-argument",
    "loss-or-metric-unresolvable",
    "error",
    ("compile:arguments", "compile:form"),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the arguments that are not taken."""
    found: Arguments = step.subject
    names = ", ".join(shown(name, 40) for name in found.names[:8])
    says = f"compile of {release_of(found.api)} does not take {names}"
    if "compile:form" in step.tags:
        says = f"compile of {release_of(found.api)} takes only a list or a dict for {names}"
    yield RULE.finding(
        step,
        says,
        remedies=(
            Remedy("Load the model without its training config:", "keras.models.load_model(path, compile=False)"),
        ),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(training=TrainingState({"optimizer": "adam", "is_compiled": True}, "compile_config")),
        "does not take is_compiled",
    ),
    Ill(
        lambda: sequential(training=TrainingState({"optimizer": "adam", "metrics": "mae"}, "compile_config")),
        "takes only a list or a dict for metrics",
    ),
    Well(lambda: sequential(training=TrainingState({"optimizer": "adam", "loss": "mse"}, "compile_config"))),
    Well(lambda: sequential(training=TrainingState({"metrics": ["mae"], "loss_weights": 0.5}, "compile_config"))),
)
