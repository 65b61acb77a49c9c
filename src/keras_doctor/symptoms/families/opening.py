"""A file that cannot be found, opened or taken for what it is."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import (
    AGAIN,
    ASCII,
    CHECK,
    DOWNLOAD,
    FOLDER,
    LEGACY_KERAS,
    LFS,
    PATH,
    REBUILD,
    RENAME,
    TFSM,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene


def _unsupported(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    path = match["path"].strip().strip("'\"")
    low = path.lower()
    if low.startswith("ram://"):
        return Reading(
            "pickled-model",
            "a pickled model of Keras 2 keeps a SavedModel in memory (ram://), which Keras 3 does not load",
            (
                LEGACY_KERAS,
                Remedy("Unpickle it where it was pickled, and save it with model.save.", 'model.save("model.keras")'),
            ),
            code="KD904",
        )
    if path in ("", ".", "./", "None"):
        return Reading("path-problem", "the path that was given is empty", (PATH,), code="KD101"), Reading(
            "format-not-supported",
            "a folder was given",
            (FOLDER,),
            "medium",
            "the working directory is the model",
            "KD207",
        )
    if low.endswith(
        (".tflite", ".onnx", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".pb", ".caffemodel", ".mlmodel", ".csv")
    ):
        return (
            Reading(
                "format-not-supported",
                "this is not a format that Keras 3 loads, by its name",
                (RENAME, CHECK, TFSM, LEGACY_KERAS),
                "medium",
                "it is a SavedModel folder under an odd name",
                "KD207",
            ),
            Reading(
                "not-a-model",
                "the file belongs to another tool",
                (CHECK,),
                "medium",
                "the file is what its ending says",
                "KD103",
            ),
        )
    return Reading(
        "format-not-supported",
        "Keras 3 loads .keras archives and .h5 files, and goes by the name: this path is a SavedModel folder "
        "(of Keras 2, or exported), a "
        "checkpoint, or a file without its ending",
        (
            TFSM,
            LEGACY_KERAS,
            Remedy(
                "To have it as a Keras model for good: load it with Keras 2 once, and save it as .keras.",
                'model.save("model.keras")',
            ),
            RENAME,
        ),
        code="KD207",
    )


def _undecodable(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    byte, position, codec = match["byte"].lower(), match["position"], match["codec"].lower()
    if "escape" in codec:
        return None
    if position == "0" and byte == "89":
        return Reading(
            "wrong-api-use",
            "an HDF5 file is read as text: model_from_json was given a whole model or weights",
            (
                Remedy(
                    "Load the HDF5 file with load_model (or load_weights); model_from_json takes the JSON of "
                    "to_json().",
                    "model = load_model(PATH)",
                ),
            ),
            code="KD903",
        )
    if position == "0" and byte in ("80", "1f", "50", "0a", "08"):
        return Reading(
            "not-a-model",
            "the file is binary (a pickle, gzip, protobuf) and is read as text",
            (CHECK, DOWNLOAD),
            code="KD103",
        )
    spelled = re.search(r"load\w*\(r?['\"][^'\")\n]{0,200}[^\x00-\x7f]", scene.parsed.text) is not None
    if (
        spelled
        or scene.calls("file_io", "IsDirectory", "FileExists", "is_directory", "stat(", "parse_saved_model")
        or codec
        in (
            "mbcs",
            "cp1252",
            "gbk",
            "cp932",
        )
    ):
        return Reading(
            "path-problem",
            "a message or path of Windows is not in the encoding that TensorFlow expects: the path has letters "
            "beyond ASCII "
            "(or invisible characters)",
            (ASCII, PATH),
            code="KD102",
        )
    return (
        Reading(
            "path-problem",
            "the path has letters beyond ASCII",
            (ASCII, PATH),
            "medium",
            "the path, or the user's name in it, is not plain ASCII",
            "KD102",
        ),
        Reading(
            "damaged-file",
            "what should be text is not",
            (CHECK, DOWNLOAD),
            "medium",
            "the path is plain ASCII",
            "KD107",
        ),
    )


def _json(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    if scene.passed("revive") or scene.calls("_recreate_base_user_object", "saved_model/load.py"):
        return Reading(
            "savedmodel-revive",
            "a SavedModel of TensorFlow 2.6 or later in an older one: its Keras metadata stand in "
            "keras_metadata.pb, which this one does "
            "not know, and it finds none",
            (UPGRADE, REBUILD),
            code="KD905",
        )
    if scene.calls("keras.json", "_config = json.load"):
        return Reading(
            "environment-broken",
            "the settings file ~/.keras/keras.json is not valid JSON",
            (Remedy("Delete it; Keras writes a new one.", "rm ~/.keras/keras.json"),),
            code="KD908",
        )
    return (
        Reading(
            "damaged-file",
            "the JSON (of the config, or of an architecture file) is empty or broken",
            (CHECK, DOWNLOAD),
            "medium",
            "the file was cut or edited",
            "KD107",
        ),
        Reading(
            "not-a-model",
            "the file is not JSON at all",
            (CHECK, LFS),
            "low",
            "it begins with < or with 'version https://git-lfs'",
            "KD103",
        ),
    )


def _weights_only(scene: Scene, _match: re.Match[str]) -> Reading:
    return Reading(
        "weights-only",
        "the file has weights and no architecture (it was written by save_weights, or by a checkpoint with "
        "save_weights_only), and a "
        "whole model was asked for",
        (
            REBUILD,
            Remedy("For the next time: save the whole model.", 'model.save("model.keras")'),
        ),
        code="KD109",
    )


SYMPTOMS = (
    Symptom(
        ("hash does not match the original value", "incomplete or outdated because the"),
        (
            Reading(
                "damaged-file",
                "the file in Keras's cache is not the one that belongs there: a download that stopped, or "
                "another version",
                (AGAIN, DOWNLOAD),
                code="KD104",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("file system scheme",),
        (
            Reading(
                "format-not-supported",
                "this release does not load from such an address (hf://, gs://, s3://)",
                (
                    Remedy(
                        "Download the model, and load it by its local path.", "huggingface-cli download OWNER/MODEL"
                    ),
                    Remedy(
                        "Or upgrade: Keras 3.5 and later read hf:// addresses.", "pip install -U keras huggingface_hub"
                    ),
                ),
                code="KD207",
            ),
        ),
        pattern=r"File system scheme '?[\w+-]+'? not implemented",
        strength=8,
    ),
    Symptom(
        ("git lfs header", "version https://git-lfs", "git-lfs.github.com/spec"),
        (
            Reading(
                "not-a-model",
                "the file is a Git LFS pointer: the model itself was not downloaded",
                (LFS, DOWNLOAD),
                code="KD119",
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("file format not supported",),
        _unsupported,
        pattern=r"File format not supported:? ?(?:filepath=)?(?P<path>.*?)(?:\. Keras 3|\. ?$|$)",
        strength=7,
        question="What is at the path? keras-doctor check PATH",
    ),
    Symptom(
        ("codec can't encode character",),
        (
            Reading(
                "path-problem",
                "a path has letters that this program (its locale, or Windows' old interfaces) cannot write",
                (
                    ASCII,
                    Remedy("Or run Python with UTF-8.", "PYTHONUTF8=1 python your_script.py"),
                    PATH,
                ),
                "medium",
                "the path, or the user's name in it, is not plain ASCII",
                "KD102",
            ),
            Reading(
                "save-refused",
                "a name in the model (of a layer, a word of a vocabulary) cannot be written by this release",
                (UPGRADE,),
                "low",
                "it was raised by model.save",
                "KD901",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("can't decode byte", "codec can't decode"),
        _undecodable,
        pattern=r"(?P<codec>\b[\w-]{1,40})'? codec can'?t decode byte 0x(?P<byte>[0-9a-f]{2}) in position "
        r"(?P<position>\w+)",
        strength=6,
    ),
    Symptom(
        (
            "expecting value: line 1",
            "jsondecodeerror",
            "no json object could be decoded",
            "extra data: line",
            "expecting property name",
            "expecting ',' delimiter",
            "unterminated string starting",
        ),
        _json,
        strength=5,
    ),
    Symptom(
        (
            "no model found in config",
            "no model config found in the file",
            "no 'model_config' data",
            "cannot create group in read only mode",
            "cannot create group in read-only mode",
            "missing model_config",
            "doesn't have a model_config",
        ),
        _weights_only,
        strength=8,
    ),
    Symptom(
        (
            "invalid load key",
            "unpicklingerror: invalid",
            "not a gzipped file",
            "unexpected end of data",
            "unknown file format",
            "not a hdf5 file",
        ),
        (
            Reading(
                "not-a-model",
                "the file is not of the format that it is opened as",
                (
                    CHECK,
                    DOWNLOAD,
                    LFS,
                    Remedy(
                        "A model file (\\x89HDF, PK) is loaded with Keras, not with pickle or gzip.",
                        "model = keras.models.load_model(PATH)",
                    ),
                ),
                "medium",
                code="KD103",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("teachable machine", "tfjs_layers_model", "is not in the same format as that expected", "modeltopology"),
        (
            Reading(
                "format-not-supported",
                "the model.json is of TensorFlow.js, which is not the JSON of to_json()",
                (
                    Remedy(
                        "Convert it with tensorflowjs_converter (input format tfjs_layers_model) to a Keras "
                        "file; or export the model as Keras where it came from.",
                        "tensorflowjs_converter --input_format=tfjs_layers_model --output_format=keras "
                        "model.json model.h5",
                    ),
                ),
                "medium",
                code="KD902",
            ),
        ),
        pattern=r"JSON given by teachable machine|modelTopology|tfjs_layers_model"
        r"|not in the same format as that expected",
        strength=3,
    ),
)
