"""Packages that a call, or another package, wants and does not find."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import LEGACY_KERAS
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
            "distributionnotfound",
            "packagenotfounderror",
            "no package metadata was found for",
            "distribution was not found and is required",
            "requires the tensorflow library but it was not found",
            "requires the pytorch library but it was not found",
            "but it was not found in your environment",
            "failed to import tensorflow. please note tensorflow is not installed by default",
            "none of pytorch, tensorflow >= 2.0, or flax have been found",
            "none of pytorch, tensorflow",
            "tensorflow is not installed",
            "could not find tensorflow",
            "is not installed",
            "unable to import tensorflow",
            "failed to import tensorflow",
            "tensorflow not found",
        ),
        (
            Reading(
                "package-missing",
                "a package (or what pip notes of it) is not there: another package asks for TensorFlow, or one of its "
                "parts, by its name",
                (
                    Remedy(
                        "Install what the message names, under that very name (tensorflow-cpu and tensorflow-macos "
                        "do not "
                        "count as tensorflow for pip), into the Python that runs.",
                        "python -m pip install tensorflow",
                    ),
                    Remedy(
                        "Check which Python that is; a notebook's kernel is often another one.",
                        'python -c "import sys; print(sys.executable)"',
                    ),
                    Remedy(
                        "In a frozen program (PyInstaller), its metadata has to be collected as well.",
                        "pyinstaller --copy-metadata tensorflow --collect-all tensorflow app.py",
                    ),
                ),
                "medium",
                code="KD201",
            ),
        ),
        pattern=r"DistributionNotFound|PackageNotFoundError|no package metadata was found|not found and is required"
        r"|(?:TensorFlow|PyTorch) library but it was not found|not installed by default|None of PyTorch, TensorFlow"
        r"|(?:tensorflow|keras|h5py|tf_keras) is not installed|(?:find|import) TensorFlow[.\n\"']|TensorFlow not found",
        strength=5,
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
