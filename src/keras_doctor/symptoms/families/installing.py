"""Packages that are not installed, or cannot be."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import LEGACY_KERAS, REINSTALL, UPGRADE, VERSIONS
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_RIGHT_NAME = Remedy(
    "Make sure of the name (tf-keras, keras-hub; tensorflow-gpu has ended: tensorflow has the GPU in it), and that "
    "this is "
    "a Python of 64 bits: there are no wheels for 32 bits, and none of TensorFlow's own for 32-bit ARM.",
    "python -c \"import struct, sys; print(sys.version, struct.calcsize('P') * 8)\"",
)


def _wheel(scene: Scene, match: re.Match[str]) -> Reading:
    """Tell for which Python and system a wheel is, by its name."""
    tags = match["wheel"].removesuffix(".whl").split("-")
    python = re.sub(r"^cp(\d)(\d+)$", r"Python \1.\2", tags[-3]) if len(tags) > 3 else "another Python"
    return Reading(
        "package-missing",
        f"the file {match['wheel']} is for {python} and the system {tags[-1]}; the pip that runs belongs to another "
        f"one",
        (
            Remedy(
                f"Run it with {python} ({tags[-3] if len(tags) > 3 else ''}) on that system ({tags[-1]}); a Mac's "
                f"Python "
                f"may be x86_64 under Rosetta (arm64 is wanted).",
                'python -c "import sys, platform; print(sys.version, platform.machine())"',
            ),
            Remedy(
                "Or let pip choose the file itself, of a release that has one for this Python.",
                f"python -m pip install -U pip && python -m pip install {tags[0].replace('_', '-')}",
            ),
        ),
        code="KD206",
    )


SYMPTOMS = (
    Symptom(
        ("not a supported wheel",),
        _wheel,
        pattern=r"(?P<wheel>[\w.+\-]+\.whl) is not a supported wheel",
        strength=8,
    ),
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
        (
            broken(
                "this Keras and this TensorFlow do not belong together",
                VERSIONS,
                Remedy("Beside TensorFlow 1: an older Keras (keras==2.2.5 to 2.3.1).", 'pip install "keras==2.3.1"'),
                UPGRADE,
                REINSTALL,
                code="KD202",
            ),
        ),
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
            "packagesnotfounderror",
            "packages are not available from current channels",
            "unsatisfiableerror",
            "specifications were found to be incompatible",
            "libmambaunsatisfiableerror",
            "resolvepackagenotfound",
            "unable to find installation candidates",
            "no solution found when resolving dependencies",
            "no wheels with a matching",
            "version solving failed",
            "solverproblemerror",
            "requires-python",
            "requires python",
            "nothing provides",
            "package 'tensorflow' requires",
            "distribution can't be installed because it doesn't have a source distribution or wheel",
        ),
        (
            Reading(
                "package-missing",
                "pip (conda, uv, poetry) finds no release of that name and version for this Python and system",
                (
                    Remedy(
                        "Use a Python that the release was published for (an older Python, 64 bit: TensorFlow 1.15 has "
                        "wheels for Python 3.5 to 3.7, 2.0 to 2.5 for up to 3.8 or 3.9, 2.10 for up to 3.10, 2.15 "
                        "for 3.9 "
                        "to 3.11, 2.16 to 2.20 for up to 3.12 or 3.13): keras-doctor env and check name a pair that "
                        "installs.",
                        'uv run --python 3.11 --with "tensorflow==2.15.1" python  # conda create -n tf python=3.11',
                    ),
                    Remedy(
                        "Or take a newer version of it, one that this Python has wheels for (upgrade pip first: an old "
                        "pip does not see newer wheels).",
                        "python -m pip install -U pip && python -m pip install -U tensorflow",
                    ),
                    Remedy(
                        "In conda: take it from conda-forge, or by pip within the environment.",
                        "conda install -c conda-forge tensorflow keras",
                    ),
                    _RIGHT_NAME,
                ),
                code="KD206",
            ),
        ),
        pattern=r"find a version that satisfies|no matching distribution|ResolutionImpossible|cannot install tensorflow"
        r"|conflicting dependencies|requires a different python|not a supported wheel|PackagesNotFound"
        r"|not available from current channels|UnsatisfiableError|found to be incompatible|ResolvePackageNotFound"
        r"|installation candidates|no solution found|wheels with a matching|solving failed|SolverProblem"
        r"|nothing provides|have a source distribution or wheel"
        r"|(?:tensorflow|keras)[\w.\- ]{0,40}requires[- ]Python",
        strength=6,
    ),
    Symptom(
        (
            "dependency resolver does not currently take into account",
            "which is incompatible",
            "but you have",
            "but you'll have",
            "has requirement",
            "contextualversionconflict",
            "versionconflict",
        ),
        (
            broken(
                "packages are installed that do not belong together: pip names them, and which release each of them "
                "wants",
                Remedy(
                    "Install the release that the message asks for, both in one command, so that pip sees both "
                    "(keras of "
                    "the same number as TensorFlow 2.6 to 2.15; Keras 3 with TensorFlow 2.16 and later).",
                    'pip install "tensorflow==2.15.*" "keras==2.15.*"  # or: pip install -U tensorflow keras',
                ),
                VERSIONS,
                REINSTALL,
                code="KD202",
            ),
        ),
        pattern=r"resolver does not currently take|requires? [\w.\-\[\]]+[^\n]{0,60}, but you(?:'ll)? have"
        r"|which is incompatible"
        r"|has requirement [\w.\-]+[^\n]{0,40}, but|VersionConflict",
        strength=6,
    ),
    Symptom(
        (
            "windows long path support",
            "filename or extension is too long",
            "externally-managed-environment",
            "could not install packages due to an",
            "consider using the --user option",
            "cannot uninstall",
        ),
        (
            broken(
                "pip could not install it: what is there is not a whole installation",
                Remedy(
                    "On Windows: enable long paths (Long Path support; TensorFlow's files have long names), or "
                    "install into "
                    "a short path; then install again.",
                    "reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem /v LongPathsEnabled /t REG_DWORD "
                    "/d 1",
                ),
                Remedy(
                    "Install into an environment of its own (venv), not into the system's Python.",
                    "python -m venv fresh && fresh/bin/pip install tensorflow",
                ),
                REINSTALL,
                code="KD909",
            ),
        ),
        pattern=r"long path support|extension is too long|externally-managed|could not install packages due to an"
        r"|--user option|cannot uninstall '",
        strength=9,
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
