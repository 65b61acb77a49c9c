"""What Python itself says (3.6 to 3.14): its json, pickle, base64, zip and operating system errors."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.places import package_of
from keras_doctor.symptoms.readings import FIRST_BYTES, LOADING, unsaved
from keras_doctor.symptoms.remedies import (
    AGAIN,
    CHECK,
    DOWNLOAD,
    LFS,
    PATH,
    REBUILD,
    REINSTALL,
    SAME_VERSION,
    UPGRADE,
    WEIGHTS_ONLY,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_JSON_TEXT = Reading(
    "wrong-api-use",
    "model_from_json (or json.loads) takes the text of the JSON, and was given something else: a dict, an open file, "
    "bytes",
    (
        Remedy("Read the file, and pass its text.", 'model = model_from_json(open("model.json").read())'),
        Remedy("A dict is for from_config.", "model = keras.Model.from_config(config)"),
    ),
    code="KD903",
)
_BYTES_OF_H5PY = Reading(
    "h5py-incompatible",
    "h5py gives bytes where the json of this Python (3.5 and before) wants text",
    (UPGRADE, Remedy("Or use a newer Python (3.6 or later).", "python3 --version")),
    "medium",
    "it was raised while a file was loaded",
)
_CUT = Reading(
    "damaged-file",
    "the file ends before it should: the download, copy or save stopped",
    (AGAIN, DOWNLOAD, CHECK),
    "medium",
    "the file was downloaded or copied, or the program that wrote it was stopped",
    "KD104",
)
_PICKLE = Reading(
    "not-a-model",
    "the file is read as a pickle and is none, or an empty one",
    (
        Remedy(
            "When it is a model file (\\x89HDF of HDF5, PK of .keras): load it with Keras, not with pickle.",
            "model = keras.models.load_model(PATH)",
        ),
        CHECK,
        LFS,
    ),
    "medium",
    "it is a model file, a pointer or an empty file",
    "KD103",
)


def _json_text(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    if "bytes" in match["given"].lower() and (scene.passed("load") or scene.calls("load_model(")):
        return _BYTES_OF_H5PY, _JSON_TEXT
    return (_JSON_TEXT,)


def _too_deep(scene: Scene, match: re.Match[str]) -> Reading | None:
    remedy = Remedy(
        "Allow more, before the call; or make the model flatter (fewer models within models).",
        "import sys; sys.setrecursionlimit(10_000)",
    )
    if scene.passed("pickle") or scene.calls("pickle", "deepcopy", "joblib"):
        return Reading("pickled-model", "the model is too deep to be pickled or copied", (remedy,), code="KD904")
    if scene.place.stage == "save" or (scene.calls(".save(", "save_model") and not scene.passed("load")):
        return unsaved(
            "the model refers to itself, or is too deep to be written", remedy, WEIGHTS_ONLY, confidence="medium"
        )
    if scene.passed(*LOADING) or scene.calls("load_model"):
        return Reading(
            "resource-limit",
            "the config or the graph is too deep (models within models, a layer within itself) for this loader",
            (remedy, UPGRADE, REBUILD),
            "medium",
        )
    if "saving" in scene.low or "save" in scene.low:
        return unsaved(
            "what is saved refers to itself, or is too deep to be written", remedy, WEIGHTS_ONLY, confidence="low"
        )
    return None


def _syntax(scene: Scene, match: re.Match[str]) -> Reading | None:
    """Tell of source that this Python does not read: of an installed package, it was made for another Python."""
    package = next((package_of(frame) for frame in reversed(scene.parsed.frames) if package_of(frame)), "")
    newer = scene.calls("yield from", "f'", 'f"', "print(f", ":=", "-> ", "async def", "nonlocal")
    if not package and not newer and not scene.calls("site-packages", "dist-packages", "TFE_ContextOptionsSetAsync"):
        return None
    return Reading(
        "python-incompatible",
        f"the source of {package or 'what is imported'} is not for this Python: it is older (async became a keyword in "
        f"Python 3.7) or newer (f-strings came with Python 3.6) than that",
        (
            Remedy(
                "Use a Python that it was written for: Python 3.6 for TensorFlow before 1.13; a newer Python "
                "(python>=3.6) "
                "for newer code; python3, not python, where that is Python 2.",
                "keras-doctor env",
            ),
            UPGRADE,
            REINSTALL,
        ),
        "high" if package else "medium",
        code="KD206",
    )


def _already_open(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    held = Reading(
        "path-problem",
        "the file is open already: in another process, or in this one (a notebook that opened it with h5py)",
        (Remedy("Close it, or restart the kernel, and try again.", "file.close()"), PATH),
        "medium",
        "it was raised while a file was loaded",
        "KD102",
    )
    saving = unsaved(
        "the file to be written is open already: in another process, or in this one",
        Remedy("Close it (restart the kernel), or save under another name.", 'model.save("other.h5")'),
        confidence="medium",
    )
    creating = "create" in match.string.lower() or "truncate" in match.string.lower()
    return (saving, held) if creating else (held, saving)


SYMPTOMS = (
    Symptom(
        ("the json object must be str",),
        _json_text,
        pattern=r"the JSON object must be str[\w ,]*, not '?(?P<given>\w+)",
        strength=6,
    ),
    Symptom(
        ("invalid control character at", "illegal trailing comma", "expecting ':' delimiter", "invalid \\escape"),
        (
            Reading(
                "damaged-file",
                "the JSON (of the config, or of an architecture file) is broken: it was cut or edited",
                (CHECK, DOWNLOAD),
                "medium",
                "the file was edited by hand, or only a part of it is there",
                "KD107",
            ),
            Reading("not-a-model", "the file is not JSON at all", (CHECK, LFS), "low", "it begins with <", "KD103"),
        ),
        strength=5,
    ),
    Symptom(
        ("out of range float values are not json compliant",),
        (
            unsaved(
                "a layer's config has NaN or infinity, which JSON does not have",
                Remedy("Return plain numbers from get_config; look which of them is nan or inf.", "layer.get_config()"),
                WEIGHTS_ONLY,
            ),
        ),
        strength=7,
    ),
    Symptom(
        ("incorrect padding", "invalid base64-encoded string", "non-base64 digit"),
        (
            Reading(
                "bytecode-incompatible",
                "the code of a Lambda layer is stored in another form than this release reads (base64 since Keras "
                "2.1.2)",
                (SAME_VERSION, REBUILD, UPGRADE),
                "medium",
                "the model has a Lambda layer",
            ),
            Reading("damaged-file", "what should be base64 is cut or changed", (DOWNLOAD,), "low", "it has none"),
        ),
        strength=5,
    ),
    Symptom(
        ("ran out of input", "pickle data was truncated", "unexpected end of pickle", "compressed file ended before"),
        (_CUT, _PICKLE),
        strength=7,
        question=FIRST_BYTES,
    ),
    Symptom(
        ("could not find mark", "unpickling stack underflow", "invalid load key, '\\x89", "invalid load key, '\\x0"),
        (_PICKLE, _CUT),
        strength=5,
        question=FIRST_BYTES,
    ),
    Symptom(
        ("failed to interpret file", "cannot load file containing pickled data"),
        (
            Reading(
                "not-a-model",
                "numpy.load was given a file that is no .npy or .npz: an HDF5 file, a pointer, a page of HTML",
                (
                    Remedy("An HDF5 file is for load_model or load_weights (or h5py).", "model.load_weights(PATH)"),
                    CHECK,
                    DOWNLOAD,
                ),
                "medium",
                "the file is not what its name says",
                "KD103",
            ),
            Reading(
                "wrong-api-use",
                "numpy.load is used for a file of another kind",
                (Remedy("Load it with what wrote it.", "model.load_weights(PATH)"),),
                "medium",
                "the file is HDF5",
                "KD903",
            ),
        ),
        strength=6,
        question=FIRST_BYTES,
    ),
    Symptom(
        ("could not determine a constructor for the tag",),
        (
            Reading(
                "config-value",
                "the YAML of the model holds Python objects (a tuple), which a safe reader of YAML does not make",
                (
                    Remedy(
                        "Load it where it was written, and write JSON (to_json) or a whole model there; or use that "
                        "release's PyYAML (before 5.1).",
                        "model.save(PATH)",
                    ),
                    Remedy("keras-doctor reads it without making objects:", "keras-doctor inspect PATH"),
                    REBUILD,
                ),
                "medium",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("is encrypted, password required",),
        (
            Reading(
                "format-not-supported",
                "the archive is encrypted: Keras does not ask for passwords",
                (Remedy("Unpack it, and pack it without a password.", "unzip model.keras"),),
                code="KD207",
            ),
        ),
        strength=7,
    ),
    Symptom(
        ("module '__main__' has no attribute",),
        (
            Reading(
                "pickled-model",
                "a pickle names a class or function of the script that wrote it, and this script does not have it",
                (
                    Remedy(
                        "Define or import it under the same name before unpickling; for the next time put it into a "
                        "module of its own, and save with model.save.",
                        "from my_module import MyModel",
                    ),
                ),
                "medium",
                code="KD904",
            ),
        ),
        strength=5,
    ),
    Symptom(
        ("maximum recursion depth exceeded", "recursionerror"),
        _too_deep,
        strength=5,
    ),
    Symptom(("syntaxerror",), _syntax, pattern=r"SyntaxError: (?!\(unicode)", strength=5),
    Symptom(
        ("unicodeescape' codec can't decode", "unicodeescape codec can't decode", "malformed \\n character escape"),
        (
            Reading(
                "path-problem",
                "a path of Windows stands in the script with single backslashes, which Python reads as escapes",
                (
                    Remedy(
                        r"Put r before the quotation mark, or write slashes.", r'load_model(r"C:\Users\me\model.h5")'
                    ),
                ),
                code="KD102",
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "[errno 22] invalid argument",
            "[winerror 123]",
            "volume label syntax is incorrect",
            "[errno 20] not a directory",
            "notadirectoryerror",
            "[errno 36] file name too long",
            "[winerror 206]",
            "embedded null byte",
            "embedded null character",
        ),
        (
            Reading(
                "path-problem",
                "the system does not take this path: a character (or a backslash that Python read as an escape) that "
                "no name may have, a file where a folder is wanted, or too long a name",
                (
                    PATH,
                    Remedy("On Windows: put r before the quotation mark.", r'load_model(r"C:\models\model.h5")'),
                ),
                code="KD102",
            ),
        ),
        strength=5,
    ),
    Symptom(
        ("expected binary or unicode string, got", "join() argument must be str", "stat: path should be string"),
        (
            Reading(
                "wrong-api-use",
                "a path is wanted, and something else was given: a model, an open file, None",
                (Remedy("Print what is passed as the path; pass a string.", "print(repr(PATH))"), PATH),
                "medium",
                code="KD903",
            ),
        ),
        pattern=r"Expected binary or unicode string, got (?!\{)|join\(\) argument must be str|path should be string",
        strength=5,
    ),
    Symptom(("unable to truncate a file which is already open", "file is already open"), _already_open, strength=7),
)
