"""A file that cannot be found, opened or taken for what it is."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import (
    CHECK,
    DOWNLOAD,
    INSPECT,
    LEGACY_KERAS,
    LFS,
    NEWER_KERAS_3,
    PATH,
    REBUILD,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_FOLDER = Remedy(
    "The path is a directory: a SavedModel folder, or one that has the file's name. Give the file inside, or "
    "load the folder as a "
    "SavedModel (with TensorFlow's loader, not an HDF5 one). Save with an ending (.h5 or .keras) to get a file.",
    "keras-doctor check PATH",
)
_AGAIN = Remedy(
    "Delete the incomplete file and download or copy it again, completely; Keras's own downloads lie in ~/.keras.",
    "rm -r ~/.keras/models/NAME",
)
_SALVAGE = Remedy("See what can still be read of it:", "keras-doctor inspect PATH")
_TFSM = Remedy(
    "To predict only: wrap the folder as a layer. keras.layers.TFSMLayer calls the SavedModel's signature; "
    "find its name first.",
    'layer = keras.layers.TFSMLayer(PATH, call_endpoint="serving_default")',
)
_RENAME = Remedy(
    "When the file is good and only its name is wrong: name it after its content; keras-doctor says what it is.",
    "keras-doctor check PATH",
)
_ASCII = Remedy(
    "On Windows, HDF5 and TensorFlow of that time cannot open paths with other than ASCII letters: move the "
    "file to a path of "
    "plain ASCII letters.",
    r"move model.h5 C:\models\model.h5",
)
_GLOB = Remedy(
    "TensorFlow takes a checkpoint's path for a glob pattern: brackets, * and ? in it do not stand for "
    "themselves. Rename the "
    "directory or file so that its path has no brackets.",
)
_PREFIX = Remedy(
    "Give the prefix of the checkpoint, without .index or .data-00000-of-00001, and keep both files beside each other.",
    'model.load_weights("dir/ckpt")',
)
_H5PY = Remedy(
    "Check that h5py can be imported: without it TensorFlow takes an HDF5 file for a folder.", 'python -c "import h5py"'
)

_NOT_FOUND = Reading("path-problem", "there is nothing at the path that was given", (PATH,), code="KD101")
_IS_FOLDER = Reading(
    "path-problem",
    "the path is a folder, and a file was wanted",
    (_FOLDER, PATH),
    code="KD113",
    evidence=("opening a folder as a file: errno 21 on Linux and macOS, errno 13 (permission denied) on Windows",),
)
_MISSING_SAVED = Reading(
    "path-problem",
    "nothing is at the path: TensorFlow then looks for a SavedModel folder, and names that in its message",
    (PATH, _H5PY),
    "medium",
    "the file is not there, seen from the working directory of the program",
    "KD101",
)
_ZIP_FOR_OLD = Reading(
    "format-not-supported",
    "a .keras archive was given to a loader that does not know that format (TensorFlow 2.11 and before, Keras 1 and 2)",
    (UPGRADE, NEWER_KERAS_3, Remedy("Or save it again as .h5 with a release that reads it.", 'model.save("model.h5")')),
    "medium",
    "the file's first bytes are PK (a zip)",
    "KD207",
)
_OTHER_FILE = Reading(
    "not-a-model",
    "the file is not HDF5: a Git LFS pointer, a page of HTML, a checkpoint, or another model format under that name",
    (DOWNLOAD, LFS, _RENAME),
    "medium",
    "its first bytes are text, or it is a few hundred bytes long",
    "KD103",
)
_CUT = Reading(
    "damaged-file",
    "the download or copy is not complete",
    (_AGAIN, DOWNLOAD),
    "low",
    "it is smaller than it should be",
    "KD104",
)
_FIRST_BYTES = "What are the first bytes and the size of the file? keras-doctor check PATH says what it is"


def _signature(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    named_zip = scene.names_file(".keras", ".zip")
    if not named_zip and "valid file signature" in match[0].lower():
        return _OTHER_FILE, _CUT  # so says h5py from before there were .keras files
    if named_zip or not scene.names_file(".h5", ".hdf5", ".weights", ".model"):
        return _ZIP_FOR_OLD, _OTHER_FILE, _CUT
    return _OTHER_FILE, _CUT, _ZIP_FOR_OLD


def _hdf5_open(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    number = match["errno"]
    name = match["name"] or ""
    if number == "2":
        if not name.isascii():
            return Reading(
                "path-problem", "the path has letters that HDF5 on Windows does not open", (_ASCII, PATH), code="KD102"
            )
        return _NOT_FOUND
    if number == "21":
        return _IS_FOLDER
    if number == "28":
        return None  # the disk is full: told by the family of saving
    if number == "13":
        return Reading(
            "path-problem",
            "the file cannot be opened: on Windows this is what opening a folder looks like (a SavedModel, or "
            "a ModelCheckpoint without "
            ".h5); else the permission is missing",
            (_FOLDER, Remedy("Else give yourself the permission to read it.", "chmod u+r PATH"), PATH),
            code="KD113",
        )
    if number in ("11", "35", "37"):
        return _LOCKED
    return Reading("path-problem", "the operating system does not open the file", (PATH, CHECK), "medium", code="KD102")


_LOCKED = Reading(
    "path-problem",
    "another process holds the file, or the file system knows no locks (network drives, Docker volumes)",
    (
        Remedy(
            "Close the other program, or turn HDF5's locking off before h5py is imported.",
            "export HDF5_USE_FILE_LOCKING=FALSE",
        ),
    ),
    code="KD102",
)


def _no_savedmodel(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    path = match["path"].strip().rstrip("/\\")
    low = path.lower()
    if "tfhub_modules" in low or "tfhub" in low:
        return Reading(
            "assets-missing",
            "the cache of TensorFlow Hub has a folder for the module, and the module itself is not in it (a "
            "download that was "
            "interrupted, a temporary folder that was cleaned)",
            (
                Remedy(
                    "Delete the cache folder of tfhub and load again; set a lasting one in TFHUB_CACHE_DIR.",
                    "rm -r /tmp/tfhub_modules",
                ),
            ),
            code="KD911",
        )
    if low.endswith(".keras") or scene.names_file(".keras"):
        return _ZIP_FOR_OLD, _MISSING_SAVED
    if low.endswith((".h5", ".hdf5", ".weights")):
        other = Reading(
            "not-a-model", "the file is there and is not HDF5", (DOWNLOAD, LFS), "medium", "the file exists", "KD103"
        )
        return _MISSING_SAVED, other
    folder = Reading(
        "format-not-supported",
        "what is at the path is neither HDF5 nor a SavedModel folder for this loader (a newer format, a "
        "checkpoint, a file without an ending)",
        (UPGRADE, CHECK, PATH, _H5PY),
        "medium",
        "the path exists",
        "KD207",
    )
    return _MISSING_SAVED, folder


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
            (_FOLDER,),
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
                (_RENAME, CHECK, _TFSM, LEGACY_KERAS),
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
            _TFSM,
            LEGACY_KERAS,
            Remedy(
                "To have it as a Keras model for good: load it with Keras 2 once, and save it as .keras.",
                'model.save("model.keras")',
            ),
            _RENAME,
        ),
        code="KD207",
    )


def _not_found_zip(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    return (
        Reading(
            "path-problem",
            "there is nothing at the path, or no zip archive: the message is the same for both",
            (PATH, _RENAME),
            "medium",
            "the file does not exist, seen from the working directory of the program",
            "KD101",
        ),
        Reading(
            "format-not-supported",
            "the file exists and is HDF5 or a folder under the name .keras (what TensorFlow 2.12 and before wrote)",
            (_RENAME,),
            "medium",
            "its first bytes are \\x89HDF",
            "KD207",
        ),
        Reading(
            "not-a-model",
            "the file exists and is a Git LFS pointer, a page of HTML or a cut archive, not a zip",
            (DOWNLOAD, LFS),
            "medium",
            "it is text, or shorter than it should be",
            "KD103",
        ),
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
    if scene.calls("file_io", "IsDirectory", "FileExists", "is_directory", "stat(", "parse_saved_model") or codec in (
        "mbcs",
        "cp1252",
        "gbk",
        "cp932",
    ):
        return Reading(
            "path-problem",
            "a message or path of Windows is not in the encoding that TensorFlow expects: the path has letters "
            "beyond ASCII "
            "(or invisible characters)",
            (_ASCII, PATH),
            code="KD102",
        )
    return (
        Reading(
            "path-problem",
            "the path has letters beyond ASCII",
            (_ASCII, PATH),
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


def _checkpoint(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    if "[" in scene.message or "[[" in scene.low:
        return Reading(
            "path-problem",
            "the checkpoint's path has brackets, which are taken for a pattern",
            (_GLOB, PATH),
            code="KD101",
        )
    if ".data-0000" in scene.low or ".index" in scene.low or ".meta" in scene.low:
        return Reading(
            "path-problem",
            "a file of the checkpoint was given where its prefix is wanted",
            (_PREFIX, PATH),
            code="KD101",
        )
    return Reading("path-problem", "no checkpoint is at the path", (PATH, _PREFIX, _GLOB), code="KD101")


_NAMES_AS_ARRAYS = Reading(
    "h5py-incompatible",
    "h5py gives lists of names as arrays, and this release of Keras (2.2.3 to 2.2.4) asks whether they are "
    "empty in a way that "
    "arrays do not answer",
    (
        Remedy(
            "Upgrade to a newer Keras (2.2.5 or later), or use h5py 2.10 (h5py<3).",
            'pip install "keras==2.3.1" "h5py<3"',
        ),
        UPGRADE,
    ),
)


def _truth(scene: Scene, match: re.Match[str]) -> Reading | None:
    """Tell of an array taken for a truth value: of h5py's in a loader of Keras, else of the user's own."""
    return _NAMES_AS_ARRAYS if scene.passed("load", "weights") or scene.calls("saving.py", "load_model") else None


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
        ("could not find savedmodel .pb", "contains neither", "no such savedmodel", "saved_model.pb not found"),
        (
            Reading(
                "path-problem",
                "there is no SavedModel at the path: saved_model.pb is not in the folder",
                (
                    PATH,
                    Remedy(
                        "Give the folder that holds saved_model.pb, with variables/ beside it.",
                        "keras-doctor check PATH",
                    ),
                ),
                code="KD101",
            ),
        ),
        pattern=r"could not find SavedModel|contains neither '?saved_model|saved_model\.pb[^\n]{0,20}not found"
        r"|no such SavedModel",
        strength=6,
    ),
    Symptom(
        ("invalidprotocolbufferexception", "invalid wire type", "protocol message tag had invalid"),
        (
            Reading(
                "not-a-model",
                "the file is not the protobuf that is expected: HDF5, a SavedModel in place of a frozen graph, "
                "or a pointer",
                (CHECK, LFS),
                "medium",
                "its first bytes are of another format",
                "KD103",
            ),
            Reading(
                "damaged-file", "the protobuf is damaged", (DOWNLOAD,), "medium", "it was downloaded or copied", "KD106"
            ),
        ),
        strength=6,
        question=_FIRST_BYTES,
    ),
    Symptom(
        ("is already open", "file is already open"),
        (_LOCKED,),
        pattern=r"(?:truncate a file which|file) is already open",
        strength=6,
    ),
    Symptom(("unable to find a valid file signature",), _signature, strength=6, question=_FIRST_BYTES),
    Symptom(
        ("hash does not match the original value", "incomplete or outdated because the"),
        (
            Reading(
                "damaged-file",
                "the file in Keras's cache is not the one that belongs there: a download that stopped, or "
                "another version",
                (_AGAIN, DOWNLOAD),
                code="KD104",
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "url fetch failure",
            "temporary failure in name resolution",
            "certificate_verify_failed",
            "failed to establish a new",
        ),
        (
            Reading(
                "path-problem",
                "the weights could not be downloaded: no network, a proxy, or the address does not exist any more",
                (
                    Remedy(
                        "Download the file elsewhere and give its path.",
                        'model = keras.applications.ResNet50(weights="/path/to/weights.h5")',
                    ),
                    PATH,
                ),
                "high",
                code="KD101",
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
    Symptom(("file signature not found",), _signature, strength=6, question=_FIRST_BYTES),
    Symptom(
        ("truncated file: eof",),
        (
            Reading(
                "damaged-file",
                "the HDF5 file ends before it should: the download or copy stopped",
                (_AGAIN, DOWNLOAD, _SALVAGE),
                code="KD104",
            ),
        ),
        strength=9,
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
        ("errno =",),
        _hdf5_open,
        pattern=r"(?:name = '(?P<name>[^']{0,400})',?\s*)?[^\n]{0,300}?errno = (?P<errno>\d+)",
        strength=7,
    ),
    Symptom(("unable to lock file", "resource temporarily unavailable"), (_LOCKED,), strength=7),
    Symptom(
        (
            "no file or directory found at",
            "filenotfounderror",
            "no such file or directory",
            "cannot find the path specified",
            "enoent",
        ),
        (_NOT_FOUND,),
        pattern=r"no file or directory found at|no such file or directory|cannot find the (?:path|file) specified"
        r"|FileNotFoundError(?!: Op type)|ENOENT",
        strength=5,
    ),
    Symptom(("is a directory", "isadirectoryerror"), (_IS_FOLDER,), strength=6),
    Symptom(
        ("permission denied", "permissionerror"),
        (
            Reading(
                "path-problem",
                "the system refuses to open the path: the permission is missing, or (on Windows) it is a folder",
                (_FOLDER, PATH),
                code="KD102",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("savedmodel file does not exist at",),
        _no_savedmodel,
        pattern=r"SavedModel file does not exist at:?\s*(?P<path>[^{}\n]*)",
        strength=7,
        question="Does the path exist, and what are the file's first bytes? keras-doctor check PATH says both",
    ),
    Symptom(
        ("file format not supported",),
        _unsupported,
        pattern=r"File format not supported:? ?(?:filepath=)?(?P<path>.*?)(?:\. Keras 3|\. ?$|$)",
        strength=7,
        question="What is at the path? keras-doctor check PATH",
    ),
    Symptom(
        ("keras 3 only supports v3", "legacy savedmodel format is not supported"),
        (
            Reading(
                "format-not-supported",
                "Keras 3 does not load SavedModel folders as models",
                (_TFSM, LEGACY_KERAS),
                code="KD207",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("please ensure the file is an accessible", "file not found: filepath="),
        _not_found_zip,
        strength=7,
        question="Does the file exist, and what are its first bytes? keras-doctor check PATH says both",
    ),
    Symptom(
        ("filepath looks like a hdf5 file but h5py", "not an hdf5 file (or h5py is not available)"),
        (
            Reading(
                "package-missing",
                "h5py cannot be imported, so that HDF5 files cannot be read",
                (_H5PY, Remedy("Install it:", "python -m pip install h5py")),
                "medium",
                "import h5py fails",
                "KD203",
            ),
            Reading(
                "path-problem",
                "the file is not HDF5, or not there",
                (PATH, CHECK),
                "medium",
                "import h5py works",
                "KD101",
            ),
        ),
        strength=7,
        question='Does `python -c "import h5py"` work?',
    ),
    Symptom(
        ("can't decode byte", "codec can't decode"),
        _undecodable,
        pattern=r"(?P<codec>\b[\w-]{1,40})'? codec can'?t decode byte 0x(?P<byte>[0-9a-f]{2}) in position "
        r"(?P<position>\d+)",
        strength=6,
    ),
    Symptom(
        (
            "bad zip file",
            "file is not a zip file",
            "badzipfile",
            "bad magic number for",
            "bad crc-32",
            "truncated zip",
            "zlib.error",
        ),
        (
            Reading(
                "damaged-file",
                "the archive is cut or changed: it is no whole zip",
                (_AGAIN, DOWNLOAD, _SALVAGE),
                "medium",
                "the file begins with PK",
                "KD104",
            ),
            Reading(
                "not-a-model",
                "the file is no zip at all",
                (CHECK, LFS),
                "medium",
                "the file does not begin with PK",
                "KD103",
            ),
        ),
        strength=6,
        question=_FIRST_BYTES,
    ),
    Symptom(
        (
            "not an sstable",
            "unable to open table file",
            "checksum does not match",
            "dataloss",
            "data loss:",
            "corrupted checkpoint",
            "block checksum mismatch",
            "truncated block read",
        ),
        (
            Reading(
                "damaged-file",
                "the index or the data of the variables is damaged: a Git LFS pointer, a changed line ending, "
                "or a copy that is not whole",
                (
                    DOWNLOAD,
                    LFS,
                    Remedy(
                        "Copy the whole folder again, variables/ with all its files, as binary.",
                        "keras-doctor check PATH",
                    ),
                    _PREFIX,
                ),
                code="KD105",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("failed to find any matching files", "tensorslicereader"),
        _checkpoint,
        strength=7,
    ),
    Symptom(
        ("dataset=[[", "=[["),
        (
            Reading(
                "path-problem",
                "the path has brackets, which TensorFlow takes for a pattern",
                (_GLOB, PATH),
                code="KD101",
            ),
        ),
        pattern=r"(?:load_weights|restore|model_dir|checkpoint|path)[^\n]{0,200}=\[\[",
        strength=3,
    ),
    Symptom(
        ("cannot parse file", "error parsing message", "decodeerror", "wire-format"),
        (
            Reading(
                "damaged-file",
                "the protobuf (saved_model.pb) cannot be parsed: it is cut, changed, or a Git LFS pointer",
                (DOWNLOAD, LFS, CHECK),
                "medium",
                "the file is shorter than it should be, or text",
                "KD106",
            ),
            Reading(
                "not-a-model",
                "the .pb file is something else (a frozen graph, a checkpoint's meta graph)",
                (CHECK,),
                "low",
                "it came from another tool",
                "KD103",
            ),
        ),
        pattern=r"cannot parse file|error parsing message|(?<!JSON)DecodeError|wire-format",
        strength=5,
        question=_FIRST_BYTES,
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
            "unable to open object",
            "unable to synchronously open object",
            "can't open attribute",
            "can't locate attribute",
            "unable to open attribute",
            "no attribute of name",
            "unable to get attribute",
            "can't open object",
        ),
        (
            Reading(
                "weights-mismatch",
                "a group or attribute that this loader wants is not in the HDF5 file: it holds weights in "
                "another layout, or only "
                "a part of the model",
                (
                    INSPECT,
                    Remedy(
                        "Give load_weights a file of save_weights, and load_model one of save; the two layouts "
                        "(.weights.h5 "
                        "and the older .h5) are read by name.",
                        "keras-doctor inspect PATH",
                    ),
                    REBUILD,
                ),
                "medium",
                "the file is whole",
                "",
            ),
            Reading(
                "damaged-file",
                "the file is damaged or not whole",
                (DOWNLOAD,),
                "low",
                "keras-doctor finds damage",
                "KD106",
            ),
        ),
        strength=5,
        question="What is in the file? keras-doctor inspect PATH",
    ),
    Symptom(
        ("no item named 'config.json'", "no item named config.json", "no item named 'metadata.json'", "no item named"),
        (
            Reading(
                "not-a-model",
                "the zip archive is no Keras archive (or its members lie in a folder inside it: it was "
                "unzipped and zipped again)",
                (
                    CHECK,
                    Remedy(
                        "Zip the members themselves, not the folder around them.",
                        "cd folder && zip -0 ../model.keras config.json metadata.json model.weights.h5",
                    ),
                ),
                "medium",
                "the archive has other members",
                "KD103",
            ),
            Reading(
                "damaged-file",
                "a member of the archive is missing",
                (DOWNLOAD,),
                "medium",
                "it has some of the members",
                "KD108",
            ),
        ),
        strength=7,
        question="Which members does it have? keras-doctor inspect PATH",
    ),
    Symptom(
        (
            "expected a model.weights.h5",
            "cannot access local variable 'weights_store'",
            "'weights_store' referenced before assignment",
        ),
        (
            Reading(
                "damaged-file",
                "the archive has no weights (model.weights.h5): it was not written to the end, or packed again "
                "without them",
                (
                    Remedy(
                        "Save the model again (re-save); the archive must hold config.json, metadata.json and "
                        "model.weights.h5.",
                        "unzip -l PATH",
                    ),
                    DOWNLOAD,
                ),
                code="KD108",
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("object arrays cannot be loaded when allow_pickle=false",),
        (
            Reading(
                "format-not-supported",
                "the weights are stored as pickled arrays (model.weights.npz of TensorFlow 2.12 to 2.15 and "
                "Keras before 3.9), which "
                "newer releases refuse",
                (LEGACY_KERAS, INSPECT),
                "medium",
                "the file is a .keras archive",
                "KD207",
            ),
            Reading(
                "not-a-model",
                "the .npy or .npz file holds pickled objects",
                (CHECK,),
                "medium",
                "the file is .npy or .npz",
                "KD103",
            ),
        ),
        strength=7,
        question=_FIRST_BYTES,
    ),
    Symptom(
        ("inflate() failed", "can't decompress"),
        (
            Reading(
                "damaged-file",
                "compressed bytes of the HDF5 file are damaged",
                (DOWNLOAD, _AGAIN, _SALVAGE),
                code="KD105",
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "can't read data",
            "filter returned failure",
            "required filter",
            "can't open directory or file",
            "unable to open plugin",
            "unavailable filter",
        ),
        (
            Reading(
                "hdf5-filter-missing",
                "tensors are compressed with a filter that this HDF5 does not have",
                (
                    Remedy(
                        "Install the usual plugins and import them before loading.",
                        "pip install hdf5plugin  # then: import hdf5plugin",
                    ),
                    INSPECT,
                ),
                "medium",
                "a filter is named that is not built in",
                "KD116",
            ),
            Reading(
                "damaged-file", "the stored bytes are damaged", (DOWNLOAD,), "medium", "no filter is named", "KD105"
            ),
        ),
        pattern=r"required filter|filter returned failure|unavailable filter|can't open directory|can't read data"
        r"|unable to open plugin",
        strength=6,
        question="Which filter is it? keras-doctor check PATH names it",
    ),
    Symptom(
        (
            "bad object header",
            "wrong b-tree signature",
            "bad local heap",
            "addr overflow",
            "bad heap",
            "bad symbol table",
            "can't deserialize",
            "bad local heap signature",
            "free block size",
            "unable to read superblock",
            "incorrect metadata checksum",
            "message type",
            "unknown datatype",
        ),
        (
            Reading(
                "damaged-file",
                "the structure of the HDF5 file is broken: bytes were lost or changed",
                (DOWNLOAD, _AGAIN, _SALVAGE),
                "medium",
                code="KD106",
            ),
        ),
        pattern=r"bad object header|wrong B-tree|bad local heap|addr overflow|bad (?:global )?heap|bad symbol table"
        r"|free block size|read superblock|metadata checksum|can't deserialize",
        strength=6,
    ),
    Symptom(
        (
            "'str' object has no attribute 'decode'",
            "str object has no attribute decode",
            "no attribute 'decode'",
            '"str" object has no attribute "decode"',
        ),
        (
            Reading(
                "h5py-incompatible",
                "h5py 3 gives text where this Keras (2.3 and before, or TensorFlow 2.4 and before) expects "
                "bytes; the file is good",
                (
                    Remedy(
                        "Where the old Keras has to stay: h5py 2 (h5py<3, such as h5py==2.10.0; it has wheels "
                        "for Python up to 3.8).",
                        'pip install "h5py<3"',
                    ),
                    Remedy(
                        "Better: load it with a newer TensorFlow (2.5 or later), which reads both.",
                        'pip install -U "tensorflow>=2.5"',
                    ),
                ),
                code="KD204",
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("truth value of an array with more than one element is ambiguous",),
        _truth,
        strength=6,
    ),
    Symptom(
        ("no cast function available", "invalid dtype: void16", "dtype |v2 is not a valid", "void16"),
        (
            Reading(
                "loader-bug",
                "bfloat16 weights: HDF5 has no such type, h5py gives them back as raw two-byte values, and "
                "this release of Keras does not turn them back",
                (
                    Remedy("Load it with a newer Keras; the values in the file are whole.", "pip install -U keras"),
                    Remedy("Or save the model in float32.", 'keras.config.set_floatx("float32")'),
                    INSPECT,
                ),
                code="KD907",
            ),
        ),
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
                (CHECK, DOWNLOAD, LFS),
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
