"""Keywords that a constructor does not take, or misses."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms import names
from keras_doctor.symptoms.families.classes import training
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
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_PUBLIC_CALLS = (
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
    "call",
    "train_on_batch",
)
_CLASS = re.compile(
    r"Error when deserializing class '?(?P<name>\w+)|<class '?[\w.]*?\.?(?P<module>layers|optimizers|losses"
    r"|metrics|initializers)?[\w.]*?\.(?P<full>\w+)'?> could not be deserialized"
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


def _unexpected(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    groups = {name.rstrip("2345"): text for name, text in match.groupdict().items() if text}
    found = top_level_keys(groups.get("keys", "")) or (groups.get("key", "").strip("'\""),)
    words: tuple[str, ...] = tuple(word for word in found if word and not word.isdigit())
    if not words:
        return None
    return refused(scene, groups.get("name") or _wrapped_class(scene), words)


def top_level_keys(shown: str) -> tuple[str, ...]:
    """Return the names in a list, or the keys of a dict (not those of dicts in it), as Python prints them."""
    found, depth = [], 0
    for match in re.finditer(r"[\[{(]|[\]})]|'(?P<name>\w+)'(?P<colon>:)?", shown):
        if match["name"] is None:
            depth += 1 if match[0] in "[{(" else -1
        elif depth <= 1 and (match["colon"] or shown[:1] != "{"):
            found.append(match["name"])
    return tuple(dict.fromkeys(found))


def _wrapped_class(scene: Scene) -> str:
    for utterance in scene.utterances[:3]:
        found = _CLASS.search(utterance.text)
        if found:
            return found["name"] or found["full"] or ""
    return ""


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
    if name in _PUBLIC_CALLS and name not in ("Model",):
        return _function(name, shown)
    known = names.library(name) if name else None
    if known is not None and known.kind in ("optimizers", "schedules", "losses", "metrics"):
        return _of_training(known.kind, name, shown)
    if scene.passed("compile") and not scene.passed("graph"):
        table = "optimizers" if scene.calls("optimizer") and not scene.calls("metrics.py", "losses.py") else "losses"
        return _of_training(table, name or "the class", shown)
    if name and known is None:
        return _custom(name, shown)
    return _layer(scene, name, words, shown, known)


def _of_training(table: str, name: str, shown: str) -> Reading:
    first = training(name, table)
    return Reading(
        first.cause,
        f"the training config has {shown} for {name}, which this release does not take; the model itself is fine",
        first.remedies,
        code=first.code,
    )


def _function(name: str, shown: str) -> Reading | tuple[Reading, ...]:
    return (
        Reading(
            "environment-broken",
            f"{name}() of the installed release does not take {shown}: the caller (your code, R's keras, "
            f"another package) was written for another release",
            (
                Remedy(
                    "Upgrade (or update, or reinstall) Keras and TensorFlow to the release that the caller was "
                    "written for.",
                    "pip install -U tensorflow keras",
                ),
                Remedy(f"Or leave {shown} out.", f"help({name})"),
            ),
            "medium",
            "another package makes the call",
            "KD909",
        ),
        Reading(
            "wrong-api-use",
            f"{name}() has no argument {shown}",
            (Remedy(f"Leave {shown} out, or look up its name in this release."),),
            "medium",
            "your own code makes the call",
            "KD903",
        ),
    )


def _custom(name: str, shown: str) -> Reading | tuple[Reading, ...]:
    provider = names.provider(name)
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
            f"the class {name} was found, and its __init__ does not take {shown}, which Keras stores for every "
            f"layer or which its get_config returns",
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
            f"{name} is a class of your own",
            "KD917",
        ),
        Reading(
            "unknown-keyword",
            f"{name} of the installed package does not take {shown}: it is of another release than the file",
            (SAME_VERSION, UPGRADE, LEGACY_KERAS),
            "medium",
            f"{name} is another package's",
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
            _HANDLING,
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


def _missing(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "__init__() missing 1 required positional argument: 'units'"."""
    name = (match["name"] or "").rpartition(".")[2] or _wrapped_class(scene)
    function = match["function"]
    words = tuple(re.findall(r"\w+", match["keys"].replace(" and ", " "))) if match["keys"] else ()
    if function == "build":
        return None
    if function not in ("__init__", "__new__", "from_config"):
        return None
    if "inputs" in words or "outputs" in words:
        return _NO_GRAPH
    known = names.library(name) if name else None
    owned = known is not None or (not name and bool(words) and all(names.keyword_owners(word) for word in words))
    sure = known is not None or bool(set(words) & _USUAL)
    shown = ", ".join(words[:4])
    if owned:
        return Reading(
            "missing-keyword",
            f"the config lacks {shown}, which {name or 'the class'} of this release wants: it was written by "
            f"another generation of Keras (Keras 1 called them otherwise)",
            (
                SAME_VERSION,
                Remedy(
                    "Files of Keras 1 are translated by Keras 2.0 to 2.3: load it there and save it anew.",
                    "keras-doctor check PATH",
                ),
                REBUILD,
                LEGACY_KERAS,
            ),
            "high" if sure else "medium",
        )
    return Reading(
        "custom-object-broken",
        f"the class {name or 'of your own'} was found, and its config lacks {shown}: its get_config does not "
        f"return all arguments of __init__",
        (
            Remedy(
                "Write a get_config that returns every argument of __init__, and save again.",
                'def get_config(self):\n    return {**super().get_config(), "units": self.units}',
            ),
            REBUILD,
        ),
        "high" if words else "medium",
        code="KD917",
    )


