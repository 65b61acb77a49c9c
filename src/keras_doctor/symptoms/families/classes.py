"""Names that a loader does not know: of layers, functions, and the modules that they are said to be in."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import field
from keras_doctor.symptoms.remedies import (
    COMPILE_FALSE,
    CUSTOM_OBJECTS,
    INSPECT,
    LEGACY_KERAS,
    NEWER_KERAS_3,
    REBUILD,
    REGISTER,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_FUNCTIONAL = Remedy(
    "Load it with TensorFlow 2.3 or newer (tensorflow>=2.3, and tf.keras instead of the old package keras): "
    "Functional came with it.",
    'pip install -U "tensorflow>=2.3"  # then: from tensorflow.keras.models import load_model',
)
_RENAME_FUNCTIONAL = Remedy(
    "Where the old release has to stay: the class was called Model before; renaming it in the config is exact.",
    "keras-doctor check PATH",
)
_TFJS = Remedy(
    "For TensorFlow.js: convert to a graph model (--output_format=tfjs_graph_model, from a SavedModel), which "
    "needs no layer classes; or "
    "replace the operation by a layer (Lambda layers cannot be converted either).",
    "tensorflowjs_converter --input_format=tf_saved_model --output_format=tfjs_graph_model SAVED_MODEL OUT",
)
_OPERATIONS = Remedy(
    "Load it with the Keras that wrote it; in the other generation, rebuild the model with layers (or a "
    "Lambda) in place of the "
    "operations, and load the weights.",
    "keras-doctor check PATH",
)
_SPLIT = re.compile(r"^(?P<prefix>[\w.\- ]+)>(?P<name>\w+)$")
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
    "objective": "losses",
    "objective function": "losses",
}
_TRAINING = {
    "losses": "loss-or-metric-unresolvable",
    "metrics": "loss-or-metric-unresolvable",
    "optimizers": "optimizer-unresolvable",
    "schedules": "optimizer-unresolvable",
}
_ROOTS = ("keras", "tf_keras", "tensorflow", "keras_core", "builtins", "__main__", "None", "")


def _unknown(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "Unknown layer: X" and its like."""
    kind = " ".join(match["kind"].lower().split())
    name = match["name"].strip("'\" .,").rstrip("'")
    table = _FAMILIES.get(kind, "")
    if not name or not table:
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
            (_TFJS, Remedy("Or port the class to JavaScript and register it with tf.serialization.registerClass.")),
            code="KD902",
        )
    if table in _TRAINING:
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


def training(name: str, table: str) -> Reading:
    """Tell of a loss, metric, optimizer or schedule that cannot be restored: the model itself is fine."""
    cause = _TRAINING[table]
    thing = {"losses": "loss", "metrics": "metric", "optimizers": "optimizer", "schedules": "learning rate schedule"}[
        table
    ]
    prefix, _, own = name.rpartition(">")
    known = names.library(own, table, "losses", "metrics") if own else None
    provider = names.provider(name)
    if table == "losses" and provider is None and " + " in name:
        provider = names.provider("segmentation_models.")
    remedies = [COMPILE_FALSE]
    if provider is not None and known is None:
        what = f"the {thing} {name} is of {provider.package}, which has to be imported before loading"
        remedies.append(
            Remedy(f"Import it (pip install {provider.install}), and pass it in custom_objects:", provider.code)
        )
    elif known is not None:
        what = (
            f"this loader does not know the {thing} {name} of the training config by that name; {own} is Keras's "
            f"own: {known.since()}"
        )
        if prefix == "Custom":
            what = (
                f"{name} is Keras's own {own} in the form that TensorFlow 2.11 and later store it; this loader is "
                f"older and takes it for a class of yours"
            )
            remedies.append(Remedy("Or load it with tensorflow>=2.11, or newer.", 'pip install -U "tensorflow>=2.11"'))
        else:
            remedies.append(
                Remedy(
                    "Or load it with the release that saved it, or a newer one of that generation (upgrade).",
                    "keras-doctor check PATH",
                )
            )
    else:
        what = (
            f"the {thing} {name} is your own code, or another package's, and the loader cannot restore it; the "
            f"model itself is fine"
        )
        remedies.append(
            Remedy(
                "Or import its definition and pass it in custom_objects, by that name; register it for the next save.",
                f"model = load_model(PATH, custom_objects={{{name!r}: …}})",
            )
        )
    if table in ("optimizers", "schedules"):
        remedies.append(
            Remedy("For the next time: save without the optimizer.", "model.save(PATH, include_optimizer=False)")
        )
    return Reading(cause, what, tuple(remedies))


