"""Archives (.keras, .npz) that cannot be opened, or lack a part."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import FIRST_BYTES
from keras_doctor.symptoms.remedies import (
    AGAIN,
    CHECK,
    DOWNLOAD,
    INSPECT,
    LEGACY_KERAS,
    LFS,
    PATH,
    RENAME,
    SALVAGE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


def _not_found_zip(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    return (
        Reading(
            "path-problem",
            "there is nothing at the path, or no zip archive: the message is the same for both",
            (PATH, RENAME),
            "medium",
            "the file does not exist, seen from the working directory of the program",
            "KD101",
        ),
        Reading(
            "format-not-supported",
            "the file exists and is HDF5 or a folder under the name .keras (what TensorFlow 2.12 and before wrote)",
            (RENAME,),
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


_NO_WEIGHTS = Reading(
    "damaged-file",
    "the archive has no weights (model.weights.h5): it was not written to the end, or packed again without them",
    (
        Remedy(
            "Save the model again (re-save); the archive must hold config.json, metadata.json and model.weights.h5.",
            "unzip -l PATH",
        ),
        DOWNLOAD,
    ),
    "medium",
    "it is a .keras archive",
    "KD108",
)
_HIDDEN = Reading(
    "loader-bug",
    "the clean-up of this Keras fails and hides what went wrong before: there is no model.weights.h5 where it looks, "
    "in "
    "an archive or a folder",
    (
        Remedy("Upgrade to a newer Keras, which says what is wrong.", "pip install -U keras"),
        Remedy(
            "Give the .keras file, not the directory that it was unpacked into; see that model.weights.h5 is in it.",
            "keras-doctor check PATH",
        ),
    ),
    "medium",
    "a folder was given, or an archive without weights",
    "KD907",
)


SYMPTOMS = (
    Symptom(
        ("please ensure the file is an accessible", "file not found: filepath="),
        _not_found_zip,
        strength=7,
        question="Does the file exist, and what are its first bytes? keras-doctor check PATH says both",
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
                (AGAIN, DOWNLOAD, SALVAGE),
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
        question=FIRST_BYTES,
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
        ("no such file or directory: 'model.weights.h5'", "name = 'model.weights.h5', errno = 2"),
        (
            Reading(
                "loader-bug",
                "this Keras 3 unpacks model.weights.h5 into the working directory for a while: another load at the "
                "same "
                "time removed it, or the directory cannot be written",
                (
                    Remedy("Upgrade to a newer Keras, which does not unpack it there.", "pip install -U keras"),
                    Remedy("Or load one after the other (a lock), or copy the file for each process.", "flock …"),
                ),
                "medium",
                "the path that was given is a .keras archive",
                "KD907",
            ),
            Reading(
                "path-problem",
                "there is nothing at the path",
                (PATH,),
                "medium",
                "model.weights.h5 is the path that was given",
                "KD101",
            ),
        ),
        strength=7,
        question="Which path was given to load_model?",
    ),
    Symptom(
        (
            "expected a model.weights.h5",
            "cannot access local variable 'weights_store'",
            "'weights_store' referenced before assignment",
        ),
        lambda scene, match: (
            (_NO_WEIGHTS, _HIDDEN) if "expected a model.weights" in scene.low else (_HIDDEN, _NO_WEIGHTS)
        ),
        strength=8,
        question="Is it an archive or a folder, and what is in it? keras-doctor check PATH",
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
        question=FIRST_BYTES,
    ),
)
