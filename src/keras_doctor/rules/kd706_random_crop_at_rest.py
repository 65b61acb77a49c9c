"""RandomCrop does something else here when the model only predicts.

**What happens.** Nothing is said: images come out in another size, or cut where they were resized before.

**Why.** When it does not train, RandomCrop of tf.keras and of Keras 3 up to 3.5 resizes the image to the size it would
cut. In Keras 3.6 and later it cuts from the middle or, by release, leaves the image as it is.

**How to mend.** Put a Resizing layer (`crop_to_aspect_ratio=True`) in its place for prediction.
"""

from __future__ import annotations

from keras_doctor.document.provenance import Provenance
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown
from keras_doctor.rules.writers import changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD706", "random-crop-at-rest", "semantics-changed", "error", ("class:RandomCrop",), effect="loads-differently"
)

_BEHAVIOURS = ("resizes-random-crops", "leaves-random-crops")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a RandomCrop where that has changed."""
    made: Built = step.subject
    provenance, api = context.document.provenance, made.api
    answers = [changed(behaviour, provenance, api.library, api.version) for behaviour in _BEHAVIOURS]
    differs = True if True in answers else None if None in answers else False
    if differs is False:
        return
    sure = "does" if differs else "may do"
    name = shown(made.config.get("name") or "RandomCrop", 60)
    yield RULE.finding(
        step,
        f"the layer {name} {sure} something else in {release_of(api)} than in the release that saved the model",
        effect=RULE.effect if differs else "unknown",
        remedies=(Remedy("Put Resizing(height, width, crop_to_aspect_ratio=True) in its place for prediction."),),
    )


_LAYERS = (
    ("InputLayer", {"batch_shape": [None, 8, 9, 3], "dtype": "float32", "name": "a"}),
    ("RandomCrop", {"height": 5, "width": 6, "name": "b"}),
)
_BEFORE = Provenance("2.15.0", "2.15.0", "2.15.0", "tf.keras", "tf.keras", tensorflow="2.15")
_AFTER = Provenance("3.15.1", "3.15.1", "3.15.1", "keras", "keras-3")

EXAMPLES = (
    Ill(
        lambda: sequential(*_LAYERS, form="hdf5-model", module="", provenance=_BEFORE),
        "does something else in Keras 3.15.1",
    ),
    Well(lambda: sequential(*_LAYERS, form="hdf5-model", module="", provenance=_AFTER)),
)
