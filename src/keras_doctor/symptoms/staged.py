"""What the frames alone say when no message is known: the stage that a load (or a save) had reached."""

from __future__ import annotations

from keras_doctor.records import replace
from keras_doctor.symptoms.places import package_of
from keras_doctor.symptoms.remedies import (
    CHECK,
    COMPILE_FALSE,
    CUSTOM_OBJECTS,
    INSPECT,
    LEGACY_KERAS,
    REBUILD,
    REINSTALL,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_FIT = (SAME_VERSION, UPGRADE, LEGACY_KERAS, CHECK, REBUILD)

# Stage → what it means that something was raised there. The order is that in which a stage counts when the frames went
# through several: what is told by a function that does one thing comes before those that everything goes through.
_TOLD: tuple[tuple[str, tuple[Reading, ...]], ...] = (
    (
        "pickle",
        (
            Reading(
                "pickled-model",
                "a pickled model does not come back here",
                (SAME_VERSION, UPGRADE),
                "medium",
                code="KD904",
            ),
        ),
    ),
    (
        "compile",
        (
            Reading(
                "loss-or-metric-unresolvable",
                "the load came as far as the training config: a loss or metric in it cannot be restored, the model "
                "itself is fine",
                (COMPILE_FALSE, CUSTOM_OBJECTS, UPGRADE),
                "medium",
                "it loads with compile=False",
            ),
            Reading(
                "optimizer-unresolvable",
                "the load came as far as the training config: the optimizer in it cannot be restored, the "
                "model itself "
                "is fine",
                (COMPILE_FALSE, UPGRADE),
                "medium",
                "a frame is in an optimizer's module",
            ),
        ),
    ),
    (
        "assets",
        (
            Reading(
                "assets-missing",
                "a vocabulary or another asset of a layer could not be loaded",
                (SAME_VERSION, INSPECT, REBUILD),
                "low",
                code="KD911",
            ),
        ),
    ),
    (
        "weights",
        (
            Reading(
                "weights-mismatch",
                "the architecture was built, and its weights could not be put into it",
                (INSPECT, REBUILD, SAME_VERSION),
                "medium",
            ),
        ),
    ),
    (
        "revive",
        (
            Reading(
                "savedmodel-revive",
                "an object of the SavedModel could not be brought back",
                (SAME_VERSION, UPGRADE, CUSTOM_OBJECTS, REBUILD),
                "medium",
                code="KD905",
            ),
        ),
    ),
    (
        "lambda",
        (
            Reading(
                "lambda-not-runnable",
                "the function of a Lambda layer cannot be run here",
                (CUSTOM_OBJECTS, REBUILD, SAME_VERSION),
                "medium",
                "it was raised inside the function",
            ),
            Reading(
                "bytecode-incompatible",
                "the bytecode of a Lambda layer is of another Python",
                (SAME_VERSION, REBUILD),
                "low",
                "it was raised in func_load",
            ),
        ),
    ),
    (
        "graph",
        (
            Reading(
                "graph-reconstruction",
                "the layers were created, and connecting them again failed",
                _FIT,
                "medium",
                "the layers are Keras's own",
            ),
            Reading("config-value", "a value in the config of a layer or node does not fit this release", _FIT, "low"),
        ),
    ),
    (
        "resolve",
        (
            Reading(
                "unknown-class",
                "a class or function that the config names was not found",
                _FIT,
                "low",
                "the class is Keras's own",
            ),
            Reading(
                "custom-object-missing",
                "a class or function of your own was not given to the loader",
                (CUSTOM_OBJECTS, REBUILD),
                "low",
                "the class is your own",
            ),
        ),
    ),
    (
        "construct",
        (
            Reading(
                "config-value",
                "a layer could not be made from its config: a value in it does not fit this release",
                _FIT,
                "low",
                "the layer is Keras's own",
            ),
            Reading("unknown-keyword", "a keyword in it does not fit this release", _FIT, "low"),
            Reading(
                "custom-object-broken",
                "a class of yours does not take its own config",
                (REBUILD,),
                "low",
                "the class is your own",
                "KD917",
            ),
        ),
    ),
    (
        "open",
        (
            Reading(
                "damaged-file",
                "the file could not be opened or read to its end",
                (CHECK, INSPECT),
                "low",
                "the file was downloaded or copied",
            ),
            Reading(
                "path-problem",
                "the path is not that of a file that can be read",
                (CHECK,),
                "low",
                "the path is wrong",
            ),
        ),
    ),
    (
        "save",
        (
            Reading(
                "save-refused",
                "saving failed: what was written is not a whole model",
                (UPGRADE, REBUILD),
                "medium",
                code="KD901",
            ),
        ),
    ),
    (
        "load",
        (
            Reading(
                "config-value",
                "the load failed for a reason that is not among the known ones",
                (CHECK, SAME_VERSION, REBUILD),
                "low",
            ),
        ),
    ),
)
_IMPORT = Reading(
    "environment-broken",
    "the import of TensorFlow or Keras failed: the installation is not whole, or mixed",
    (REINSTALL, UPGRADE),
    "medium",
    code="KD909",
)


# A load (or the mention of one) failed, and that is all that is known.
UNKNOWN = dict(_TOLD)["load"]
_IMPORTED = ("tensorflow", "keras", "tf_keras", "h5py", "google", "numpy")


def readings(scene: Scene) -> tuple[Reading, ...]:
    """Return the readings for the stage that the frames show, () when they show none."""
    frames = scene.parsed.frames
    if not frames:
        return _by_words(scene)
    if frames and not scene.place.stages and _importing(scene):
        return (_IMPORT,)
    if scene.place.stage == "save" and not scene.passed("load"):
        return dict(_TOLD)["save"]
    loading = scene.place.packages and scene.calls("load_model", "load_weights", "model_from_json")
    for stage, told in _TOLD:
        if stage in scene.place.stages or (loading and stage == "load"):
            if stage == "compile" and any("optimizer" in frame.stem for frame in frames[-4:]):
                return told[::-1]
            if stage == "lambda" and frames and frames[-1].function == "func_load":
                return told[::-1]
            return told
    return ()


# What people write → the stage that it tells of, where there are no frames.
_WORDS = (
    ("save", ("model.save(", "save_model(", "saving the model", "ModelCheckpoint", "save the model")),
    ("weights", ("load_weights", "loading weights", "loading the weights")),
    (
        "load",
        (
            "load_model",
            "model_from_json",
            "model_from_yaml",
            "load the model",
            "loading the model",
            "loading model",
            "load model",
        ),
    ),
)


def _by_words(scene: Scene) -> tuple[Reading, ...]:
    """Return the readings for the stage that a text without frames names, when it tells of an error at all."""
    if not scene.parsed.errors and "error" not in scene.low and "exception" not in scene.low:
        return ()
    for stage, words in _WORDS:
        if scene.calls(*words):
            return tuple(replace(reading, confidence="low") for reading in dict(_TOLD)[stage])
    return ()


def _importing(scene: Scene) -> bool:
    """Tell whether the last frame is a module that is being imported, of TensorFlow or Keras."""
    last = scene.parsed.frames[-1]
    return last.function == "<module>" and package_of(last) in _IMPORTED
