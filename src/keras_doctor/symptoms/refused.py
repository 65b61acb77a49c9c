"""A keyword that a constructor does not take, told by who the class is of: Keras, a package, the user."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import called, names
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import (
    CUSTOM_OBJECTS,
    LEGACY_KERAS,
    NEWER_KERAS_3,
    REBUILD,
    REGISTER,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading
from keras_doctor.symptoms.unknown import training

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

PUBLIC_CALLS = (
    "load_model",
    "save_model",
    "load_weights",
    "save_weights",
    "save",
    "fit",
    "fit_generator",
    "predict",
    "compile",
    "evaluate",
    "model_from_json",
    "from_json",
    "clone_model",
    "Model",
    "add",
    "train_on_batch",
)
# Keywords that came with Keras 3, in files that Keras 2 reads.
_OF_KERAS_3 = (
    "batch_shape",
    "optional",
    "quantization_config",
    "input_axes",
    "output_axes",
    "lora_rank",
    "registered_name",
)
_CALLBACKS = ("ModelCheckpoint", "EarlyStopping", "TensorBoard", "BackupAndRestore", "CSVLogger", "ReduceLROnPlateau")
_OF_KERAS_0 = ("truncate_gradient", "cache_enabled", "forget_bias_init", "inner_init", "input_length", "weights")
_KERAS_0 = Reading(
    "unknown-keyword",
    "the config has a keyword of Keras 0, which Keras 1 and later do not know",
    (REBUILD, Remedy("Leave the key out of the JSON, where it has its default.", "keras-doctor inspect PATH")),
    "medium",
)
_HANDLING = Remedy(
    "Have keras-doctor name every key that this loader will refuse, and whether leaving it out changes anything:",
    "keras-doctor check PATH",
)


def top_level_keys(shown: str) -> tuple[str, ...]:
    """Return the names in a list, or the keys of a dict (not those of dicts in it), as Python prints them."""
    found, depth = [], 0
    for match in re.finditer(r"[\[{(]|[\]})]|'(?P<name>\w+)'(?P<colon>:)?", shown):
        if match["name"] is None:
            depth += 1 if match[0] in "[{(" else -1
        elif depth <= 1 and (match["colon"] or shown[:1] != "{"):
            found.append(match["name"])
    return tuple(dict.fromkeys(found))


_CLASS = re.compile(
    r"Error when deserializing class '?(?P<name>\w+)|<class '?[\w.]*?\.?(?P<module>layers|optimizers|losses"
    r"|metrics|initializers)?[\w.]*?\.(?P<full>\w+)'?> could not be deserialized"
)


def wrapped_class(scene: Scene) -> str:
    """Return the class that the messages around the last one name, "" when they name none."""
    for utterance in scene.utterances[:3]:
        found = _CLASS.search(utterance.text)
        if found:
            return found["name"] or found["full"] or ""
    return ""


# Methods that a class of the user's overrides, and Keras calls with keywords; how they take all of them.
_CALL = "def call(self, inputs, training=None, mask=None, **kwargs): …"
_OWN_METHODS = {
    "call": _CALL,
    "tf__call": _CALL,
    "save": "def save(self, filepath, overwrite=True, **kwargs): …",
    "compute_output_shape": "def compute_output_shape(self, input_shape, **kwargs): …",
    "compute_mask": "def compute_mask(self, inputs, mask=None, **kwargs): …",
    "train_step": "def train_step(self, data): …",
}


def refused(scene: Scene, name: str, words: tuple[str, ...]) -> Reading | tuple[Reading, ...]:
    """Tell of keywords that a class (by name, "" when it is not named) does not take."""
    name = name.strip("'\"").rpartition(".")[2]
    shown = ", ".join(words[:4])
    if name.startswith("_") and name[1:2].islower():
        return broken(
            f"the code calls {name}, which is no public function of Keras, as another release had it",
            SAME_VERSION,
            Remedy("Or use the function of the package that has it now (keras_applications).", "pip install -U keras"),
        )
    if name in _OWN_METHODS and (name != "save" or "overwrite" in words):
        return Reading(
            "custom-object-broken",
            f"{name} of a layer or model of your own does not take {shown}, which Keras passes to it here",
            (
                Remedy(
                    "Let its signature take what Keras passes (**kwargs), or rename it, when it is not meant to take "
                    "the place of Keras's own method.",
                    _OWN_METHODS[name],
                ),
                REBUILD,
            ),
            "medium",
            code="KD917",
        )
    if name in PUBLIC_CALLS and name not in ("Model",):
        return _function(name, words)
    if name in _CALLBACKS:
        return (
            Reading(
                "wrong-api-use",
                f"{name} of this release has no argument {shown}: it was renamed or removed (period became save_freq)",
                (Remedy("Look up its arguments in the installed release.", f"help(keras.callbacks.{name})"),),
                "medium",
                "your own code makes the call",
                "KD903",
            ),
            broken(
                f"the code was written for another release than the installed one, whose {name} took {shown}",
                SAME_VERSION,
                UPGRADE,
                confidence="medium",
                when="another package makes the call",
            ),
        )
    known = names.library(name) if name else None
    if known is not None and known.kind in ("optimizers", "schedules", "losses", "metrics"):
        return _of_training(known.kind, name, shown)
    if scene.passed("compile") and not scene.passed("graph"):
        table = "optimizers" if scene.calls("optimizer") and not scene.calls("metrics.py", "losses.py") else "losses"
        return _of_training(table, name or "the class", shown)
    if name and known is None:
        return _custom(name, shown)
    if not name and set(words) <= {"name", "trainable"} and not scene.place.only("keras-1"):
        return _custom("", shown)  # every layer of Keras takes these, and Python says it, not Keras
    return _layer(scene, name, words, shown, known)


def _of_training(table: str, name: str, shown: str) -> Reading:
    first = training(name, table)
    return Reading(
        first.cause,
        f"the training config has {shown} for {name}, which this release does not take; the model itself is fine",
        first.remedies,
        code=first.code,
    )


def _function(name: str, words: tuple[str, ...]) -> tuple[Reading, ...]:
    """Tell of a keyword that a function of Keras does not take: another release's, or nobody's."""
    shown = ", ".join(words[:4])
    takers = called.taking(name, words[0])
    since = names.spans(takers.items()) if takers else ""
    other = Reading(
        "environment-broken",
        f"{name}() of the installed release does not take {shown}: the caller (your code, R's keras, another package) "
        f"was written for another release",
        (
            Remedy(
                f"Install a release that takes it ({since}), or upgrade (update, reinstall) the package that makes the "
                f"call."
                if since
                else "Upgrade (or update, or reinstall) Keras and TensorFlow to the release (version) that the caller "
                "was written for.",
                "pip install -U tensorflow keras",
            ),
            Remedy(f"Or leave {shown} out.", f"help({name})"),
        ),
        "medium",
        "another package makes the call",
        "KD909",
        (f"{name} takes {words[0]} in: {since}",) if since else (),
    )
    wrong = Reading(
        "wrong-api-use",
        f"{name}() has no argument {shown}" + ("" if since or not called.known(name) else " in any release of Keras"),
        (Remedy(f"Leave {shown} out (remove it), or look up the arguments in the signature.", f"help({name})"),),
        "medium",
        "your own code makes the call",
        "KD903",
    )
    return (other, wrong) if since or not called.known(name) else (wrong, other)


def _custom(name: str, shown: str) -> Reading | tuple[Reading, ...]:
    provider = names.provider(name) if name else None
    if provider is not None:
        return Reading(
            "unknown-keyword",
            f"{name} of {provider.package} does not take {shown}: the package is of another release than the one that "
            f"saved the file",
            (
                Remedy(
                    f"Install the release of {provider.install} with which the file was saved (the same version), or "
                    f"load it there and save it anew with the newest.",
                    f'pip install "{provider.install}==…"',
                ),
                UPGRADE,
                REBUILD,
            ),
        )
    return (
        Reading(
            "custom-object-broken",
            f"the class {name or 'of your own'} was found, and its __init__ does not take {shown}, which Keras stores "
            f"for every layer or which its get_config returns",
            (
                Remedy(
                    "Let __init__ take **kwargs and pass them to super().__init__(**kwargs); return all of its "
                    "arguments in get_config.",
                    "def __init__(self, units, **kwargs):\n    super().__init__(**kwargs)",
                ),
                REGISTER,
                REBUILD,
            ),
            "medium",
            f"{name or 'it'} is a class of your own",
            "KD917",
        ),
        Reading(
            "unknown-keyword",
            f"{name or 'a class'} of the installed package does not take {shown}: it is of another release than the "
            f"file",
            (SAME_VERSION, UPGRADE, LEGACY_KERAS),
            "medium",
            f"{name or 'it'} is another package's",
            "",
        ),
    )


def _layer(
    scene: Scene, name: str, words: tuple[str, ...], shown: str, known: names.Known | None
) -> Reading | tuple[Reading, ...]:
    """Tell of a layer (or an initializer …) of Keras's own; its class may not be named."""
    kind = known.kind if known is not None and known.kind not in ("private", "operations") else "layers"
    owners = (name,) if name else names.keyword_owners(words[0])
    if not owners and words[0] not in (
        "dtype",
        "name",
        "trainable",
        "input_dtype",
        "batch_input_shape",
        "dynamic",
        "autocast",
        "weights",
        "input_shape",
    ):
        owners = names.keyword_owners(words[0], "initializers")
        if not owners and names.keyword_owners(words[0], "optimizers"):
            return _of_training("optimizers", "the optimizer", shown)
        if not owners:
            return (
                _KERAS_0
                if words[0] in _OF_KERAS_0
                else Reading(
                    "custom-object-broken",
                    f"no class of Keras takes {shown}: it is the keyword of a class of your own, whose __init__ "
                    f"and get_config do not agree",
                    (CUSTOM_OBJECTS, REGISTER, REBUILD),
                    "medium",
                    "the class is your own, or a package's (keras_retinanet's BatchNormalization has freeze)",
                    "KD917",
                ),
                Reading(
                    "unknown-keyword",
                    f"a class does not take {shown}",
                    (SAME_VERSION, UPGRADE),
                    "medium",
                    "the class is Keras's own",
                    "",
                ),
            )
    if len(owners) == 1:
        name = owners[0]  # no other class has that keyword
    what = f"{name or 'a class'} of this release does not take {shown}, which the file's config has"
    since = names.spans(names.taking(name, words[0], kind)) if name else ""
    evidence = (f"{name} takes {words[0]} in: {since}",) if since else ()
    if not name and owners:
        evidence = (f"classes of Keras that have {words[0]}: {', '.join(owners[:6])}",)
    if any(word in _OF_KERAS_3 for word in words) and not scene.place.only("keras-3"):
        newer = _newer_in_line(scene, name, words[0], kind)
        what += f": the file was saved by {newer or 'Keras 3'}{' or newer' if newer else ''}"
        remedies: tuple[Remedy, ...] = (
            _upgrade_to(newer) if newer else NEWER_KERAS_3,
            Remedy(
                "To stay with Keras 2: batch_shape is called batch_input_shape there; the config can be rewritten.",
                "keras-doctor check PATH",
            )
            if "batch_shape" in words
            else _HANDLING,
        )
    elif scene.place.only("keras-3") or (not scene.place.releases and "passed to" in scene.low):
        newer = _newer_in_line(scene, name, words[0], kind)
        if newer:
            what += f": it came with {newer}"
            remedies = (_upgrade_to(newer), _HANDLING)
        else:
            remedies = (
                _HANDLING,
                LEGACY_KERAS,
                Remedy(
                    f"Where {shown} has its default, the key can be dropped from the config without a change.",
                    "keras-doctor check PATH",
                ),
            )
    else:
        remedies = (
            Remedy(
                "Load it with a newer release (upgrade; tf.keras, that is tensorflow.keras of tensorflow>=2, "
                "instead of an old keras): the file is newer than this loader.",
                "pip install -U tensorflow",
            ),
            SAME_VERSION,
            Remedy(
                f"Or leave {shown} out of the config, where it has its default; the check says whether that changes "
                f"anything.",
                "keras-doctor check PATH",
            ),
            LEGACY_KERAS,
        )
    return Reading("unknown-keyword", what, (*remedies, REBUILD), evidence=evidence)


def _upgrade_to(newer: str) -> Remedy:
    version = newer.rpartition(" ")[2]
    return Remedy(
        f"Upgrade to {newer} or newer (with TensorFlow 2.16 or newer, which use Keras 3):",
        f'pip install -U "keras>={version}" "tensorflow>=2.16"',
    )


def _newer_in_line(scene: Scene, name: str, keyword: str, kind: str) -> str:
    """Return the first Keras 3 that takes a keyword, "" when all or none do."""
    if not name:
        return ""
    have = dict(names.taking(name, keyword, kind)).get("keras-3", ())
    return f"Keras {have[0]}" if have and have[0] != "3.0.0" else ""
