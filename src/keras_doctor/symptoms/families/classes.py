"""Names that a loader does not know: of layers, functions, and the modules that they are said to be in."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import field
from keras_doctor.symptoms.remedies import COMPILE_FALSE, CUSTOM_OBJECTS, LEGACY_KERAS
from keras_doctor.symptoms.symptom import Reading, Symptom
from keras_doctor.symptoms.unknown import TFJS, TRAINING, named, training

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_FAMILIES = {
    "layer": "layers",
    "loss function": "losses",
    "loss": "losses",
    "metric": "metrics",
    "metric function": "metrics",
    "optimizer": "optimizers",
    "activation": "activations",
    "activation function": "activations",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "decay": "schedules",
    "learning rate schedule": "schedules",
    "object": "layers",
    "objective": "losses",
    "objective function": "losses",
}


# How functions are called that measure.
_MEASURES = re.compile(
    r"loss|metric|accura|dice|iou|f1|auc|precision|recall|entropy|score|error|r2|rmse", re.IGNORECASE
)


def _renamed(name: str) -> tuple[Remedy, ...]:
    """Return how to rename a class that TensorFlow 1 wrote under another name ("BatchNormalizationV1")."""
    own = name.removesuffix("V1").removesuffix("V2")
    if own == name or names.library(own) is None:
        return ()
    return (
        Remedy(
            f"Rename {name} to {own} in model.json (an edit that is exact), or save with a newer TensorFlow.",
            f"sed -i 's/{name}/{own}/g' model.json",
        ),
    )


def _unknown(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "Unknown layer: X" and its like."""
    kind = " ".join(match["kind"].lower().split())
    name = match["name"].strip("'\" .,").rstrip("'")
    if match["name"][:1] not in "'\"":
        name = re.split(r"[`\s]", name, maxsplit=1)[0]  # what the teller goes on to say is no part of it
    table = _FAMILIES.get(kind, "")
    if not name or not table or name.startswith(("type", "object")) or (kind == "object" and name[:1].islower()):
        return None
    if scene.calls(
        "javascript",
        "JavaScript",
        "TensorFlow.js",
        ".ts:",
        "UnhandledPromise",
        "tfjs",
        "tf.serialization",
        ".js:",
        "Uncaught",
    ):
        return Reading(
            "converter-incompatible",
            f"TensorFlow.js has no class {name}",
            (
                *_renamed(name),
                TFJS,
                Remedy("Or port the class to JavaScript and register it with tf.serialization.registerClass."),
            ),
            code="KD902",
        )
    name = name if names.library(name) is not None else names.spelled(name)
    if table in TRAINING:
        return training(name, table)
    if name == "function":
        return _FUNCTION_DICT
    return named(scene, name, table)


_FUNCTION_DICT = Reading(
    "config-value",
    "an activation is stored as a nested config ({'class_name': 'function', …}), as the .keras format writes "
    "it, and this loader reads the "
    "older form, a plain name",
    (
        Remedy(
            "Save in the .keras format with that release and load from there; it reads the nested form.",
            'model.save("model.keras")',
        ),
        Remedy(
            "Or give the activation as a layer of its own, or as a registered class, and save again.",
            "x = MyActivation()(x)",
        ),
        CUSTOM_OBJECTS,
    ),
)


