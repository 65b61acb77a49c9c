"""There are weights here, and no architecture.

**What happens.** `load_model` needs the architecture, and this file has none: `No model found in config file`, `No
model config found in the file`, `SavedModel file does not exist at`, `File format not supported`.

**Why.** It was written by `save_weights`, or by `ModelCheckpoint(save_weights_only=True)`, or its `model_config` was
lost.

**How to mend.** Build the model with the code that made it, then load the weights into it.
"""

from __future__ import annotations

from keras_doctor.artifacts.formats import title
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD109",
    "weights-only",
    "weights-only",
    "error",
    (
        "format:hdf5-weights",
        "format:v3-weights",
        "format:v3-weights-sharded",
        "format:tf-checkpoint",
        "format:tf-checkpoint-v1",
    ),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report weights without an architecture, and the call that takes them."""
    document = context.document
    yield RULE.finding(
        step,
        f"this holds weights only ({title(document.format)}): load_model needs an architecture as well",
        evidence=_owners(context),
        remedies=(
            Remedy(
                "Build the model with the code that made it, then load the weights into it:",
                f"model = build_model()  # your code\nmodel.load_weights({document.path!r})",
            ),
            Remedy(
                "If the architecture was saved beside it as JSON:",
                "model = keras.models.model_from_json(open('model.json').read())\n"
                f"model.load_weights({document.path!r})",
            ),
            Remedy(
                "To see beforehand whether they fit an architecture:",
                f"keras-doctor check {quote(document.path)} --architecture model.json",
            ),
        ),
    )


def _owners(context: Context) -> tuple[str, ...]:
    """Return which layers the weights are of, as far as a line has room."""
    owners = [group.owner for group in context.document.weights if group.tensors]
    if not owners:
        return ()
    shown = ", ".join(owners[:8])
    return (f"weights of {len(owners):,} objects: {shown}{', …' if len(owners) > 8 else ''}",)


EXAMPLES = (
    Ill(lambda: sample("v3-weights", path="model.weights.h5"), "weights only"),
    Well(lambda: sample("hdf5-model")),
)
