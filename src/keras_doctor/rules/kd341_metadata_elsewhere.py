"""This release looks for the layers' configs where the file does not have them.

**What happens.** `json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)`.

**Why.** Up to TensorFlow 2.4 the config of each layer stands in `saved_model.pb`, beside the layer; from 2.6 on it
stands in `keras_metadata.pb` alone (2.5 writes both). A loader before 2.6 reads the empty place.

**How to mend.** Load it with TensorFlow 2.6 or later.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived
from keras_doctor.rules.spoken import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD341", "metadata-elsewhere", "savedmodel-revive", "error", ("savedmodel:metadata",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report configs that stand in a file of their own."""
    yield RULE.finding(
        step,
        f"{told(context.environment)} looks for the layers' configs in saved_model.pb; they are in keras_metadata.pb",
        remedies=ways_out(context),
    )


EXAMPLES = (
    Ill(lambda: revived("tensorflow==2.4.4", embedded=False), "they are in keras_metadata.pb"),
    Well(lambda: revived("tensorflow==2.6.5", embedded=False)),
    Well(lambda: revived("tensorflow==2.4.4", embedded=True)),
)
