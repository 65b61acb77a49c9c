"""Bilinear upsampling counts its pixels otherwise than where the model was trained.

**What happens.** Nothing is said: enlarged images are shifted by half a pixel, and what follows sees other numbers.

**Why.** Keras 2 (the package, with TensorFlow) and tf.keras up to 1.14 resize with the corners of pixels in the same
places, tf.keras from 1.15 on and Keras 3 with their centers. The config says `bilinear` for both. Keras 3.0 and 3.1
take the sizes of an image that has its channels first from the axes behind them, and put out images of other sizes.

**How to mend.** Predict with the line of releases that trained the model, or train on: no keyword brings the old way
back.
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

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD704", "upsampling-moved", "semantics-changed", "error", ("class:UpSampling2D",), effect="loads-differently"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an UpSampling2D that is not of the nearest pixels where that has changed."""
    made: Built = step.subject
    interpolation = made.config.get("interpolation") or "nearest"
    facts = ["resizes-from-corner"] if interpolation == "bilinear" else []
    if interpolation != "nearest" and made.config.get("data_format") == "channels_first":
        facts.append("shifts-resized-axes")
    writer, library, version = context.document.provenance, made.api.library, made.api.version
    answers = [changed(fact, writer, library, version) for fact in facts]
    differs = True if True in answers else None if None in answers else False
    if differs is False:
        return
    sure = "resizes" if differs else "may resize"
    yield RULE.finding(
        step,
        f"{release_of(made.api)} {sure} otherwise than the release that saved the model, in the layer "
        f"{shown(made.config.get('name') or 'UpSampling2D', 60)}",
        effect=RULE.effect if differs else "unknown",
        remedies=ways_out(context),
    )


_LAYERS = (
    ("InputLayer", {"batch_shape": [None, 4, 4, 1], "dtype": "float32", "name": "a"}),
    ("UpSampling2D", {"size": [2, 2], "interpolation": "bilinear", "name": "b"}),
)

EXAMPLES = (
    Ill(
        lambda: sequential(
            *_LAYERS,
            form="hdf5-model",
            module="",
            provenance=Provenance("2.2.4", "2.2.4", "2.2.4", "keras", "keras-2"),
        ),
        "resizes otherwise",
    ),
    Ill(
        lambda: sequential(
            _LAYERS[0],
            (_LAYERS[1][0], {**_LAYERS[1][1], "data_format": "channels_first"}),
            env="keras==3.0.5 tensorflow==2.16.2",
            provenance=Provenance("3.4.1", "3.4.1", "3.4.1", "keras", "keras-3"),
        ),
        "resizes otherwise",
    ),
    Well(
        lambda: sequential(
            *_LAYERS,
            form="hdf5-model",
            module="",
            provenance=Provenance("2.4.0", "2.4.0", "2.4.0", "tf.keras", "tf.keras", tensorflow="2.4"),
        )
    ),
)
