"""Checkpoints and the state of optimizers: variables that do not find each other."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import mismatch
from keras_doctor.symptoms.remedies import BUILD_FIRST, SAME_CODE, SAME_VERSION
from keras_doctor.symptoms.symptom import Reading, Symptom

SYMPTOMS = (
    Symptom(
        ("not found in checkpoint", "not bound to checkpointed values", "unresolved object in checkpoint"),
        (
            mismatch(
                "the checkpoint has other variables than the model: names or objects that one of them does not have",
                SAME_CODE,
                SAME_VERSION,
                Remedy("See which variables the checkpoint has.", "keras-doctor inspect PATH"),
                Remedy(
                    "When it is the optimizer's variables that are missing: the checkpoint was saved without them, or "
                    "by another optimizer. Restore without asking for them, or compile after load_weights.",
                    "model.load_weights(PATH).expect_partial()",
                ),
                Remedy("For the next save: weights in HDF5, by layer.", 'model.save_weights("model.weights.h5")'),
                confidence="medium",
            ),
            Reading(
                "savedmodel-revive",
                "the objects of a SavedModel are another release's",
                (SAME_VERSION,),
                "medium",
                "load_model of a SavedModel folder raised it",
                "KD905",
            ),
        ),
        pattern=r"not found in checkpoint|objects were not bound to checkpointed values"
        r"|unresolved object in checkpoint",
        strength=5,
        question="Was it load_weights (or restore), or load_model of a folder?",
    ),
    Symptom(
        ("unmatched objects",),
        lambda scene, match: (
            Reading(
                "optimizer-state",
                "the state of the optimizer in the checkpoint has other variables than the optimizer that was made; "
                "the model itself is fine",
                (
                    Remedy("Load it without its training state.", "model = load_model(PATH, compile=False)"),
                    Remedy("Or restore without asking that all is used.", "model.load_weights(PATH).expect_partial()"),
                    SAME_VERSION,
                ),
                "medium",
            )
            if any(word in scene.low for word in ("learning_rate", "optimizer", "iteration", "momentum", "beta_"))
            else mismatch(
                "the checkpoint does not have what the model asks for (or the reverse): other names or layers",
                SAME_CODE,
                SAME_VERSION,
                BUILD_FIRST,
                confidence="medium",
            )
        ),
        strength=5,
    ),
    Symptom(
        (
            "skipping loading of weights",
            "deleted with unrestored values",
            "skipping variable loading for optimizer",
            "could not be found in the restored object",
            "could not be found in checkpoint",
            "not all checkpointed values were used",
            "unrestored values",
        ),
        (
            Reading(
                "weights-not-loaded",
                "a checkpoint has values that nothing in the model asked for: the model has other layers or "
                "names than were saved, or was not built",
                (
                    SAME_CODE,
                    Remedy(
                        "Let TensorFlow say so: assert_consumed names what was not used.",
                        "model.load_weights(PATH).assert_consumed()",
                    ),
                    BUILD_FIRST,
                ),
                "medium",
                "it is the model's variables that are named",
                "KD916",
            ),
            Reading(
                "training-state-lost",
                "only the optimizer's values were not restored",
                (),
                "medium",
                "only the optimizer's are named",
                "KD914",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("you called set_weights(weights) on optimizer", "on an optimizer that has not yet been built"),
        (
            Reading(
                "optimizer-state",
                "the saved state of the optimizer has another number of variables than the optimizer; the "
                "model itself is fine",
                (
                    Remedy("Load it without its training state.", "model = load_model(PATH, compile=False)"),
                    Remedy("Or build the optimizer first.", "optimizer.build(model.trainable_variables)"),
                ),
            ),
        ),
        strength=9,
    ),
    Symptom(
        (
            "has not created its variables yet",
            "not yet been built",
            "before calling load_weights",
            "weights for model",
            "has not yet been built",
            "it isn't built",
            "loading weights into a model that has not",
        ),
        (
            Reading(
                "wrong-api-use",
                "weights are loaded into a model that has no variables yet: a subclassed (or Sequential) model "
                "makes them when it is called or built",
                (
                    BUILD_FIRST,
                    Remedy(
                        "Or save weights in TensorFlow's format (a path without .h5), which waits for the variables.",
                        'model.save_weights("ckpt")',
                    ),
                ),
            ),
        ),
        pattern=r"has not (?:created its variables yet|yet been built)|have not yet been created|not yet been built",
        strength=7,
    ),
    Symptom(
        ("unable to load weights saved in hdf5 format into a subclassed",),
        (
            Reading(
                "wrong-api-use",
                "weights in HDF5 are loaded into a subclassed model that has no variables yet (or a checkpoint is "
                "taken "
                "for HDF5, because its prefix was not given)",
                (
                    BUILD_FIRST,
                    Remedy(
                        "For a checkpoint: give its prefix, without .index or .data-00000-of-00001.",
                        'model.load_weights("dir/ckpt")',
                    ),
                ),
            ),
        ),
        strength=9,
    ),
    Symptom(
        ("optimizer", "slot"),
        (
            Reading(
                "optimizer-state",
                "the saved state of the optimizer does not fit the optimizer that was built; the model itself is fine",
                (
                    Remedy("Load it without its training state.", "model = load_model(PATH, compile=False)"),
                    Remedy(
                        "Or build the optimizer with the same variables before its state is restored.",
                        "optimizer.build(model.trainable_variables)",
                    ),
                ),
                "medium",
            ),
        ),
        pattern=r"optimizer (?:weight|variable) [^\n]{0,80}not compatible|error in loading the saved optimizer state"
        r"|optimizer (?:weights?|variables?)[^\n]{0,60}(?:mismatch"
        r"|expected|does not match|length)|optimizer expects \d+ variables"
        r"|weight list of length \d+, but the optimizer was expecting",
        strength=9,
    ),
)
