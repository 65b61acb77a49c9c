"""Plain messages with which Keras refuses a call: their words say all."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import CALL_FIRST, CHECK, INSPECT, REGISTER, SAME_VERSION
from keras_doctor.symptoms.symptom import Reading, Symptom

_LOOK = Remedy("Print the layers and their names, and use one of these.", "model.summary()")

SYMPTOMS = (
    row(
        "wrong-api-use",
        "KD903",
        "what load_weights (or restore) returns is used as if it were the model: it is None, or the status of the load",
        (
            "'checkpointloadstatus' object",
            "'namebasedsaverstatus' object",
        ),
        Remedy(
            "Do not assign what load_weights returns: call it, and go on with the model.",
            "model.load_weights(PATH)\nmodel.fit(x, y)",
        ),
        INSPECT,
        strength=7,
    ),
    Symptom(
        ("keyerror:",),
        (
            Reading(
                "wrong-api-use",
                "a package looks the path of a file up in a table of names: its argument takes the name of a model "
                "that it knows, not a file",
                (
                    Remedy(
                        "Build the model without weights (weights=None), and load the file into it.",
                        "model.load_weights(PATH)",
                    ),
                    Remedy("Or look up which names and arguments the package takes.", "help(the_function)"),
                    CHECK,
                ),
                "medium",
                "the path is one that you passed to the package",
                "KD903",
            ),
        ),
        pattern=r"KeyError: ['\"](?!config\.json|metadata\.json|model\.weights\.h5)[^'\" ]+\.(?:h5|hdf5|keras)['\"]",
        strength=7,
        everywhere=False,
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the program takes a .h5 file and was given another path",
        ("must be a .h5 file", "should be a .h5 file"),
        Remedy("Give the path of the .h5 file, or save (convert) the model as one.", 'model.save("model.h5")'),
        CHECK,
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the path that was handed over is None: the variable was never set, or nothing was found (latest_checkpoint "
        "of an empty folder)",
        ("'nonetype' object has no attribute 'endswith'", "'nonetype' object has no attribute 'encode'"),
        Remedy("Print the path before loading; train first, or name the file itself.", "print(PATH)"),
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the model has no layer of that name or index",
        ("no such layer:", "was asked to retrieve layer at index", "provide either a layer name or layer index"),
        _LOOK,
        INSPECT,
    ),
    row(
        "wrong-api-use",
        "KD903",
        "a class is registered twice, or under a name that another one has: the cell or module that registers it "
        "ran twice",
        ("has already been registered to", "has already been registered as"),
        Remedy(
            "Register each class once, in a module that is imported; in a notebook restart the kernel, or give another "
            "name.",
            '@keras.saving.register_keras_serializable(package="my_package")',
        ),
        REGISTER,
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the model was used before it was built or compiled",
        (
            "the model needs to be compiled before being used",
            "sequential model cannot be built: model is empty",
            "the layer has never been called and thus has no defined",
            "has never been called and thus has no defined input",
            "has no information about its expected input shape",
            "you must provide an input_shape argument",
            "forgot to call super",
        ),
        CALL_FIRST,
        Remedy("Or compile it, when it is to be trained or evaluated.", "model.compile(…)"),
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "clone_model (or Sequential) was given another kind of model than it takes",
        (
            "expected model argument to be a",
            "to clone a sequential model, we expect",
            "cannot clone a sequential model on top of",
        ),
        Remedy(
            "Hand over the model itself, and clone subclassed models by their class.", "keras.models.clone_model(m)"
        ),
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the inputs or outputs that Model was given are no Keras tensors: they come of plain TensorFlow functions, or "
        "of another Keras (keras next to tf.keras)",
        (
            "input tensors to a model must come from",
            "output tensors to a model must be the output of",
            "input tensors to a functional must come from",
            "output tensors of a functional model must be",
            "(missing previous layer metadata)",
            "(missing keras metadata)",
            "thus holding past layer metadata",
        ),
        Remedy(
            "Build the model with one Keras only (all of keras or all of tf.keras), and each step as a layer (Lambda).",
            "from tensorflow import keras",
        ),
        SAME_VERSION,
        sure="medium",
    ),
)
