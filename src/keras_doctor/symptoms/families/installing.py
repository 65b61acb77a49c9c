"""Packages that are not installed, or cannot be."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import LEGACY_KERAS, REINSTALL, UPGRADE, VERSIONS
from keras_doctor.symptoms.symptom import Reading, Symptom

SYMPTOMS = (
    Symptom(
        ("could not import pil", "requires pil", "requires pyyaml", "requires yaml module", "could not import"),
        (
            Reading(
                "package-missing",
                "a package that this call needs is not installed",
                (Remedy("Install what the message names.", "python -m pip install pillow pyyaml"),),
                code="KD910",
            ),
        ),
        pattern=r"could not import (?:PIL|h5py|yaml|pydot|scipy)|requires (?:the )?(?:PIL|pyyaml|yaml module|scipy"
        r"|pydot)",
        strength=6,
    ),
    Symptom(
        (
            "building wheel for",
            "failed building wheel",
            "could not build wheels",
            "command errored out",
            "subprocess-exited-with-error",
            "microsoft visual c++ 14.0",
            "failed to build h5py",
            "unable to load dependency hdf5",
            "metadata-generation-failed",
        ),
        (
            Reading(
                "package-missing",
                "pip finds no wheel of that version for this Python and has to compile it, which fails here",
                (
                    Remedy(
                        "Take a version that has a wheel for this Python (a newer h5py, NumPy or TensorFlow), "
                        "or an older Python that the "
                        "old version has wheels for.",
                        "pip install --only-binary :all: h5py",
                    ),
                    Remedy("With uv, another Python is one word away.", 'uv run --python 3.8 --with "h5py<3" python'),
                ),
                code="KD206",
            ),
        ),
        strength=5,
    ),
    Symptom(
        (
            "was not found",
            "installation of tensorflow not found",
            "installation of python not found",
            "valid installation of tensorflow",
        ),
        (
            Reading(
                "package-missing",
                "the Python that R uses does not have TensorFlow and Keras, or R uses another Python than the "
                "one that has them",
                (
                    Remedy("Install them into the Python that R uses.", "keras3::install_keras()  # in R"),
                    Remedy(
                        "Or say which Python is meant, before anything is loaded.",
                        'reticulate::use_python("/path/to/python", required = TRUE)',
                    ),
                ),
                code="KD201",
            ),
        ),
        pattern=r"Python module [\w.]+ was not found|installation of (?:Python|TensorFlow) not found",
        strength=7,
    ),
    Symptom(
        ("you must install the huggingface_hub package", "must install the", "please install the"),
        (
            Reading(
                "package-missing",
                "a package that this call needs is not installed",
                (Remedy("Install the package that the message names.", "python -m pip install huggingface_hub"),),
                "medium",
                code="KD910",
            ),
        ),
        pattern=r"(?:must|please) install (?:the )?`?[\w-]+`? (?:package|library)",
        strength=4,
    ),
    Symptom(
        (
            "keras requires tensorflow 2.2",
            "requires tensorflow 2.2 or higher",
            "this version of keras requires",
            "is not compatible with this version of tensorflow",
            "requires tensorflow version",
        ),
        (broken("this Keras and this TensorFlow do not belong together", VERSIONS, UPGRADE, REINSTALL, code="KD202"),),
        strength=7,
    ),
    Symptom(
        (
            "could not find a version that satisfies the requirement",
            "no matching distribution found",
            "resolutionimpossible",
            "cannot install tensorflow",
            "conflicting dependencies",
            "requires a different python",
            "not a supported wheel",
        ),
        (
            Reading(
                "package-missing",
                "pip finds no release of that name and version for this Python and system",
                (
                    Remedy(
                        "Use a Python that the release was published for: keras-doctor env and check name a "
                        "pair that installs.",
                        'uv run --python 3.11 --with "tensorflow==2.15.1" python',
                    ),
                    Remedy("Or take a newer release.", "pip install -U tensorflow"),
                ),
                code="KD206",
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "keras cannot be imported",
            "tf_keras is not installed",
            "please install the tf_keras package",
            "keras is not installed",
            "requires the tf-keras",
            "install tf-keras",
            "please install the backwards-compatible tf-keras",
        ),
        (
            Reading(
                "package-missing",
                "the Keras that TensorFlow (or another package) was told to use is not installed",
                (
                    Remedy("Install Keras 2 for today's TensorFlow:", "pip install tf-keras"),
                    Remedy("Or Keras 3:", "pip install -U keras"),
                ),
                code="KD201",
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "keras is keras 3, but this is not yet supported",
            "only supported with keras 2",
            "not supported with keras 3",
            "incompatible with keras 3",
            "does not support keras 3",
        ),
        (
            Reading(
                "mixed-keras",
                "a package that was written for Keras 2 meets Keras 3 here",
                (
                    Remedy(
                        "Install Keras 2 beside it and say so before TensorFlow is imported:",
                        "pip install tf-keras\nexport TF_USE_LEGACY_KERAS=1",
                    ),
                    LEGACY_KERAS,
                ),
                code="KD208",
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "requires h5py",
            "h5py python package is required",
            "package 'h5py' is not available",
            "h5py is not available",
            "h5py not available",
            "install h5py",
            "h5py is required",
            "importerror: h5py",
        ),
        (
            Reading(
                "package-missing",
                "h5py is not installed (or cannot be imported), and without it no HDF5 file can be read or written",
                (Remedy("Install h5py into the Python that runs:", "python -m pip install h5py"),),
                code="KD203",
            ),
        ),
        strength=6,
    ),
)
