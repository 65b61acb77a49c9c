"""Packages that are not installed, or cannot be."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import REINSTALL, UPGRADE, VERSIONS
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
)
