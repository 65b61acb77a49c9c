"""The archive does not say which optimizer the model was trained with.

**What happens.** Nothing is said, or `Skipping variable loading for optimizer 'rmsprop', because it has 8 variables
whereas the saved optimizer has 14 variables`. The model predicts what it should. Trained further, it is trained by
RMSprop with a learning rate of 0.001, whatever it was trained with before.

**Why.** RMSprop is what `compile` takes when it is not told. Keras 3 leaves the optimizer out of the archive when the
same model was saved as HDF5 before: writing the `training_config` there takes the optimizer out of what the model knows
of its own `compile` call.

**How to mend.** To predict, nothing. To train, compile the model again with the optimizer that it had. Save the archive
before the HDF5 file, or save the model anew after it was loaded.
"""

from __future__ import annotations

from keras_doctor.document.model import TrainingState
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.spoken import release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step
    from keras_doctor.releases.api import Api

RULE = Rule("KD606", "optimizer-unstated", "training-state-lost", "warning", ("optimizer:default",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report that the default optimizer is taken."""
    api: Api = step.subject
    slots = len(context.document.training.slots)
    yield RULE.finding(
        step,
        f"the file does not say which optimizer the model had: {release_of(api)} trains it on with RMSprop",
        evidence=(f"the file holds {slots} variables of an optimizer",) if slots else (),
        remedies=(Remedy("To train it further, compile the model again:", "model.compile(optimizer, loss)"),),
    )


def _compiled(config: dict[str, str]) -> tuple[ModelDocument, Environment]:
    from keras_doctor.rules.samples import sequential  # not above: many a small model meets this rule

    return sequential(training=TrainingState(config, "compile_config"))


EXAMPLES = (
    Ill(lambda: _compiled({"loss": "mse"}), "trains it on with RMSprop"),
    Well(lambda: _compiled({"optimizer": "adam", "loss": "mse"})),
    Well(lambda: _compiled({})),
)
