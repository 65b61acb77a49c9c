"""Models that went through pickle, joblib or a deep copy."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import imported
from keras_doctor.symptoms.imported import unpickled
from keras_doctor.symptoms.remedies import SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_SAVE = Remedy(
    "Unpickle it where it was pickled (same version), and save it with model.save; store the path in the "
    "pickle, not the model.",
    'model.save("model.keras")',
)
_DEFINE = Remedy(
    "Define or import what the pickle names in the module that it names, before it is unpickled: a pickle "
    "holds names, not code.",
    "from my_module import unpack",
)
_PROTOCOL = Remedy(
    "Read it with a Python (and joblib) that is not older than the one that wrote it (protocol 5 wants Python 3.8), "
    "or write "
    "it again with an older protocol.",
    "pickle.dump(x, f, protocol=4)",
)
_TOKENIZER = Remedy(
    "A Tokenizer (keras.preprocessing.text) is of Keras 2: unpickle it with TensorFlow before 2.16 (keras<3), or with "
    "tf_keras; write it as JSON there (tokenizer.to_json), which any release reads.",
    'pip install "tensorflow<2.16"  # then: tokenizer_from_json(text)',
)
_IMPORT = Remedy(
    "Import tensorflow (and the package that the pickle names) before unpickling; upgrade to a newer TensorFlow.",
    "import tensorflow",
)


def _pickle(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    if not unpickled(scene) and "databricks" not in scene.low and "deepcopy" not in scene.low:
        return None
    name = match.groupdict().get("name") or ""
    known = imported.moved(name) if name.startswith(("keras", "tensorflow")) else ()
    provider = name.partition(".")[0]
    more = (
        (
            Remedy(
                f"The module {name} is of another release of {provider}: install the one that pickled it "
                f"({provider.replace('_', '-')}), or newer code for it.",
                f"pip install -U {provider.replace('_', '-')}",
            ),
        )
        if provider
        else ()
    )
    return Reading(
        "pickled-model",
        f"a pickle holds names of modules and classes, and {name or 'what it names'} is not here: it was "
        f"pickled with other releases, or in another script",
        (*more, *((_TOKENIZER,) if "preprocessing" in name else ()), *known, SAME_VERSION, _SAVE, _DEFINE),
        code="KD904",
    )


SYMPTOMS = (
    Symptom(
        ("keyerror",),
        lambda scene, match: (
            Reading(
                "pickled-model",
                "the pickle cannot be read here: it was written by a newer Python, joblib or pickle protocol, or the "
                "file is no pickle",
                (
                    _SAVE,
                    SAME_VERSION,
                    _PROTOCOL,
                ),
                "medium" if scene.calls("unpickler.load", "dispatch[key[0]]") else "low",
                code="KD904",
            )
            if scene.calls("unpickler.load", "dispatch[key[0]]") or (not scene.parsed.frames and len(match["code"]) > 1)
            else None
        ),
        pattern=r"KeyError: ?(?P<code>\d{1,3})\b",
        strength=8,
    ),
    Symptom(
        (
            "savedmodel file does not exist at: ram://",
            "newrandomaccessfile failed",
            "savedmodel file does not exist at",
        ),
        lambda scene, match: (
            Reading(
                "pickled-model",
                "a pickled wrapper (SciKeras) unpacks its Keras model into a temporary folder or into memory (ram://), "
                "and does not find it there",
                (_SAVE, SAME_VERSION, UPGRADE),
                "medium",
                code="KD904",
            )
            if scene.calls("scikeras", "unpack_keras_model", "ram://")
            else None
        ),
        strength=9,
    ),
    Symptom(
        ("can't get attribute", "can't get local object"),
        (
            Reading(
                "pickled-model",
                "the pickle names a function or class of the script that made it, which is not in the module "
                "that it names here (another main module, gunicorn, a notebook)",
                (_DEFINE, _SAVE),
                code="KD904",
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("object has no attribute",),
        lambda scene, match: (
            Reading(
                "pickled-model",
                f"the pickle was made by another release: {match['owner']} was put together again without "
                f"{match['name']}, "
                f"which this release wants",
                (SAME_VERSION, _SAVE, UPGRADE),
                "medium",
                code="KD904",
            )
            if unpickled(scene)
            else None
        ),
        pattern=r"'(?P<owner>Sequential|Functional|Model|Adam|SGD|RMSprop|Keras(?:Classifier|Regressor)|[A-Z]\w+)'"
        r" object has no "
        r"attribute '(?P<name>_\w+)'",
        strength=5,
    ),
    Symptom(
        ("'tokenizer' object has no attribute",),
        (
            Reading(
                "pickled-model",
                "a Tokenizer that an older Keras pickled lacks what this release wants: __init__ is not run when an "
                "object is unpickled",
                (
                    SAME_VERSION,
                    _TOKENIZER,
                    Remedy(
                        "Or re-create it (fit it again, or set what is missing to its default by hand).",
                        "tokenizer.char_level = False",
                    ),
                ),
                "medium",
                code="KD904",
            ),
        ),
        pattern=r"'Tokenizer' object has no attribute '(?:char_level|oov_token|document_count|analyzer|_keras\w*)",
        strength=7,
    ),
    Symptom(
        ("has no attribute",),
        lambda scene, match: (
            Reading(
                "pickled-model",
                f"the pickle names {match['name']} of the module {match['owner']}, which is not there: it was "
                f"pickled by "
                f"another script, or with another version of that package (joblib, scikit-learn)",
                (_DEFINE, SAME_VERSION, _SAVE),
                code="KD904",
            )
            if unpickled(scene) and not match["owner"].startswith(("keras", "tensorflow"))
            else None
        ),
        pattern=r"module '?(?P<owner>[\w.]+)'? has no attribute '?(?P<name>\w+)",
        strength=7,
    ),
    Symptom(("no module named",), _pickle, pattern=r"No module named:?\s*['\"]?(?P<name>[\w.]+)", strength=6),
    Symptom(
        (
            "cannot unpickle",
            "pickle.loads",
            "unpickling",
            "ram://",
            "pickle_utils",
            "unpicklingerror",
            "unsupported pickle protocol",
            "deserialize_model_from_bytecode",
        ),
        (
            Reading(
                "pickled-model",
                "a pickled Keras model does not come back here: pickling depends on the very release (and "
                "modules) that did it",
                (_SAVE, _PROTOCOL, _IMPORT, SAME_VERSION, UPGRADE),
                "medium",
                code="KD904",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("keyerror: 'tensorflow.keras'", "cloudpickle"),
        (
            Reading(
                "pickled-model",
                "the pickle names tensorflow.keras as a module, which TensorFlow 1.14 and 1.15 make only when "
                "it is asked for",
                (_IMPORT, _SAVE),
                code="KD904",
            ),
        ),
        pattern=r"KeyError: ?'tensorflow\.keras'|cloudpickle cannot",
        strength=7,
    ),
    Symptom(
        ("unsuccessful tensorslicereader constructor: failed to find any matching files for ram://",),
        (
            Reading(
                "pickled-model",
                "a pickled model keeps a SavedModel in memory (ram://), which is not there any more, or not "
                "read by this release",
                (_SAVE, SAME_VERSION),
                code="KD904",
            ),
        ),
        strength=9,
    ),
)
