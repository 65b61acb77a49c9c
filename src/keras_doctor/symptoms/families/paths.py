"""Paths at which nothing can be opened, and downloads that failed."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.remedies import (
    ASCII,
    CHECK,
    FOLDER,
    GLOB,
    PATH,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


_NOT_FOUND = Reading("path-problem", "there is nothing at the path that was given", (PATH,), code="KD101")
_IS_FOLDER = Reading(
    "path-problem",
    "the path is a folder, and a file was wanted",
    (FOLDER, PATH),
    code="KD113",
    evidence=("opening a folder as a file: errno 21 on Linux and macOS, errno 13 (permission denied) on Windows",),
)


def _hdf5_open(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    number = match["errno"]
    name = match["name"] or ""
    if "lock" in match[0].lower():
        return _LOCKED
    if "read failed" in match[0].lower() or "write failed" in match[0].lower():
        return None  # it was open: told by the families of HDF5 and of saving
    if number == "2":
        if not name.isascii():
            return Reading(
                "path-problem", "the path has letters that HDF5 on Windows does not open", (ASCII, PATH), code="KD102"
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
            (FOLDER, Remedy("Else give yourself the permission to read it.", "chmod u+r PATH"), PATH),
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
        Remedy("Or copy the file to a local disk, and load (or save) it there.", "cp PATH /tmp/"),
    ),
    code="KD102",
)


SYMPTOMS = (
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
        ("errno =",),
        _hdf5_open,
        pattern=r"(?:name = '(?P<name>[^']{0,400})',?\s*)?[^\n]{0,300}?errno = (?P<errno>\d+)",
        strength=7,
    ),
    Symptom(
        ("not found", "doesn't exist", "does not exist", "could not find", "couldn't find", "unable to open file:"),
        (
            Reading(
                "path-problem",
                "the program does not find the model's (or weights') file where it looks for it",
                (PATH, CHECK),
                "medium",
                code="KD101",
            ),
        ),
        pattern=r"(?<!training )(?:model|weights?|checkpoint|h5|hdf5)'? (?:file )?(?:[\w./'-]{1,80} )?(?:is )?"
        r"(?:not found|does ?n[o']t exist)"
        r"|could ?n[o']t find (?:the |any |trained |pretrained )*(?:model|weights?|checkpoint)"
        r"|unable to open file: [\w./]",
        strength=2,
        everywhere=False,
    ),
    Symptom(
        ("unable to open file: name =",),
        (
            Reading(
                "path-problem",
                "the file cannot be opened: it is not there, or may not be read (the end of the message, which would "
                "tell, is missing)",
                (PATH, CHECK),
                "medium",
                code="KD101",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("unable to lock file", "resource temporarily unavailable"),
        lambda scene, match: (
            replace(_LOCKED, cause="save-refused", code="KD901")
            if "create file" in scene.low or scene.passed("save")
            else _LOCKED
        ),
        strength=7,
    ),
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
                (FOLDER, PATH),
                code="KD102",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("dataset=[[", "=[["),
        (
            Reading(
                "path-problem",
                "the path has brackets, which TensorFlow takes for a pattern",
                (GLOB, PATH),
                code="KD101",
            ),
        ),
        pattern=r"(?:load_weights|restore|model_dir|checkpoint|path)[^\n]{0,200}=\[\[",
        strength=3,
    ),
)
