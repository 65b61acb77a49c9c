"""Releases of h5py that do not fit this Keras, and what HDF5 cannot hold."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.remedies import (
    CHECK,
    H5PY,
    INSPECT,
    PATH,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


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
    if scene.passed("load", "weights") or scene.calls("saving.py", "load_model"):
        return _NAMES_AS_ARRAYS
    return None if scene.parsed.frames else replace(_NAMES_AS_ARRAYS, confidence="low")


SYMPTOMS = (
    Symptom(
        ("filepath looks like a hdf5 file but h5py", "not an hdf5 file (or h5py is not available)"),
        (
            Reading(
                "package-missing",
                "h5py cannot be imported, so that HDF5 files cannot be read",
                (H5PY, Remedy("Install it:", "python -m pip install h5py")),
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
        ("'dataset' object has no attribute 'value'", "dataset object has no attribute value"),
        (
            Reading(
                "h5py-incompatible",
                "the code reads HDF5 with .value, which h5py 3 does not have any more",
                (
                    Remedy("Write [()] in place of .value.", 'file["name"][()]'),
                    Remedy("Or use h5py 2.", 'pip install "h5py<3"'),
                ),
                code="KD204",
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("not a location",),
        (
            Reading(
                "wrong-api-use",
                "the HDF5 file (or group) that is read or written was closed before",
                (
                    Remedy("Keep it open while it is used, or pass the path instead.", "model = load_model(PATH)"),
                    CHECK,
                ),
                "medium",
                code="KD903",
            ),
        ),
        pattern=r"Not a location(?: id)? \(invalid object id",
        strength=5,
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
)
