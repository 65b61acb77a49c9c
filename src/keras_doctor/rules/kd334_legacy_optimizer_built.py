"""The archive holds an optimizer of the older kind, which tf.keras 2.12 to 2.14 cannot get ready.

**What happens.** `AttributeError: 'Adam' object has no attribute 'build'`, in the very release that saved the file.

**Why.** Loading a `.keras` archive, these releases call `optimizer.build` whatever the optimizer is, and those of
`tf.keras.optimizers.legacy` have no such method. tf.keras 2.15 asks first.

**How to mend.** Load the model with `compile=False` and compile it, or load it with tf.keras 2.15.
"""

from __future__ import annotations

from keras_doctor.document.model import TrainingState
from keras_doctor.findings import Finding
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import entry, sequential
from keras_doctor.rules.spoken import named, release_of
from keras_doctor.rules.uncompiled import uncompiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD334", "legacy-optimizer-built", "optimizer-unresolvable", "error", ("optimizer:unbuildable",), effect="fails"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an optimizer without `build`."""
    made: Built = step.subject
    yield RULE.finding(
        step,
        f"{release_of(made.api)} calls build of {named(made.reference)}, and legacy optimizers have no such method",
        remedies=uncompiled(context),
    )


def _compiled(module: str, version: str) -> tuple[ModelDocument, Environment]:
    layer: dict[str, Any] = {"name": "dense", "batch_input_shape": [None, 4], "units": 3}
    optimizer = entry("Adam", {"name": "Adam", "learning_rate": 0.01}, module)
    training = TrainingState({"optimizer": optimizer, "loss": "mse"}, "compile_config")
    return sequential(("Dense", layer), env=f"python==3.11 tensorflow=={version}", training=training)


EXAMPLES = (
    Ill(lambda: _compiled("keras.optimizers.legacy", "2.14.1"), "calls build of the optimizer Adam"),
    Well(lambda: _compiled("keras.optimizers.legacy", "2.15.1")),
    Well(lambda: _compiled("keras.optimizers", "2.14.1")),
)