def named(scene: Scene, name: str, table: str, module: str = "") -> Reading | tuple[Reading, ...]:
    """Tell of a class or function (not of the training state) that a loader does not know."""
    own = name.rpartition(">")[2]
    prefix = name.rpartition(">")[0]
    root = module.partition(".")[0]
    if table == "layers" and own.isalpha() and own.islower():
        retold = names.library(own.capitalize(), table)
        own = own.capitalize() if retold is not None and retold.kind == table else own
    known = names.library(own, table) or names.library(own)
    if table == "layers" and known is not None and known.kind == "operations":
        metric = names.library(own, "metrics")
        if metric is None or metric.kind != "metrics" or scene.place.only("keras-3"):
            return _operation(own)
        operation = _operation(own)
        return (
            *_as_tuple(_own(scene, own, table, metric)),
            Reading(operation.cause, operation.what, operation.remedies, "medium", "the file was saved by Keras 3"),
        )
    if root == "tf_keras" or (
        root and root not in _ROOTS and known is not None and table == "layers" and root.startswith("keras")
    ):
        return Reading(
            "module-moved",
            f"{own} is stored as a class of {root}, and this loader is another Keras",
            (
                Remedy(f"Load it with {root}, which saved it.", f"pip install {root.replace('_', '-')}"),
                LEGACY_KERAS,
                NEWER_KERAS_3,
            ),
        )
    provider = (
        None
        if known is not None and not prefix
        else (names.provider(name) or (names.provider(module + ".") if module else None))
    )
    if provider is not None:
        return Reading(
            "third-party-object-missing",
            f"{name} is a class of {provider.package}; its package has to be imported (and its classes passed) "
            f"before loading",
            (
                Remedy(
                    f"Install it (pip install {provider.install}) and make its classes known; pass them in "
                    f"custom_objects.",
                    provider.code,
                ),
                Remedy("The release of that package should be of the time of the file.", "keras-doctor check PATH"),
            ),
        )
    if root and root not in _ROOTS and not root.startswith("keras"):
        return Reading(
            "third-party-object-missing",
            f"{name} is a class of the package {root} ({module}), which has to be imported before loading",
            (
                Remedy(
                    f"Install {root} if it is not there, and import the module, so that the class is registered.",
                    f"import {module}",
                ),
                CUSTOM_OBJECTS,
                COMPILE_FALSE if scene.passed("compile") else REGISTER,
            ),
            "high",
        )
    if known is not None and not (prefix and prefix not in ("Custom", "Keras", "keras")):
        return _own(scene, own, table, known)
    if (
        scene.place.only("keras-2")
        and scene.calls("CustomObjectScope", "custom_objects=", "custom_objects={")
        and _nested(scene)
    ):
        return _IGNORED
    return Reading(
        "custom-object-missing",
        f"{name} is not a class or function of any Keras: it is your own code (or a package's), and was not "
        f"given to the loader",
        (
            CUSTOM_OBJECTS,
            Remedy(
                "When it is another package's: import that package before loading.",
                f"import …  # the module that defines {own}",
            ),
            REGISTER,
            REBUILD,
        ),
    )


def _as_tuple(told: Reading | tuple[Reading, ...]) -> tuple[Reading, ...]:
    return told if isinstance(told, tuple) else (told,)


def _nested(scene: Scene) -> bool:
    return sum(1 for frame in scene.parsed.frames if frame.function == "from_config") > 1


_IGNORED = Reading(
    "custom-object-missing",
    "the class is your own code; Keras 2.0 does not hand custom_objects on to the layers inside a Sequential",
    (
        Remedy(
            "Use the scope, which reaches every level; or upgrade Keras.",
            'with CustomObjectScope({"Name": Name}):\n    model = load_model(PATH)',
        ),
        CUSTOM_OBJECTS,
        UPGRADE,
    ),
)


def _operation(name: str) -> Reading:
    return Reading(
        "op-layer-unknown",
        f"{name} is an operation of a functional model (an arithmetic step between layers), which this loader's "
        f"format does not have as a layer",
        (_OPERATIONS, LEGACY_KERAS, REBUILD, _TFJS),
    )