def _invalid(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "Invalid layer: X", which Keras 0 and 1 say: a class that came later is the user's own."""
    told = _unknown(scene, match)
    known = names.library(match["name"])
    if isinstance(told, Reading) and told.cause == "unknown-class" and known and "keras-1" not in dict(known.releases):
        own = Reading(
            "custom-object-missing",
            f"{match['name']} is a class of your own (Keras's own of that name came later), and was not given to the "
            f"loader",
            (CUSTOM_OBJECTS,),
            "medium",
            "the file was saved by Keras 1 or before",
        )
        newer = replace(told, confidence="medium", when="the file was saved by a newer Keras")
        return (newer, own) if match["name"] == "Functional" else (own, newer)
    return told


def _not_located(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "Could not locate class 'X'. … Full object config: {…}"."""
    name = match["name"].strip("'\".")
    module = field(scene.dump, "module") or ""
    if module == "None":
        module = ""
    registered = field(scene.dump, "registered_name") or ""
    is_function = match["what"].lower() == "function" or "'class_name': 'function'" in scene.dump[:200]
    if is_function:
        known = names.library(name, "losses", "metrics")
        if known is not None:
            return Reading(
                "loss-or-metric-unresolvable",
                f"the loss or metric is stored by its short name {name}, which Keras 3 does not find under that "
                f"name when it reads an older file",
                (
                    COMPILE_FALSE,
                    Remedy("Then compile with the full name.", 'model.compile(loss="mean_squared_error")'),
                    LEGACY_KERAS,
                ),
            )
        if (
            "keras.metrics" in module
            or "keras.losses" in module
            or (scene.passed("compile") and not scene.passed("graph"))
        ):
            return training(name, "losses")
        missing = named(
            scene, registered if ">" in registered else name, "activations", "" if module == "builtins" else module
        )
        if _MEASURES.search(name) and isinstance(missing, Reading) and not scene.passed("graph"):
            return (
                replace(training(name, "losses"), confidence="medium", when="it is a loss or metric of the model"),
                replace(missing, confidence="medium", when="a layer (a Lambda, an activation) uses it"),
            )
        return missing
    known = names.library(name)
    if (
        known is not None
        and known.kind in TRAINING
        and not scene.passed("graph")
        and (module.startswith("keras") or not module)
    ):
        return training(name, known.kind)
    if known is None and (".losses" in module or ".metrics" in module or scene.passed("compile")):
        return (training(registered if ">" in registered else name, "losses"),)
    return named(
        scene, registered if ">" in registered and not registered.startswith("Custom>") else name, "layers", module
    )


SYMPTOMS = (
    Symptom(
        (
            "unknown layer",
            "unknown loss",
            "unknown metric",
            "unknown optimizer",
            "unknown activation",
            "unknown initializer",
            "unknown regularizer",
            "unknown constraint",
            "unknown decay",
            "unknown learning rate",
            "unknown objective",
            "unknown object",
            "unknow layer",
            "unknow loss",
            "unknow metric",
        ),
        _unknown,
        pattern=r"Unknown? (?P<kind>layer|loss function|loss(?! function)|metric function|metric(?! function)"
        r"|optimizer|activation function"
        r"|activation(?! function)|initializer|regularizer|constraint|decay"
        r"|learning rate schedule|objective function|objective"
        r"|(?<!to unknown )object)(?:'\s*,\s*')?\s?:?\s*(?P<name>'[^'\n]{1,120}'"
        r"|\"[^\"\n]{1,120}\"|[A-Za-z_<][^\n]*?)(?=\.? Please ensure|\.? This may|\.\s|\s*$|\s+error\b"
        r"|[.,;\"'\])]*$|\s+(?:in|when|while|with|for)\b)",
        strength=7,
    ),
    Symptom(
        (
            "invalid layer",
            "invalid initialization",
            "invalid regularizer",
            "invalid objective",
            "invalid optimizer",
            "invalid activation function",
        ),
        lambda scene, match: _invalid(scene, match),
        pattern=r"Invalid (?P<kind>layer|objective|optimizer|activation function"
        r"|regularizer):?\s+'?(?P<name>[A-Za-z_]\w+)",
        strength=6,
    ),
    Symptom(
        ("cannot deserialize object of type",),
        lambda scene, match: named(scene, match["name"], "layers"),
        pattern=r"Cannot deserialize object of type (?P<name>\w+)\.",
        strength=7,
    ),
    Symptom(
        ("could not locate class", "could not locate function", "could not locate object"),
        _not_located,
        pattern=r"Could not locate (?P<what>class|function|object) (?P<name>'[^']{1,120}'|\"[^\"]{1,120}\"|[\w>.]+)",
        strength=7,
    ),
    Symptom(
        ("make sure custom classes",),
        (
            Reading(
                "custom-object-missing",
                "a class or function of your own is in the model, and this process does not know it",
                (CUSTOM_OBJECTS,),
                confidence="medium",
            ),
        ),
        pattern=r"Make sure custom classes(?: and functions)? are decorated",
        strength=4,
    ),
    Symptom(
        ("keraslayer cannot be loaded", "unable to load keraslayer", "hub.keraslayer"),
        lambda scene, match: named(scene, "KerasLayer", "layers"),
        pattern=r"KerasLayer (?:cannot|can't|could not) be loaded|unable to load KerasLayer",
        strength=4,
    ),
)
