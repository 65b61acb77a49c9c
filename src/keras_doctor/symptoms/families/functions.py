"""Settings that want a function, and got what a config has in its place: a name, a dict, nothing."""

from __future__ import annotations

from keras_doctor.symptoms.readings import value
from keras_doctor.symptoms.remedies import COMPILE_FALSE, CUSTOM_OBJECTS, REBUILD, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_OF_TRAINING = ("scale_fn", "decay", "schedule", "learning_rate", "optimizer", "loss", "metric", "warmup")


def _wanted(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    training = Reading(
        "optimizer-unresolvable",
        "a schedule or optimizer of the training config wants a function, and the config has only its name; the model "
        "itself is fine",
        (COMPILE_FALSE, CUSTOM_OBJECTS, SAME_VERSION),
        "medium",
        "the argument is one of an optimizer, a schedule, a loss or a metric",
    )
    layer = value(
        "a layer wants a function, and its config has only a name (or a dict) for it, which this release does not "
        "resolve",
        CUSTOM_OBJECTS,
        SAME_VERSION,
        UPGRADE,
        REBUILD,
        confidence="medium",
        when="the argument is one of a layer",
    )
    if scene.passed("compile") or any(word in scene.message.lower() for word in _OF_TRAINING):
        return training
    return layer if scene.passed("construct") else (layer, training)


SYMPTOMS = (
    Symptom(
        ("must be a callable", "must be callable", "should be a callable", "should be callable"),
        _wanted,
        pattern=r"(?:must|should) be (?:a )?callable",
        strength=4,
        question="Whose argument is it: a layer's, or an optimizer's (then compile=False helps)?",
    ),
)
