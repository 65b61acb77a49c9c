"""The optimizer's variables in the file are not those that the release's optimizer has.

**What happens.** `Error in loading the saved optimizer state. As a result, your model is starting with a freshly
initialized optimizer`; `Skipping variable loading for optimizer 'adam', because it has 14 variables whereas the saved
optimizer has 10 variables`; where only a shape differs in a `.keras` archive, `A total of 1 objects could not be
loaded`. The model predicts what it should. Trained further, it begins without momentum, or with that of other weights.

**Why.** An optimizer's variables are taken one after the other: how often it stepped, and for each trainable weight
what the class keeps for it. Their number changed between releases (Keras 2.1.3 added one to Adam, tf.keras 2.11 wrote
new optimizers, Keras 3 counts the learning rate), and it is another one when layers were frozen, or metrics and
optimizers exchanged, after the optimizer was made. Keras up to 2.0.5 does not catch the error and stops.

**How to mend.** To predict, nothing. To go on training, load the file in the release that wrote it, or let
`keras-doctor repair` lay the variables out anew for the release that you have.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.document.model import TrainingState
from keras_doctor.document.tensors import TensorRef
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import entry, sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.optimizers import Shape
    from keras_doctor.loaders.optimizer_state import StateMisfit
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD603", "optimizer-state", "optimizer-state", "warning", ("optimizer:misfit",))
_WITHOUT = Remedy("Load the model without its training config:", "keras.models.load_model(path, compile=False)")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report variables that do not fit."""
    misfit: StateMisfit = step.subject
    wanted, found = misfit.expected, misfit.found
    says = f"{len(found)} variables, and {shown(misfit.optimizer, 40)} of {release_of(misfit.api)} has {len(wanted)}"
    if len(wanted) == len(found):
        place = next((n for n, pair in enumerate(zip(wanted, found, strict=True)) if pair[0] != pair[1]), 0)
        says = f"variable {place} of shape {_text(found[place])}, and {shown(misfit.optimizer, 40)} of "
        says += f"{release_of(misfit.api)} has one of {_text(wanted[place])} there"
    then = "" if misfit.raises else ": training starts without them"
    yield RULE.finding(
        step,
        f"the optimizer in the file has {says}{then}",
        severity="error" if misfit.raises else None,
        effect="fails" if misfit.raises else None,
        remedies=(_WITHOUT,) if misfit.raises else (),
    )


def _text(shape: Shape) -> str:
    return "[" + ", ".join("any" if size is None else str(size) for size in shape) + "]"


def trained_further(*shapes: tuple[int, ...], env: str = "python==3.11 tensorflow==2.15.1") -> Any:
    """Return a Dense of (4, 3) with the variables of an SGD with momentum, in an HDF5 file."""
    state = TrainingState(
        {
            "optimizer_config": entry("SGD", {"name": "SGD", "learning_rate": 0.01, "momentum": 0.9}, ""),
            "loss": "mean_squared_error",
            "metrics": [],
            "loss_weights": None,
            "sample_weight_mode": None,
        },
        "training_config",
        tuple(
            TensorRef(f"SGD/{n}:0", f"optimizer_weights/SGD/{n}", shape, "float32", 0, Locus(), lambda: iter(()))
            for n, shape in enumerate(shapes)
        ),
    )
    layer = ("Dense", {"name": "dense", "batch_input_shape": [None, 4], "units": 3, "activation": "linear"})
    return sequential(layer, form="hdf5-model", module="", env=env, training=state)


EXAMPLES = (
    Ill(lambda: trained_further((), (4, 3)), "2 variables, and SGD of tf.keras 2.15.0 has 3"),
    Ill(lambda: trained_further((), (3, 4), (3,)), "variable 1 of shape [3, 4]"),
    Ill(lambda: trained_further((), (3, 4), (3,), env="python==3.6 keras==2.0.5 tensorflow==1.4"), "variable 1"),
    Well(lambda: trained_further((), (4, 3), (3,))),
    Well(lambda: trained_further()),
)
