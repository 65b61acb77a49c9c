"""hard_sigmoid is another function here than where the model was trained.

**What happens.** Nothing is said: the model loads and its outputs are off by some percent.

**Why.** Up to 2.15 Keras computed `clip(0.2 * x + 0.5, 0, 1)`. Keras 3 computes `relu6(x + 3) / 6`: slope 1/6 instead
of 1/5. Recurrent layers of Keras 1 and 2, and every ConvLSTM2D up to 2.15, use it for their gates without being asked
to.

**How to mend.** A repair scales by 1.2 the weights that feed it: hard_sigmoid of Keras 2 at x is that of Keras 3 at
1.2 x, so that the numbers are those of before. Or predict with the line of releases that trained the model.
"""

from __future__ import annotations

from keras_doctor.document.provenance import Provenance
from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown
from keras_doctor.rules.writers import changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD701",
    "hard-sigmoid-changed",
    "semantics-changed",
    "error",
    ("function:hard_sigmoid",),
    effect="loads-differently",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a layer that uses hard_sigmoid where that has changed."""
    found: Resolution = step.subject
    api = found.api
    differs = changed("hard-sigmoid-of-a-sixth", context.document.provenance, api.library, api.version)
    if differs is False:
        return
    parent = shown(found.reference.parent or "a layer", 60)
    sure = "computes" if differs else "may compute"
    yield RULE.finding(
        step,
        f"{release_of(api)} {sure} another hard_sigmoid than the release that saved the model, for {parent}",
        evidence=("x * 0.2 + 0.5 up to 2.15, x / 6 + 0.5 in Keras 3, both between 0 and 1",),
        effect=RULE.effect if differs else "unknown",
        remedies=ways_out(context),
    )


_LAYERS = (
    ("InputLayer", {"batch_shape": [None, 4], "dtype": "float32", "name": "a"}),
    ("Dense", {"units": 3, "activation": "hard_sigmoid", "name": "b"}),
)

EXAMPLES = (
    Ill(
        lambda: sequential(
            *_LAYERS, form="hdf5-model", module="", provenance=Provenance(library="tf.keras", era="tf.keras")
        ),
        "computes another hard_sigmoid",
    ),
    Ill(lambda: sequential(*_LAYERS, form="hdf5-model", module=""), "may compute another hard_sigmoid"),
    Well(
        lambda: sequential(
            *_LAYERS, form="hdf5-model", module="", provenance=Provenance(library="keras", era="keras-3")
        )
    ),
)
