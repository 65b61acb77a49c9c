"""Arguments that a constructor or method misses, or gets twice."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import unsaved
from keras_doctor.symptoms.refused import PUBLIC_CALLS, wrapped_class
from keras_doctor.symptoms.remedies import (
    CUSTOM_OBJECTS,
    LEGACY_KERAS,
    REBUILD,
    REGISTER,
    SAME_VERSION,
    UPGRADE,
    WEIGHTS_ONLY,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene


def _missing(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "__init__() missing 1 required positional argument: 'units'"."""
    name = (match["name"] or "").rpartition(".")[2] or wrapped_class(scene)
    function = match["function"]
    words = tuple(re.findall(r"\w+", match["keys"].replace(" and ", " "))) if match["keys"] else ()
    if function == "build":
        return None
    if function in PUBLIC_CALLS:
        return Reading(
            "wrong-api-use",
            f"{function}() was called without {match['keys'] or 'an argument'}: an argument (a path, data) is missing, "
            f"or "
            f"it was called on the class in place of a model",
            (
                Remedy(
                    "Call it on a model (an instance, with brackets after the class), and give it what it wants.",
                    f"help({function})",
                ),
            ),
            "medium",
            code="KD903",
        )
    if function in ("call", "tf__call", "compute_output_shape", "compute_mask"):
        return _method(scene, function, match["keys"] or "an argument")
    if function not in ("__init__", "__new__", "from_config"):
        return None
    if "inputs" in words or "outputs" in words:
        return _NO_GRAPH
    if name in ("Functional", "Model") and function == "__init__":
        return _NO_GRAPH
    known = names.library(name) if name else None
    if (
        known is not None
        and known.kind == "layers"
        and words
        and not any(names.taking(name, w, "layers") for w in words)
    ):
        known = None  # a class of the user's that has the name of one of Keras's
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
                UPGRADE,
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


def _method(scene: Scene, function: str, what: str) -> tuple[Reading, ...]:
    """Tell of a method of a layer or model that Keras calls without one of its arguments."""
    remedy = Remedy(
        "Let call take one argument of inputs (a list or dict of tensors), and give all others a default.",
        "def call(self, inputs, training=None, mask=None): …",
    )
    saving = unsaved(
        f"saving calls the model (or layer) with its inputs alone, and its {function} wants {what} too",
        remedy,
        WEIGHTS_ONLY,
        confidence="medium",
    )
    own = Reading(
        "custom-object-broken",
        f"{function} of a layer or model of your own wants {what}, which Keras does not pass to it here",
        (remedy, REBUILD),
        "medium",
        "it was raised while a file was loaded, or the model was called",
        "KD917",
    )
    first_saving = scene.place.stage == "save" or scene.calls(".save(", "save_model", "saved_model.save")
    return (saving, own) if first_saving else (own, saving)


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
        ("missing", "takes at least"),
        _missing,
        pattern=r"(?:(?P<name>[\w.]+)\.)?(?P<function>__init__|__new__|build|from_config"
        r"|\w+)\(\) missing \d+ required (?:positional|keyword-only) arguments?:?\s*(?P<keys>[^\n]*)",
        strength=6,
    ),
    Symptom(
        ("argument after must be a mapping",),
        (
            Reading(
                "custom-object-broken",
                "a config is None (or no dict) where a dict is wanted: a get_config that returns nothing",
                (
                    Remedy(
                        "Return the dict from get_config, with what super().get_config() returns.",
                        'return {**super().get_config(), "units": self.units}',
                    ),
                    REBUILD,
                ),
                "medium",
                "a class of your own is in the model",
                "KD917",
            ),
            Reading("config-value", "the config has another form here", (SAME_VERSION,), "low", "all are Keras's own"),
        ),
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
