"""SavedModel folders and checkpoints that cannot be opened, or not be parsed."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import FIRST_BYTES, ZIP_FOR_OLD
from keras_doctor.symptoms.remedies import (
    CHECK,
    DOWNLOAD,
    GLOB,
    H5PY,
    LEGACY_KERAS,
    LFS,
    PATH,
    TFSM,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


_PREFIX = Remedy(
    "Give the prefix of the checkpoint, without .index or .data-00000-of-00001, and keep both files beside each other.",
    'model.load_weights("dir/ckpt")',
)
_MISSING_SAVED = Reading(
    "path-problem",
    "nothing is at the path: TensorFlow then looks for a SavedModel folder, and names that in its message",
    (PATH, H5PY),
    "medium",
    "the file is not there, seen from the working directory of the program",
    "KD101",
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
        return ZIP_FOR_OLD, _MISSING_SAVED
    if low.endswith((".h5", ".hdf5", ".weights")):
        other = Reading(
            "not-a-model", "the file is there and is not HDF5", (DOWNLOAD, LFS), "medium", "the file exists", "KD103"
        )
        return _MISSING_SAVED, other
    folder = Reading(
        "format-not-supported",
        "what is at the path is neither HDF5 nor a SavedModel folder for this loader (a newer format, a "
        "checkpoint, a file without an ending)",
        (UPGRADE, CHECK, PATH, H5PY),
        "medium",
        "the path exists",
        "KD207",
    )
    return _MISSING_SAVED, folder


def _checkpoint(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    if "[" in scene.message or "[[" in scene.low:
        return Reading(
            "path-problem",
            "the checkpoint's path has brackets, which are taken for a pattern",
            (GLOB, PATH),
            code="KD101",
        )
    if ".data-0000" in scene.low or ".index" in scene.low or ".meta" in scene.low:
        return Reading(
            "path-problem",
            "a file of the checkpoint was given where its prefix is wanted",
            (_PREFIX, PATH),
            code="KD101",
        )
    return Reading("path-problem", "no checkpoint is at the path", (PATH, _PREFIX, GLOB), code="KD101")


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
        question=FIRST_BYTES,
    ),
    Symptom(
        ("savedmodel file does not exist at",),
        _no_savedmodel,
        pattern=r"SavedModel file does not exist at:?\s*(?P<path>[^{}\n]*)",
        strength=7,
        question="Does the path exist, and what are the file's first bytes? keras-doctor check PATH says both",
    ),
    Symptom(
        ("keras 3 only supports v3", "legacy savedmodel format is not supported"),
        (
            Reading(
                "format-not-supported",
                "Keras 3 does not load SavedModel folders as models",
                (TFSM, LEGACY_KERAS),
                code="KD207",
            ),
        ),
        strength=6,
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
            "read fewer bytes than requested",
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
        ("variables_temp", "tempstate", "_temp/part-"),
        (
            Reading(
                "save-refused",
                "what is being written could not be moved to its place: another program (a virus scanner, a "
                "synchronised folder, a second process) holds it, or the path is no plain folder",
                (
                    Remedy("Save to a plain local folder, and copy it from there.", 'model.save("C:/models/m.keras")'),
                    Remedy("Or save one file in place of a folder.", 'model.save("model.keras")'),
                    PATH,
                ),
                "medium",
                code="KD901",
            ),
            Reading("path-problem", "the path is not one that can be written", (PATH,), "medium", "it was not saving"),
        ),
        pattern=r"variables_temp|tempstate\d|_temp/part-",
        strength=7,
    ),
    Symptom(
        ("failed to find any matching files", "tensorslicereader", "is not a valid checkpoint"),
        _checkpoint,
        strength=7,
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
        question=FIRST_BYTES,
    ),
)
