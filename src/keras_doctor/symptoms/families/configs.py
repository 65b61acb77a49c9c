"""Configs that a class does not take, where what was raised inside tells little."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import LOADING, OTHER_FORM, value
from keras_doctor.symptoms.refused import refused, top_level_keys
from keras_doctor.symptoms.remedies import (
    CHECK,
    COMPILE_FALSE,
    CUSTOM_OBJECTS,
    INSPECT,
    REBUILD,
    REGISTER,
    SAME_VERSION,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


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
)


def _nothing_there(scene: Scene) -> Reading | None:
    """Tell of a part that is missing, or of another type, somewhere inside a load."""
    if not (scene.passed(*LOADING) or scene.calls("load_model", "from_config", "model_from_json", "deserialize")):
        return None
    if scene.passed("compile") and not scene.passed("graph"):
        return Reading(
            "loss-or-metric-unresolvable",
            "a loss, metric or optimizer of the training config is not there, or of another form, for this loader; the "
            "model itself is fine",
            (COMPILE_FALSE, CUSTOM_OBJECTS, SAME_VERSION),
            "medium",
        )
    return value(
        "the loader finds nothing, or a thing of another type, where the config of its own release has "
        "something (an attribute of a layer, "
        "the inputs of a Lambda, an entry of the config)",
        *OTHER_FORM,
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
        from keras_doctor.symptoms.unknown import training

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
        value(
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