def _own(scene: Scene, name: str, table: str, known: names.Known) -> Reading | tuple[Reading, ...]:
    """Tell of a class of Keras's own that the loader does not know."""
    if name == "Functional" and not scene.place.only("keras-3", "tf-keras"):
        return Reading(
            "unknown-class",
            f"the model was saved by TensorFlow 2.3 or later, where functional models are called Functional; "
            f"this loader is older ({known.since()} know it)",
            (
                _FUNCTIONAL,
                _RENAME_FUNCTIONAL,
                Remedy("Or load it with the same version that saved it.", "keras-doctor check PATH"),
            ),
        )
    within = known.within(scene.place.releases) if scene.place.releases else None
    what = f"{name} is Keras's own, and this loader's release does not know it: {known.since()} do"
    remedies = [SAME_VERSION]
    lines = dict(known.releases)
    if known.kind == "private":
        what = f"{name} is a class inside Keras ({known.since()}) that is not registered by name"
        remedies.insert(
            0,
            Remedy(
                "Pass a class of that name (a copy from keras.applications) in custom_objects.",
                f'custom_objects={{"{name}": {name}}}',
            ),
        )
    elif table == "layers" and known.kind == "metrics":
        what = f"{name} is a metric, not a layer: it was an attribute of a subclassed model, and was saved as a layer"
        remedies.insert(0, REBUILD)
    elif "keras-3" not in lines:
        remedies.insert(0, LEGACY_KERAS)
        if set(lines) <= {"keras-1", "keras-2"}:
            remedies.insert(
                0,
                Remedy(
                    "It needs Keras 2.2 or before (or 1.2): an old environment, from which it can be saved anew.",
                    "keras-doctor check PATH",
                ),
            )
    else:
        remedies.insert(
            0,
            Remedy(
                "Upgrade to a newer release (keras>=2 of TensorFlow 2, tf.keras, or Keras 3) that knows it.",
                "pip install -U tensorflow",
            ),
        )
    if within is True and table == "layers":
        return (
            Reading(
                "unknown-class",
                f"{name} stands in the config in the form of another release (without its module)",
                (*remedies, INSPECT),
                "medium",
                "the class is Keras's own",
                "",
            ),
            Reading(
                "custom-object-missing",
                f"a class of your own is called {name} too",
                (CUSTOM_OBJECTS,),
                "low",
                f"you defined a class {name}",
                "",
            ),
        )
    if scene.passed("compile") and known.kind in _TRAINING:
        return training(name, known.kind)
    return Reading("unknown-class", what, (*remedies, CUSTOM_OBJECTS))


def _not_located(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "Could not locate class 'X'. … Full object config: {…}"."""
    name = match["name"].strip("'\"")
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
        return named(
            scene, registered if ">" in registered else name, "activations", "" if module == "builtins" else module
        )
    known = names.library(name)
    if (
        known is not None
        and known.kind in _TRAINING
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
        ),
        _unknown,
        pattern=r"Unknown (?P<kind>layer|loss function|loss|metric function|metric|optimizer|activation function"
        r"|activation|initializer|regularizer|constraint|decay"
        r"|learning rate schedule|objective function|objective)\s?:?\s*(?P<name>'[^'\n]{1,120}'"
        r"|\"[^\"\n]{1,120}\"|[A-Za-z_][^\n]*?)(?=\.? Please ensure|\.? This may|\.\s|\s*$|\s+error\b"
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
        lambda scene, match: _unknown(scene, match),
        pattern=r"Invalid (?P<kind>layer|objective|optimizer|activation function"
        r"|regularizer):?\s+'?(?P<name>[A-Za-z_]\w+)",
        strength=6,
    ),
    Symptom(
        ("could not locate class", "could not locate function", "could not locate object"),
        _not_located,
        pattern=r"Could not locate (?P<what>class|function|object) (?P<name>'[^']{1,120}'|\"[^\"]{1,120}\"|[\w>.]+)",
        strength=7,
    ),
    Symptom(
        ("keraslayer cannot be loaded", "unable to load keraslayer", "hub.keraslayer"),
        lambda scene, match: named(scene, "KerasLayer", "layers"),
        pattern=r"KerasLayer (?:cannot|can't|could not) be loaded|unable to load KerasLayer",
        strength=4,
    ),
)
