"""The training config: optimizer, loss and metrics that cannot be restored, while the model itself is fine."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.remedies import COMPILE_FALSE, CUSTOM_OBJECTS, LEGACY_KERAS, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_LEGACY_OPTIMIZER = Remedy(
    "In code: use the legacy optimizer (tf.keras.optimizers.legacy.Adam), or a learning rate schedule in place "
    "of decay and learning_rate in place of lr.",
    "optimizer = tf.keras.optimizers.legacy.Adam(learning_rate=1e-3, decay=1e-5)",
)


def _optimizer(what: str) -> Reading:
    return Reading("optimizer-unresolvable", what, (COMPILE_FALSE, _LEGACY_OPTIMIZER, UPGRADE, LEGACY_KERAS))


def _loss(what: str, *more: Remedy, confidence: str = "high") -> Reading:
    return Reading("loss-or-metric-unresolvable", what, (COMPILE_FALSE, *more, CUSTOM_OBJECTS), confidence)


def _no_from_config(scene: Scene, match: re.Match[str]) -> Reading:
    if scene.passed("compile") or "optimizer" in scene.message.lower():
        return _optimizer(
            "the optimizer is a class of another generation (keras.optimizers.legacy), which Keras 3 does not "
            "have; the model itself is fine"
        )
    return Reading(
        "custom-object-broken", "a class in the file has no from_config", (CUSTOM_OBJECTS,), "medium", code="KD917"
    )


def _object_for_a_name(scene: Scene) -> Reading | tuple[Reading, ...]:
    """Tell of a config that stands where a loader looks for a name."""
    loss = _loss(
        "a loss, metric or optimizer is stored as an object with its config, and this loader expects a name; the model "
        "itself is fine",
        UPGRADE,
        confidence="high" if scene.passed("compile") else "medium",
    )
    if scene.passed("compile") or not scene.passed("construct", "graph", "resolve"):
        return loss
    value = Reading(
        "config-value",
        "a config (a dict or list) stands where this loader looks for a name: another release, or a get_config of your "
        "own, stores it so",
        (SAME_VERSION, UPGRADE, LEGACY_KERAS),
        "medium",
        "a layer is what is being made",
    )
    return value, replace(loss, confidence="medium", when="it loads with compile=False")


SYMPTOMS = (
    Symptom(
        (
            "unhashable type: 'dict'",
            "unhashable type: 'list'",
            "'dict' object has no attribute 'lower'",
            "unhashable type",
        ),
        lambda scene, match: _object_for_a_name(scene),
        pattern=r"unhashable type: '?(?:dict|list)'?|'dict' object has no attribute 'lower'",
        strength=4,
    ),
    Symptom(
        ("you must compile your model before", "must be compiled before", "you must call compile()"),
        (
            Reading(
                "wrong-api-use",
                "the model is not compiled: it was saved uncompiled, or loaded with compile=False",
                (
                    Remedy(
                        "Compile it before training or evaluating; predictions need no compile.",
                        "model.compile(optimizer, loss)",
                    ),
                ),
                code="KD903",
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "is deprecated in the new keras optimizer",
            "is deprecated in keras optimizer",
            "not a valid argument, kwargs should be empty",
            "unexpected keyword argument passed to optimizer",
            "argument(s) not recognized",
            "is deprecated in optimizer",
            "kwargs should be empty",
        ),
        (
            _optimizer(
                "the optimizer's config has a keyword that this release's optimizer does not take (lr, decay, "
                "weight_decay, jit_compile …): it was saved by another generation"
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "object has no attribute 'build'",
            "object has no attribute '_create_slots'",
            "no attribute 'get_updates'",
            "object has no attribute 'apply_gradients'",
        ),
        (
            _optimizer(
                "an optimizer of another generation (legacy or experimental) was restored, and is used as one "
                "of this release"
            ),
        ),
        pattern=r"'(?:Adam\w*|SGD|RMSprop|Adagrad|Adadelta|Nadam|Ftrl|\w*Optimizer\w*)' object has no attribute",
        strength=7,
    ),
    Symptom(("missing a from_config() method", "unable to reconstruct an instance of"), _no_from_config, strength=7),
    Symptom(
        (
            "unknown entry in loss dictionary",
            "unknown metric function",
            "unknown entries in loss dictionary",
            "could not interpret metric",
            "could not interpret loss",
            "unknown entry in metrics",
        ),
        (
            _loss(
                "loss or metrics are stored in a form that this loader does not read (an object with its "
                "config, where it expects a name); the model itself is fine",
                UPGRADE,
            ),
        ),
        pattern=r"unknown entr(?:y|ies) in (?:loss|metrics?) dictionary"
        r"|unknown metric function: ?\{|could not interpret (?:metric|loss)",
        strength=8,
    ),
    Symptom(
        ("_deserialize_nested_config", "compile_args_from_training_config", "_deserialize_metric"),
        (
            _loss(
                "the load came as far as the training config: architecture and weights are fine, a loss, "
                "metric or optimizer cannot be restored",
                confidence="medium",
            ),
        ),
        strength=1,
    ),
    Symptom(
        ("compiled metrics have yet to be built",),
        (
            Reading(
                "training-state-lost",
                "no failure: the metrics of the loaded (or saved) model are empty until it is trained or evaluated "
                "once",
                (
                    Remedy(
                        "Nothing has to be done to predict; evaluate or train once to have the metrics, or load "
                        "without "
                        "the training state.",
                        "model = load_model(PATH, compile=False)",
                    ),
                ),
                "medium",
                code="KD914",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("training configuration found", "no training configuration"),
        (
            Reading(
                "training-state-lost",
                "the file has no training config (it was saved without one, or with include_optimizer=False): "
                "the model is loaded uncompiled",
                (
                    Remedy(
                        "Compile it yourself before training; predictions need no compile.",
                        "model.compile(optimizer, loss)",
                    ),
                ),
                "medium",
                code="KD914",
            ),
        ),
        pattern=r"no training configuration (?:was )?found|no training configuration",
        strength=2,
    ),
)