_NO_GRAPH = Reading(
    "custom-object-broken",
    "a model class (of yours, or of a package such as KerasNLP) is rebuilt as if it were a plain functional "
    "model: its own class "
    "was not found, or its from_config does not fit",
    (
        Remedy(
            "Import the package that the class is of before loading (keras_nlp, keras_hub …), so that it is "
            "registered.",
            "import keras_nlp",
        ),
        CUSTOM_OBJECTS,
        REGISTER,
        REBUILD,
    ),
    "medium",
    code="KD917",
)
_USUAL = {
    "units",
    "output_dim",
    "filters",
    "kernel_size",
    "nb_filter",
    "nb_row",
    "nb_col",
    "input_dim",
    "rate",
    "p",
    "size",
    "pool_size",
    "n",
    "filter_length",
    "layer",
    "cell",
    "name",
}

# Keywords that people name when they tell of an error in their own words.
_TOLD_KEYWORDS = {
    "group": "groups",
    "time_major": "time_major",
    "batch_shape": "batch_shape",
    "batch_input_shape": "batch_input_shape",
    "quantization_config": "quantization_config",
    "input_axes": "input_axes",
    "ragged": "ragged",
    "input_dtype": "input_dtype",
    "reset_after": "reset_after",
}


def _told(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    """Tell of a keyword that people name in their own words."""
    found = refused(scene, "", (_TOLD_KEYWORDS[match["key"].lower()],))
    return tuple(
        replace(one, confidence="medium") if one.confidence == "high" else one
        for one in (found if isinstance(found, tuple) else (found,))
    )


SYMPTOMS = (
    Symptom(
        ("takes exactly", "takes at least", "takes no arguments", "object() takes no parameters"),
        (
            Reading(
                "custom-object-broken",
                "a class was found, and its config does not hold the arguments that its __init__ wants: its "
                "get_config does not return them",
                (
                    Remedy(
                        "Write a get_config that returns every argument of __init__, and save again.",
                        'def get_config(self):\n    return {**super().get_config(), "units": self.units}',
                    ),
                    REBUILD,
                ),
                "medium",
                "the class is your own",
                "KD917",
            ),
            Reading(
                "missing-keyword",
                "the config lacks arguments that this release wants",
                (SAME_VERSION, REBUILD),
                "medium",
                "the class is Keras's own",
            ),
        ),
        pattern=r"__init__\(\) takes (?:exactly|at least) \d+ arguments? \(\d+ given\)|object\(\) takes no parameters",
        strength=6,
    ),
    Symptom(
        tuple(_TOLD_KEYWORDS),
        _told,
        pattern=r"(?:complain|error|fail|unexpected|unrecogni[sz]ed|unknown|invalid|parameter|argument|keyword"
        r"|kwarg)[^\n]{0,80}?"
        r"(?<![.\w])(?P<key>group|time_major|batch_shape|batch_input_shape|quantization_config|input_axes|ragged"
        r"|input_dtype|reset_after)s?\b",
        strength=1,
    ),
    Symptom(
        (
            "unrecognized keyword argument",
            "keyword argument not understood",
            "got an unexpected keyword argument",
            "unexpected keyword arguments",
            "got unexpected keyword argument",
            "invalid keyword argument",
            "('keyword argument",
            "unexpected keyword argument",
            "got an expected keyword argument",
        ),
        _unexpected,
        pattern=r"Unrecognized keyword arguments? passed to (?P<name>\w+):?\s*(?P<keys>\{.*)"
        r"|Unrecognized keyword arguments?:?'?,?\s*(?:dict_keys\()?(?P<keys2>\[.*?\])"
        r"|Keyword argument not understood:?'?,?\s*'?(?P<key2>\w+)"
        r"|(?:__init__|__new__|(?P<name3>\w+)(?:\.__init__"
        r"|\.__new__)?)\(\) got (?:an )?unexpected keyword arguments? (?P<key3>['\"]?\w+)"
        r"|got an expected keyword argument:? '?(?P<key5>\w+)|unexpected keyword argument:?\s+(?P<key4>'\w+|\"\w+|\w+)",
        strength=6,
    ),
    Symptom(
        ("missing", "takes at least"),
        _missing,
        pattern=r"(?:(?P<name>[\w.]+)\.)?(?P<function>__init__|__new__|build|from_config"
        r"|\w+)\(\) missing \d+ required (?:positional|keyword-only) arguments?:?\s*(?P<keys>[^\n]*)",
        strength=6,
    ),
    Symptom(
        ("got multiple values for keyword argument", "got multiple values for argument"),
        (
            Reading(
                "custom-object-broken",
                "an argument is given twice: by a class (or function) of your own that sets it, and by the "
                "config that has it too",
                (
                    Remedy(
                        "Do not set in __init__ what get_config returns as well; or wrap a built-in layer by "
                        "composition, not "
                        "by a subclass that passes fixed arguments.",
                        "super().__init__(**kwargs)",
                    ),
                    REBUILD,
                ),
                "medium",
                "the class is your own",
                "KD917",
            ),
            Reading("config-value", "the config has a value twice", (SAME_VERSION,), "low", "the class is Keras's own"),
        ),
        strength=6,
    ),
    Symptom(
        ("missing required argument", "required argument"),
        (
            Reading(
                "missing-keyword",
                "the config lacks an argument that this release wants",
                (SAME_VERSION, REBUILD),
                "medium",
            ),
        ),
        strength=3,
    ),
)
