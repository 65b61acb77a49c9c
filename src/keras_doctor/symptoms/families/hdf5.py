"""HDF5 files that cannot be opened, or not read to their end."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.readings import FIRST_BYTES, ZIP_FOR_OLD
from keras_doctor.symptoms.remedies import (
    AGAIN,
    DOWNLOAD,
    INSPECT,
    LFS,
    REBUILD,
    RENAME,
    SALVAGE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


_CHECKPOINT = Remedy(
    "When the name ends in .index or .data-00000-of-00001: it is half of a checkpoint of TensorFlow. Build the model "
    "with tf.keras, and give the prefix (the path without that ending).",
    'model.load_weights("model.hdf5")  # beside it: model.hdf5.index, model.hdf5.data-00000-of-00001',
)
_OTHER_FILE = Reading(
    "not-a-model",
    "the file is not HDF5: a Git LFS pointer, a page of HTML, a checkpoint, or another model format under that name",
    (DOWNLOAD, LFS, RENAME, _CHECKPOINT),
    "medium",
    "its first bytes are text, or it is a few hundred bytes long",
    "KD103",
)
_PREFIX = "a checkpoint of TensorFlow (.index and .data files) was given to a reader of HDF5"
_CUT = Reading(
    "damaged-file",
    "the download or copy is not complete",
    (AGAIN, DOWNLOAD),
    "low",
    "it is smaller than it should be",
    "KD104",
)


def _signature(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    if scene.names_file(".index") or ".data-0000" in scene.low:
        return replace(ZIP_FOR_OLD, what=_PREFIX, remedies=(_CHECKPOINT, REBUILD), when="a .index lies there"), _CUT
    named_zip = scene.names_file(".keras", ".zip")
    if not named_zip and "valid file signature" in match[0].lower():
        return _OTHER_FILE, _CUT  # so says h5py from before there were .keras files
    if named_zip or not scene.names_file(".h5", ".hdf5", ".weights", ".model"):
        return ZIP_FOR_OLD, _OTHER_FILE, _CUT
    return _OTHER_FILE, _CUT, ZIP_FOR_OLD


SYMPTOMS = (
    Symptom(("unable to find a valid file signature",), _signature, strength=6, question=FIRST_BYTES),
    Symptom(("file signature not found",), _signature, strength=6, question=FIRST_BYTES),
    Symptom(
        ("truncated file: eof",),
        (
            Reading(
                "damaged-file",
                "the HDF5 file ends before it should: the download or copy stopped",
                (AGAIN, DOWNLOAD, SALVAGE),
                code="KD104",
            ),
        ),
        strength=9,
    ),
    Symptom(
        (
            "can't locate attribute: 'model_config'",
            "can't locate attribute: model_config",
            "can't locate attribute: 'keras_version'",
            "can't locate attribute 'keras version'",
        ),
        (
            Reading(
                "weights-only",
                "the file holds weights alone: it has no config of a model",
                (
                    REBUILD,
                    Remedy("Or save the whole model, where it was made.", "model.save(PATH)"),
                ),
                "high",
            ),
        ),
        strength=7,
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
        ("inflate() failed", "can't decompress"),
        (
            Reading(
                "damaged-file",
                "compressed bytes of the HDF5 file are damaged",
                (DOWNLOAD, AGAIN, SALVAGE),
                code="KD105",
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "can't read data",
            "can't synchronously read data",
            "can't open directory (",
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
        pattern=r"required filter|filter returned failure|unavailable filter|can't open directory"
        r"|can't (?:synchronously )?read data"
        r"|unable to open plugin",
        strength=6,
        question="Which filter is it? keras-doctor check PATH names it",
    ),
    Symptom(
        (
            "bad superblock version",
            "unable to read attribute",
            "len not positive",
            "unable to determine object type",
            "file read failed",
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
                (DOWNLOAD, AGAIN, SALVAGE),
                "medium",
                code="KD106",
            ),
        ),
        pattern=r"bad superblock version|unable to read attribute|len not positive|determine object type"
        r"|file read failed|bad object header"
        r"|wrong B-tree|bad local heap|addr overflow|bad (?:global )?heap|bad symbol table"
        r"|free block size|read superblock|metadata checksum|can't deserialize",
        strength=6,
    ),
)
