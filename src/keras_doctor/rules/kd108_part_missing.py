"""A part of the model is not there.

**What happens.** The artifact names or needs a part that it does not have: a dataset that `weight_names` lists,
`config.json` or the weights of a `.keras` archive, the `variables` folder or `saved_model.pb` of a SavedModel, a
shard. A loader stops: `KeyError: "Unable to open object"`, `There is no item named 'config.json' in the archive`,
`Expected a model.weights.h5 or model.weights.npz file`, `SavedModel file does not exist at`.

**Why.** Only some of the files of a folder were copied, an archive was re-packed by hand, a tool deleted "large"
files, a write stopped.

**How to mend.** Put the part back from where the model was saved. Without `config.json` the weights can be loaded into
the architecture rebuilt in code; without weights only the architecture is left.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.wire.errors import Damage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD108", "part-missing", "damaged-file", "error", ("damage:missing",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a part that is named or needed and not there."""
    yield RULE.finding(
        step,
        f"a part is missing: {step.subject.what}",
        remedies=(Remedy("Copy the model again with all its parts."),),
    )


EXAMPLES = (
    Ill(
        lambda: sample(damage=Damage("missing", "config.json is not there", "config.json")), "config.json is not there"
    ),
    Well(sample),
)
