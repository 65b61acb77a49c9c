"""Values of a config that have a form which a loader does not take, and names that are not allowed."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.readings import LIST_OR_DICT, LOADING, OTHER_FORM, value
from keras_doctor.symptoms.remedies import (
    CUSTOM_OBJECTS,
    INSPECT,
    LEGACY_KERAS,
    REBUILD,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


def _list_items(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    if scene.passed("graph") or scene.calls("process_layer"):
        return Reading(
            "config-value",
            LIST_OR_DICT.what,
            LIST_OR_DICT.remedies,
            evidence=("the model inside another one is the one whose config is a list",),
        )
    if scene.place.only("keras-3") or scene.calls("class_and_config", "model_from_config", "keras"):
        return LIST_OR_DICT
    return Reading("config-value", LIST_OR_DICT.what, LIST_OR_DICT.remedies, "medium")


def _string_indices(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    if scene.passed("compile") or scene.calls("compile_args", "_resolve_compile"):
        from keras_doctor.symptoms.unknown import training

        first = training("the optimizer", "optimizers")
        return Reading(
            "loss-or-metric-unresolvable",
            "the training config has a part in a form that this Keras does not read; the model itself is fine",
            first.remedies,
        )
    if scene.calls("model_from_json", "class_name", "json.loads"):
        return (
            value(
                "the JSON holds a string where a config is expected: it was dumped twice (json.dump of what "
                "to_json() returned), or is another generation's",
                Remedy(
                    "Write the text of to_json() as it is; read it once more with json.loads where it was "
                    "dumped twice.",
                    "model = model_from_json(json.loads(text))",
                ),
                *LIST_OR_DICT.remedies,
                confidence="medium",
            ),
        )
    known = scene.passed(*LOADING) or scene.calls("keras", "load_model")
    return LIST_OR_DICT if known else replace(LIST_OR_DICT, confidence="low")


SYMPTOMS = (
    Symptom(
        (
            "'list' object has no attribute 'items'",
            "pop expected at most 1 argument",
            "'list' object has no attribute 'get'",
        ),
        _list_items,
        strength=8,
    ),
    Symptom(
        (
            "a sequential model configuration must be a dictionary",
            "expected 'config' to be a dict",
            "expects a dictionary, not a list",
        ),
        (LIST_OR_DICT,),
        strength=8,
    ),
    Symptom(("string indices must be integers",), _string_indices, strength=6),
    Symptom(
        (
            "list indices must be integers",
            "'str' object has no attribute 'items'",
            "'dict' object has no attribute 'ndim'",
        ),
        lambda scene, match: value(
            "a part of the config is a list or a text where this release has a dict (or the reverse): it was written "
            "by "
            "another release",
            *OTHER_FORM,
            confidence="medium" if scene.passed(*LOADING) or scene.calls("load_model", "from_config") else "low",
        ),
        pattern=r"list indices must be integers(?: or slices)?, not '?(?:str|unicode|tuple)|object has no attribute "
        r"'(?:items|ndim)'",
        strength=4,
    ),
    Symptom(
        ("expected trainable", "argument to be a boolean"),
        (
            value(
                "trainable is not True or False in the config (None, 0 or 1 of an older release), and newer "
                "ones check it",
                Remedy(
                    "Load it with an older release (TensorFlow 2.7 or before does not check), set trainable, "
                    "and re-save it.",
                    "model.trainable = True; model.save(PATH)",
                ),
                Remedy("Or put true or false for trainable into the config.", "keras-doctor check PATH"),
            ),
        ),
        pattern=r"expected trainable (?:argument )?to be a boolean",
        strength=8,
    ),
    Symptom(
        ("tuple indices must be integers",),
        (
            value(
                "an axis is a list ([3]) in this config, as tf.keras writes it for BatchNormalization; the old "
                "package keras wants a number",
                Remedy(
                    "Load it with tf.keras (from tensorflow.keras.models import load_model), which wrote it.",
                    "pip install -U tensorflow",
                ),
                Remedy("Or put the number in place of the list for axis in the config.", "keras-doctor check PATH"),
            ),
        ),
        pattern=r"tuple indices must be integers(?: or slices)?, not list",
        strength=7,
    ),
    Symptom(
        (
            "'<' not supported between instances",
            "'<=' not supported between instances",
            "'>=' not supported between",
            "'>' not supported between",
            "unorderable types",
        ),
        (
            value(
                "a number of the config is stored as a list, a dict or None, which this release does not take "
                "apart (ReLU of TensorFlow 1.13 and 1.14 …)",
                *OTHER_FORM,
                confidence="medium",
            ),
        ),
        pattern=r"'[<>]=?' not supported between instances of '(?:dict|list|NoneType|str|int)' and '(?:float|int"
        r"|NoneType)'|unorderable types: \w+\(\) [<>]=? \w+\(\)",
        strength=5,
    ),
    Symptom(
        (
            "error converting shape to a tensorshape",
            "dimension value must be integer or none",
            "invalid literal for int() with base 10: 'class_name'",
        ),
        (
            value(
                "a shape is stored as a nested object ({'class_name': 'TensorShape', …}), as TensorFlow 2.2 "
                "and later write it; this loader is older",
                UPGRADE,
                SAME_VERSION,
                REBUILD,
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "unkown value for standardize",
            "unknown value for standardize",
            "unkown value for split",
            "unknown value for split",
            "value for standardize argument",
            "value for split argument",
        ),
        (
            Reading(
                "custom-object-missing",
                "a TextVectorization with a function of your own for standardize (or split): the function is "
                "not in the file, and was not given to the loader",
                (
                    Remedy(
                        "Register the function before saving, and import its module before loading; or pass it "
                        "in custom_objects.",
                        "@keras.saving.register_keras_serializable()\ndef standardize(text): …",
                    ),
                    CUSTOM_OBJECTS,
                ),
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("invalid value for argument reduction",),
        (
            Reading(
                "loss-or-metric-unresolvable",
                "the loss is stored with reduction='auto', which Keras 3 does not have; the model itself is fine",
                (
                    Remedy(
                        "Load it without its training state, and compile again.",
                        "model = load_model(PATH, compile=False)",
                    ),
                    LEGACY_KERAS,
                ),
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "kernel shape must have the same length as input",
            "kernel shape must have same length as input",
            "shapes used to initialize variables must be fully-defined",
            "should be called on a list of 2 inputs",
            "cannot convert '(none,",
        ),
        (
            value(
                "a shape in the config of the older file is read with one dimension too many or too few "
                "(batch_input_shape of a Sequential without an InputLayer, in an older "
                "file read by Keras 3)",
                LEGACY_KERAS,
                REBUILD,
                SAME_VERSION,
                confidence="medium",
            ),
        ),
        strength=4,
    ),
    Symptom(
        (
            "is incompatible with the layer: expected ndim",
            "expected ndim=",
            "expected min_ndim",
            "is incompatible with the layer: expected axis",
            "is incompatible with layer",
        ),
        lambda scene, match: _incompatible_input(scene),
        strength=5,
    ),
    Symptom(
        (
            "float() argument must be",
            "int() argument must be",
            "must be real number, not",
            "of type 'dict' instead",
            "of type dict instead",
            "a bytes-like object is required, not 'dict'",
        ),
        (
            value(
                "a number of the config is stored as an object (a NumPy array as {'type': 'ndarray', 'value': …}, a "
                "nested config), which this release does not turn back: LeakyReLU's alpha, Constant's value …",
                Remedy(
                    "Upgrade: newer releases read it, or load only the weights (load_weights) into a model made by "
                    "code; "
                    "give such layers plain numbers, and big arrays by set_weights.",
                    "pip install -U keras tensorflow",
                ),
                *OTHER_FORM,
                confidence="medium",
            ),
        ),
        pattern=r"(?:float|int)\(\) argument must be a string[^\n]{0,40}or a (?:real )?number, not '?(?:dict|list"
        r"|NoneType)"
        r"|must be real number, not (?:dict|list|NoneType)|Expected \w+, got [^\n]{0,300} of type '?dict"
        r"|bytes-like object is required, not '?dict",
        strength=6,
    ),
    Symptom(
        (
            "unexpectedly found an instance of type",
            "not supported between instances",
            "must be real number, not",
            "expected a symbolic tensor instance",
        ),
        (value("a value of the config has a type that this release does not expect", *OTHER_FORM, confidence="low"),),
        pattern=r"expected a symbolic tensor instance|must be real number, not (?:dict|list|NoneType)"
        r"|unexpectedly found an instance of type",
        strength=3,
    ),
)


def _incompatible_input(scene: Scene) -> Reading | tuple[Reading, ...] | None:
    loading = scene.passed("load", "construct", "resolve", "graph") or scene.calls("load_model")
    if not loading and not scene.calls("sequential.py", "build_from_config"):
        return Reading(
            "wrong-api-use",
            "the model was called with data of another shape than it was built for",
            (
                Remedy(
                    "Compare the shape of your data with model.input_shape: a missing batch dimension "
                    "(np.expand_dims(x, 0)), another size or order.",
                    "print(model.input_shape, x.shape)",
                ),
                INSPECT,
            ),
            "medium",
            code="KD903",
        )
    return value(
        "a shape of the config is read otherwise by this release than by the one that saved it "
        "(batch_input_shape of a Sequential without an InputLayer, in an older "
        "file read by Keras 3)",
        LEGACY_KERAS,
        REBUILD,
        SAME_VERSION,
        confidence="medium",
    )
