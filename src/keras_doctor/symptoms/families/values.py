"""Values of a config that have a form which a loader does not take, and names that are not allowed."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.families.keywords import _LIST_OR_DICT, refused, top_level_keys
from keras_doctor.symptoms.remedies import (
    CHECK,
    CUSTOM_OBJECTS,
    INSPECT,
    LEGACY_KERAS,
    REBUILD,
    REGISTER,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_OTHER_FORM = (SAME_VERSION, UPGRADE, LEGACY_KERAS, CHECK, REBUILD)
_LOADING = ("load", "construct", "resolve", "graph", "compile", "weights")


def _value(what: str, *remedies: Remedy, confidence: str = "high", **more: str) -> Reading:
    return Reading("config-value", what, remedies or _OTHER_FORM, confidence, **more)  # type: ignore[arg-type]


def _list_items(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    if scene.passed("graph") or scene.calls("process_layer"):
        return Reading(
            "config-value",
            _LIST_OR_DICT.what,
            _LIST_OR_DICT.remedies,
            evidence=("the model inside another one is the one whose config is a list",),
        )
    if scene.place.only("keras-3") or scene.calls("class_and_config", "model_from_config", "keras"):
        return _LIST_OR_DICT
    return Reading("config-value", _LIST_OR_DICT.what, _LIST_OR_DICT.remedies, "medium")


def _build_missing(scene: Scene, match: re.Match[str]) -> Reading:
    return Reading(
        "graph-reconstruction",
        f"{match['name'] or 'a layer'} is built from an older config that does not say which of its inputs are "
        f"which (keyword inputs of a Keras 2 graph)",
        (LEGACY_KERAS, SAME_VERSION, REBUILD),
        "medium" if not match["name"] else "high",
    )


def _string_indices(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    if scene.passed("compile") or scene.calls("compile_args", "_resolve_compile"):
        from keras_doctor.symptoms.families.classes import training

        first = training("the optimizer", "optimizers")
        return Reading(
            "loss-or-metric-unresolvable",
            "the training config has a part in a form that this Keras does not read; the model itself is fine",
            first.remedies,
        )
    if scene.calls("model_from_json", "class_name", "json.loads"):
        return (
            _value(
                "the JSON holds a string where a config is expected: it was dumped twice (json.dump of what "
                "to_json() returned), or is another generation's",
                Remedy(
                    "Write the text of to_json() as it is; read it once more with json.loads where it was "
                    "dumped twice.",
                    "model = model_from_json(json.loads(text))",
                ),
                *_LIST_OR_DICT.remedies,
                confidence="medium",
            ),
        )
    if scene.passed(*_LOADING) or scene.calls("keras", "load_model"):
        return _LIST_OR_DICT
    return None


SYMPTOMS = (
    Symptom(
        (
            "takes 1 positional argument but 2 were given",
            "takes 0 positional arguments but 1 was given",
            "positional argument but",
            "positional arguments but",
        ),
        (
            Reading(
                "custom-object-broken",
                "a method of a custom class (build, call, get_config, from_config) has another signature than "
                "Keras calls it with",
                (
                    Remedy(
                        "Give it the arguments that Keras passes: build(self, input_shape), call(self, "
                        "inputs), get_config(self), "
                        "@classmethod from_config(cls, config).",
                        "def build(self, input_shape): …",
                    ),
                    REBUILD,
                ),
                "medium",
                code="KD917",
            ),
        ),
        pattern=r"\b(?:build|call|get_config|from_config|compute_output_shape"
        r"|__init__)\(\) takes (?:from )?\d+ [\w ]{0,20}positional arguments? but",
        strength=6,
    ),
    Symptom(
        (
            "'nonetype' object has no attribute",
            "'nonetype' object is not subscriptable",
            "'nonetype' object is not iterable",
            "'dict' object has no attribute",
            "'list' object has no attribute",
            "'tuple' object has no attribute",
            "argument of type 'nonetype'",
        ),
        lambda scene, match: _nothing_there(scene),
        pattern=r"'?(?:NoneType|dict|list|tuple)'? object (?:has no attribute|is not (?:subscriptable|iterable))"
        r"|argument of type '?NoneType",
        strength=2,
    ),
    Symptom(
        ("error when deserializing class", "rror when deserializing class", "could not be deserialized properly"),
        lambda scene, match: _config_itself(scene, match["name"] or match["full"]),
        pattern=r"rror when deserializing class '?(?P<name>\w+)"
        r"|<?class '?[\w.]*\.(?P<full>\w+)'?>? could not be deserialized",
        strength=3,
    ),
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
        ("a sequential model configuration must be a dictionary", "expects a dictionary, not a list"),
        (_LIST_OR_DICT,),
        strength=8,
    ),
    Symptom(("string indices must be integers",), _string_indices, strength=6),
    Symptom(
        ("expected trainable", "argument to be a boolean"),
        (
            _value(
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
            _value(
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
        ),
        (
            _value(
                "a number of the config is stored as a list, a dict or None, which this release does not take "
                "apart (ReLU of TensorFlow 1.13 and 1.14 …)",
                *_OTHER_FORM,
                confidence="medium",
            ),
        ),
        pattern=r"'[<>]=?' not supported between instances of '(?:dict|list|NoneType|str|int)' and '(?:float|int"
        r"|NoneType)'",
        strength=5,
    ),
    Symptom(
        (
            "error converting shape to a tensorshape",
            "dimension value must be integer or none",
            "invalid literal for int() with base 10: 'class_name'",
        ),
        (
            _value(
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
        ("may only have a dtype in", "value of the dtype argument for"),
        (
            _value(
                "the dtype of a preprocessing layer means something else in this release (int64 is what "
                "StringLookup gives out, string what it takes)",
                SAME_VERSION,
                UPGRADE,
                REBUILD,
            ),
        ),
        strength=7,
    ),
    Symptom(
        ("expected dtype int64 does not equal original dtype int32", "does not equal original dtype"),
        (
            _value(
                "a counter of a preprocessing layer (Normalization) is of another integer type in this release "
                "than in the SavedModel",
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
        (
            "unhashable type: 'dtypepolicy'",
            "dtypepolicy",
            "could not interpret dtype",
            "unknown dtype policy",
            "'str' object has no attribute 'quantization_mode'",
            "dtype policy",
        ),
        (
            _value(
                "the dtype is stored as an object (DTypePolicy or Policy), and this release reads another form",
                Remedy("Upgrade to the Keras that wrote it, or newer.", "pip install -U keras"),
                LEGACY_KERAS,
                Remedy(
                    "Or put the policy's name (float32, mixed_float16) in place of the object in the config.",
                    "keras-doctor check PATH",
                ),
            ),
        ),
        pattern=r"unhashable type: 'DTypePolicy'|could not interpret (?:the )?(?:dtype|DType)|Cannot interpret dtype"
        r"|unknown dtype policy|'str' object has no attribute 'quantization_mode'|Cannot convert .*DTypePolicy",
        strength=6,
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
            "shapes used to initialize variables must be fully-defined",
            "should be called on a list of 2 inputs",
            "cannot convert '(none,",
            "should be defined. found none",
            "should be defined, found none",
        ),
        (
            _value(
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
            "cannot contain character /",
            "must be a string and cannot contain character",
            "is not a valid scope name",
            "is not a valid root scope name",
            "parameter name can",
            "name must be a string",
            "invalid name",
            'can\'t contain "."',
            "cannot contain '.'",
        ),
        (
            Reading(
                "name-invalid",
                "a layer (or variable) has a name that this release does not allow (a / or ., a space at the "
                "beginning …); the release that saved it did",
                (
                    Remedy(
                        "Rename the layer: in the code, or in the config (in its name, wherever another "
                        "layer's inbound_nodes name it, and in the groups of its weights).",
                        "keras-doctor check PATH",
                    ),
                    LEGACY_KERAS,
                    REBUILD,
                ),
            ),
        ),
        pattern=r"cannot contain character|is not a valid (?:root )?scope name|parameter name can\W{1,4}t contain"
        r"|cannot contain '\.'|name must be a string",
        strength=8,
    ),
    Symptom(
        (
            "should be unique",
            "names must be unique",
            "already declared as a dependency",
            "all layer names should be unique",
            "duplicate name",
            "same name",
        ),
        (
            Reading(
                "name-invalid",
                "two layers (or variables) have the same name, which this release does not allow",
                (
                    Remedy(
                        "Give every layer a name of its own, in the code or in the config (rename one), and "
                        "save again.",
                        'layer._name = "other"',
                    ),
                    REBUILD,
                ),
                "high",
            ),
        ),
        pattern=r"(?:names?|layers?) (?:should|must) be unique|already declared as a dependency"
        r"|used \d+ times in the model|duplicate (?:layer )?name",
        strength=6,
    ),
    Symptom(
        ("tensor conversion requested dtype", "conversion requested dtype"),
        (
            _value(
                "a layer gets numbers of another type than its config says (an int32 input of an Embedding "
                "where float32 is expected): the dtype in the config is of another release",
                Remedy(
                    "Give the dtype of the input in the config or the code (dtype), or load it with the same version.",
                    "keras-doctor check PATH",
                ),
                SAME_VERSION,
                REBUILD,
                confidence="medium",
            ),
            Reading(
                "graph-reconstruction",
                "the layers cannot be connected again",
                (REBUILD,),
                "low",
                "it is not the input's dtype",
                "",
            ),
        ),
        strength=4,
    ),
    Symptom(
        (
            "could not parse config",
            "could not deserialize",
            "could not be deserialized properly",
            "error when deserializing class",
        ),
        lambda scene, match: _wrapper(scene, match),
        pattern=r"could not parse config|Error when deserializing class '?(?P<name>\w+)"
        r"|'?(?P<path>[\w.]+)'?>? could not be deserialized properly|could not deserialize",
        strength=2,
    ),
    Symptom(
        (
            "unable to revive model from config",
            "when overriding the get_config",
            "must be overridden",
            "is not a valid keras configuration",
            "unexpected object from deserialization",
        ),
        (
            Reading(
                "custom-object-broken",
                "a subclassed model returns, or inherits, a get_config that its from_config does not understand",
                (
                    Remedy(
                        "Write get_config and from_config for the class, so that they agree with __init__.",
                        "def get_config(self): …",
                    ),
                    REBUILD,
                ),
                "medium",
                code="KD917",
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "requested the deserialization of a tfsmlayer",
            "because it is not a modeling function",
            "loading functions are not allowed",
            "are not allowed during deserialization",
        ),
        (
            Reading(
                "security-refused",
                "the config names a function that newer releases do not let a file call; a model made by Keras "
                "does not name it",
                (
                    Remedy("Do not load it before you know what it would call:", "keras-doctor check PATH"),
                    REBUILD,
                ),
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("'layers': [",),
        (
            Reading(
                "custom-object-broken",
                "a Model subclass inherits the get_config of a functional model, and its __init__ takes none of that",
                (
                    Remedy(
                        "Override get_config in the class, and return the arguments of its __init__.",
                        "def get_config(self): …",
                    ),
                    REBUILD,
                ),
                code="KD917",
            ),
        ),
        pattern=r"Unrecognized keyword arguments? passed to \w+: \{'(?:name|layers|trainable)'.*'layers': \[",
        strength=7,
    ),
    Symptom(
        (
            "unexpectedly found an instance of type",
            "not supported between instances",
            "must be real number, not",
            "expected a symbolic tensor instance",
        ),
        (_value("a value of the config has a type that this release does not expect", *_OTHER_FORM, confidence="low"),),
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
    return _value(
        "a shape of the config is read otherwise by this release than by the one that saved it "
        "(batch_input_shape of a Sequential without an InputLayer, in an older "
        "file read by Keras 3)",
        LEGACY_KERAS,
        REBUILD,
        SAME_VERSION,
        confidence="medium",
    )


def _nothing_there(scene: Scene) -> Reading | None:
    """Tell of a part that is missing, or of another type, somewhere inside a load."""
    if not (scene.passed(*_LOADING) or scene.calls("load_model", "from_config", "model_from_json", "deserialize")):
        return None
    return _value(
        "the loader finds nothing, or a thing of another type, where the config of its own release has "
        "something (an attribute of a layer, "
        "the inputs of a Lambda, an entry of the config)",
        *_OTHER_FORM,
        confidence="low",
    )


def _config_itself(scene: Scene, name: str) -> Reading | tuple[Reading, ...] | None:
    """Tell what a printed config itself gives away, where what was raised is cut off: keywords that the class does not
    take in the releases in which the text can have been written.
    """
    keys = top_level_keys(scene.dump)
    if not keys or "layers" in keys:
        return None
    refusing = names.refusing(name, keys, dict(scene.place.releases) or {"keras-3": ()})
    return refused(scene, name, refusing) if refusing else None


def _wrapper(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of a wrapper whose inner message is not known."""
    if scene.passed("compile") and any(word in match[0].lower() for word in ("optimizer", "adam", "sgd", "rmsprop")):
        from keras_doctor.symptoms.families.classes import training

        return training((match["path"] or "Adam").rpartition(".")[2], "optimizers")
    name = match.groupdict().get("name") or (match.groupdict().get("path") or "").rpartition(".")[2]
    missing = Reading(
        "custom-object-missing",
        "a class of your own in the model is not known to the loader: what was raised inside, which would name it, is "
        "not told",
        (CUSTOM_OBJECTS, REGISTER, REBUILD),
        "low",
        "a class of your own (or of another package) is in the model",
    )
    container = name in ("Functional", "Sequential", "Model") and not scene.dump
    return (
        *((missing,) if container else ()),
        _value(
            f"the config of {name or 'a class'} does not fit this release; what was raised inside is not told, "
            f"or not known",
            SAME_VERSION,
            INSPECT,
            CHECK,
            REBUILD,
            confidence="low",
            when="every layer is Keras's own",
        ),
        Reading(
            "custom-object-broken",
            "a class of your own does not take its own config",
            (
                Remedy(
                    "For a class of your own: let get_config return all arguments of __init__, and from_config "
                    "rebuild the objects "
                    "among them (keras.saving.deserialize_keras_object).",
                    "def get_config(self): …",
                ),
                CUSTOM_OBJECTS,
            ),
            "low",
            "a class of your own is in the model",
            "KD917",
        ),
    )
