"""What is loaded is no Keras model, and cannot predict.

**What happens.** `load_model` returns an object without an error; `'_UserObject' object has no attribute 'predict'`.

**Why.** `model.export` and `tf.saved_model.save` write functions and variables without the layers' configs. TensorFlow
brings the functions back, not the model.

**How to mend.** Call its signature: `tf.saved_model.load(path).signatures["serving_default"]`; in Keras 3,
`keras.layers.TFSMLayer(path, call_endpoint="serving_default")` (or "serve"). To get the model back, save it again with
`model.save` where it was made.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived, sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD342", "no-keras-model", "savedmodel-revive", "error", ("savedmodel:not-keras",), effect="loads-not-runnable"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an object that has signatures at most."""
    path = context.document.path
    names = tuple(context.document.facts.get("signatures", ()))
    yield RULE.finding(
        step,
        "load_model gives an object without predict: the folder holds functions, not a Keras model",
        evidence=(f"signatures: {', '.join(names[:6])}",) if names else (),
        remedies=(
            Remedy(
                "Call its signature:",
                f'model = tf.saved_model.load({path!r}).signatures["{names[0] if names else "serving_default"}"]',
            ),
        ),
    )


EXAMPLES = (
    Ill(
        lambda: sample("savedmodel-export", container="directory", path="export", env="tensorflow==2.15.1"),
        "without predict",
    ),
    Well(lambda: revived("tensorflow==2.15.1")),
)
