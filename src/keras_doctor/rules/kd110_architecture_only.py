"""There is an architecture here, and no weights.

**What happens.** The text describes the layers. It is not for `load_model` but for `model_from_json`
(`model_from_yaml` up to TensorFlow 2.5), which gives a model with fresh random weights.

**Why.** It was written by `to_json` or `to_yaml`, as the older way of saving did: architecture in one file, weights in
another.

**How to mend.** Find the weights file that belongs to it and load both.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD110",
    "architecture-only",
    "wrong-api-use",
    "info",
    ("format:json-architecture", "format:yaml-architecture", "format:hdf5-architecture"),
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Say that the weights must come from elsewhere."""
    path = context.document.path
    reader = "model_from_yaml" if context.document.format.startswith("yaml") else "model_from_json"
    yield RULE.finding(
        step,
        "this holds the architecture only: the weights must come from another file",
        remedies=(
            Remedy(
                "Load both:",
                f"model = keras.models.{reader}(open({path!r}).read())\n"
                "model.load_weights('weights.h5')  # the file that was saved with it",
            ),
        ),
    )


EXAMPLES = (
    Ill(lambda: sample("json-architecture", path="model.json", container="text"), "architecture only"),
    Well(lambda: sample("hdf5-model")),
)
