"""This SavedModel is for inference only: there is no Keras model in it.

**What happens.** Keras 3 refuses every SavedModel folder. tf.keras loads it as a bare object without `predict`, `fit`
or layers: `'_UserObject' object has no attribute 'predict'`.

**Why.** It was written by `model.export()` or `tf.saved_model.save`, which keep the traced functions and the
variables, not the architecture.

**How to mend.** Call its signatures with TensorFlow, or wrap it as a layer. For a trainable model, save the original
with `model.save("model.keras")`.
"""

from __future__ import annotations

from keras_doctor.artifacts.formats import title
from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD118",
    "inference-only",
    "savedmodel-revive",
    "error",
    ("format:savedmodel-export", "format:savedmodel-tf", "format:savedmodel-tf1"),
    effect="loads-not-runnable",
)


_NOT_IN = "the architecture is not in it"
_BESIDE = "the architecture lies among its assets, where load_model does not look"


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a SavedModel without a Keras model, and how its functions are called."""
    document = context.document
    library, version = context.environment.release
    refused = bool(library) and not has("reads-savedmodel", library, version)
    signatures = document.facts.get("signatures") or {}
    endpoint = next(iter(signatures), "serving_default")
    yield RULE.finding(
        step,
        f"{title(document.format)}: {_NOT_IN if document.config is None else _BESIDE}",
        evidence=(f"signatures: {', '.join(list(signatures)[:6])}",) if signatures else (),
        effect="fails" if refused else None,
        cause="format-not-supported" if refused else None,
        remedies=(
            Remedy(
                "For predictions, call it with TensorFlow:",
                f"f = tf.saved_model.load({document.path!r}).signatures[{endpoint!r}]",
            ),
            Remedy(
                "In Keras 3, as a layer:",
                f"layer = keras.layers.TFSMLayer({document.path!r}, call_endpoint={endpoint!r})",
            ),
        ),
    )


EXAMPLES = (
    Ill(
        lambda: sample("savedmodel-export", container="directory", path="export", env="tensorflow==2.15.1"),
        "architecture is not in it",
    ),
    Ill(lambda: sample("savedmodel-export", container="directory", path="export"), "architecture is not in it"),
    Well(lambda: sample("savedmodel", env="tensorflow==2.15.1")),
)
