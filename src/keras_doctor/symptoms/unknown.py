"""A name that a loader does not know, told by whose it is: Keras's, a package's, the user's."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import LIST_OR_DICT
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
from keras_doctor.symptoms.symptom import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

TFJS = Remedy(
    "For TensorFlow.js: convert to a graph model (--output_format=tfjs_graph_model, from a SavedModel), which "
    "needs no layer classes; or "
    "replace the operation by a layer (Lambda layers cannot be converted either).",
    "tensorflowjs_converter --input_format=tf_saved_model --output_format=tfjs_graph_model SAVED_MODEL OUT",
)
_FUNCTIONAL = Remedy(
    "Load it with TensorFlow 2.3 or newer (tensorflow>=2.3, and tf.keras instead of the old package keras): "
    "Functional came with it.",
    'pip install -U "tensorflow>=2.3"  # then: from tensorflow.keras.models import load_model',
)
_RENAME_FUNCTIONAL = Remedy(
    "Where the old release has to stay: the class was called Model before; renaming it in the config is exact.",
    "keras-doctor check PATH",
)
_OPERATIONS = Remedy(
    "Load it with the Keras that wrote it; in the other generation, rebuild the model with layers (or a "
    "Lambda) in place of the "
    "operations, and load the weights.",
    "keras-doctor check PATH",
)
_SPLIT = re.compile(r"^(?P<prefix>[\w.\- ]+)>(?P<name>\w+)$")
TRAINING = {
    "losses": "loss-or-metric-unresolvable",
    "metrics": "loss-or-metric-unresolvable",
    "optimizers": "optimizer-unresolvable",
    "schedules": "optimizer-unresolvable",
}
# What a loader takes for classes when it reads the config of a Sequential, a dict since Keras 2.2.3, as a list.
_KEYS_OF_SEQUENTIAL = ("name", "layers", "build_input_shape")
_ROOTS = ("keras", "tf_keras", "tensorflow", "keras_core", "builtins", "__main__", "None", "")


def training(name: str, table: str) -> Reading:
    """Tell of a loss, metric, optimizer or schedule that cannot be restored: the model itself is fine."""
    cause = TRAINING[table]
    thing = {"losses": "loss", "metrics": "metric", "optimizers": "optimizer", "schedules": "learning rate schedule"}[
        table
    ]
    prefix, _, own = name.rpartition(">")
    known = names.library(own, table, "losses", "metrics") if own else None
    provider = names.provider(name)
    if table == "losses" and provider is None and " + " in name:
        provider = names.provider("segmentation_models.")
    remedies = [COMPILE_FALSE]
    own_of_keras = known is not None and prefix in ("", "Custom", "Keras", "keras")
    if provider is not None and not own_of_keras:
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
    if own in _KEYS_OF_SEQUENTIAL:
        return LIST_OR_DICT
    root = module.partition(".")[0]
    if table == "layers" and own.isalpha() and own.islower():
        retold = names.library(own.capitalize(), table)
        own = own.capitalize() if retold is not None and retold.kind == table else own
    known = names.library(own, table) or names.library(own)
    if table == "layers" and known is not None and known.kind == "operations":
        metric = names.library(own, "metrics")
        plain = metric is None or metric.kind != "metrics"
        if (
            plain
            and not module
            and own not in names.OPERATIONS
            and re.search(rf"Unknown layer: ?{own}\b", scene.parsed.text)
        ):
            # without quotation marks: a loader from before TensorFlow 2.6, older than every file with operations
            return (
                Reading(
                    "custom-object-missing",
                    f"{own} is a class of your own (or of a package), and was not given to the loader; Keras 3 has an "
                    f"operation of that name, too",
                    (CUSTOM_OBJECTS, REGISTER, REBUILD),
                    "medium",
                    "you (or a package) defined a layer of that name",
                ),
                replace(_operation(own), confidence="medium", when="the file was saved by Keras 3"),
            )
        if metric is None or plain or scene.place.only("keras-3"):
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
        else (names.provider(name) or (names.provider(name, module) if module else None))
    )
    if provider is not None:
        theirs = Reading(
            "third-party-object-missing",
            f"{name} is a class of {provider.package}; its package has to be imported (and its classes passed) "
            f"before loading",
            (
                Remedy(
                    f"Install it (pip install {provider.install}), import it before loading, and make its classes "
                    f"known: pass them in custom_objects.",
                    provider.code,
                ),
                *_others(own, provider),
                Remedy("The release of that package should be of the time of the file.", "keras-doctor check PATH"),
                *((COMPILE_FALSE,) if table in TRAINING or scene.passed("compile") else ()),
                REBUILD,
            ),
            "high" if provider.sure else "medium",
            "" if provider.sure else f"the model was made with {provider.package}",
        )
        if provider.sure:
            return theirs
        yours = Reading(
            "custom-object-missing",
            f"{name} is a class of your own code, and was not given to the loader",
            (CUSTOM_OBJECTS, REGISTER, REBUILD),
            "low",
            "you (or the model's author) defined it",
        )
        return theirs, yours
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
            *_others(own),
            REGISTER,
            REBUILD,
        ),
    )


def _others(name: str, chosen: names.Provider | None = None) -> tuple[Remedy, ...]:
    """Return how to come by a class of that name from the packages that have one too."""
    return tuple(
        Remedy(f"{one.package} has a class {name}{' too' if chosen else ''}: when it is that one, import it.", one.code)
        for one in names.possible_providers(name)
        if chosen is None or one.package != chosen.package
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
        (_OPERATIONS, LEGACY_KERAS, REBUILD, TFJS),
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
    other = names.provider(name)
    what = f"{name} is Keras's own, and this loader's release does not know it: {known.since()} do"
    remedies = [SAME_VERSION]
    if other is not None:
        remedies.append(
            Remedy(f"{other.package} has a {name} of its own: when it is that one, import it first.", other.code)
        )
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
                    f"It needs an old Keras ({known.since()}), from which it can be saved anew; in code, newer layers "
                    f"(Concatenate, Add … for Merge) take its place.",
                    f"pip install keras=={dict(known.releases)[max(lines)][-1]}",
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
        if scene.place.may("keras-3"):
            remedies.append(LEGACY_KERAS)
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
    if scene.passed("compile") and known.kind in TRAINING:
        return training(name, known.kind)
    return Reading("unknown-class", what, (*remedies, CUSTOM_OBJECTS))
