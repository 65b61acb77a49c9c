"""Keras 1 uses a part of Theano that nobody has imported.

**What happens.** `AttributeError: module 'theano' has no attribute 'ifelse'`, while the model is put together.

**Why.** A layer that behaves otherwise in training (Dropout, BatchNormalization, GaussianNoise) asks `theano.ifelse`,
which Keras 1 does not import. Theano up to 0.9 imported it with the rest; Theano 1.0 does so when it compiles a loop,
as a recurrent layer brings one.

**How to mend.** Import it before the model is loaded.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.spoken import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.objects import Reference
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD322", "theano-ifelse", "loader-bug", "error", ("theano:ifelse",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the first layer that needs it."""
    reference: Reference = step.subject
    yield RULE.finding(
        step,
        f"{named(reference)} needs theano.ifelse, which Keras 1 does not import and Theano 1.0 not by itself",
        remedies=(Remedy("Import it first, in the program that loads the model:", "import theano.ifelse"),),
    )


def _model(*layers: tuple[str, dict[str, Any]]) -> Any:
    held = [{"class_name": name, "config": keywords} for name, keywords in layers]
    config = {"class_name": "Sequential", "config": held}
    return sample("hdf5-model", config=config, env="python==3.6 keras==1.2.2 backend=theano")


_LSTM = ("LSTM", {"name": "lstm_1", "output_dim": 2, "batch_input_shape": [None, 5, 4]})
_DROPOUT = ("Dropout", {"name": "dropout_1", "p": 0.5})

EXAMPLES = (
    Ill(lambda: _model(_DROPOUT), "the layer Dropout needs theano.ifelse"),
    Well(lambda: _model(_LSTM, _DROPOUT)),
    Well(lambda: _model(("Dropout", {"name": "dropout_1", "p": 0.0}))),
)
