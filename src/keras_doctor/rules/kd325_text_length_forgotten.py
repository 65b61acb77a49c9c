"""A release forgets how long the rows of a TextVectorization are, and a Flatten behind it has to know.

**What happens.** `Only one input size may be -1, not both 0 and 1` in `flatten/Reshape` at the first `predict` (Keras
3.0 to 3.8), or at the load `TypeError: Failed to convert object of type RaggedTensor to Tensor` (tf.keras 2.6, 2.7).

**Why.** Keras 3 before 3.9 pads the rows to `output_sequence_length` and does not note that length; its Flatten, up to
3.10, then finds two sizes that it does not know. tf.keras 2.6 and 2.7 ask whether the output mode *is* the word "int",
which a word that was read from a file never is: rows come out with a length each.

**How to mend.** Load the model with Keras 3.9 or newer, or tf.keras 2.8 to 2.15, or put a Reshape with the length in
the place of the Flatten.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.texts import Forgotten
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD325", "text-length-forgotten", "config-value", "error", ("texts:unsized",), effect="loads-not-runnable")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the Flatten and the layer whose rows have no known length."""
    found: Forgotten = step.subject
    rows = "rows of several lengths" if found.ragged else "rows of a length that it does not note"
    yield RULE.finding(
        step,
        f"{release_of(found.api)} makes {rows} in {shown(found.name, 40)}, which {shown(found.behind, 40)} cannot "
        "flatten",
        effect="fails" if found.ragged else RULE.effect,
        remedies=ways_out(context),
    )


_WORDS = {"output_mode": "int", "output_sequence_length": 5, "vocabulary": ["a", "b"]}
_LAYERS = (
    ("InputLayer", {"batch_shape": [None, 1], "dtype": "string"}),
    ("TextVectorization", _WORDS),
    ("Embedding", {"input_dim": 9, "output_dim": 2}),
)

EXAMPLES = (
    Ill(
        lambda: sequential(*_LAYERS, ("Flatten", {}), env="python==3.11 keras==3.8.0 tensorflow==2.18.0"),
        "does not note",
    ),
    Well(lambda: sequential(*_LAYERS, ("Flatten", {}))),
    Well(
        lambda: sequential(*_LAYERS, ("GlobalAveragePooling1D", {}), env="python==3.11 keras==3.8.0 tensorflow==2.18.0")
    ),
)
