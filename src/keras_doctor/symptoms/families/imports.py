"""Failures of the import itself, before any file is read: binary interfaces, mixed installs, missing packages."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import LEGACY_KERAS, NUMPY, REINSTALL, UPGRADE, VERSIONS
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene
_IMPORTS = Remedy(
    "Import from the public names of the release that is installed: from keras.layers import … (or from "
    "tensorflow.keras.layers "
    "import …), not from the modules inside, which move.",
    "from tensorflow.keras.layers import BatchNormalization",
)


def _absent(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell what a missing module means: a package that is not there, or one that has another layout."""
    name = match["name"].strip("'\".,;:)")
    root, _, rest = name.partition(".")
    if scene.passed("pickle") or "pickle" in scene.low or ".pkl" in scene.low or "joblib" in scene.low:
        return None  # the pickle names the module: told by the family of pickles
    if root in ("tensorflow", "keras", "tf_keras", "tensorflow_core", "h5py") and rest:
        return broken(
            f"the module {name} does not exist in the release of {root} that is installed: the code, or another "
            f"package, "
            "was written for another one",
            Remedy(
                f"Find out which release has {name}, or import from the public names: modules inside Keras and "
                f"TensorFlow "
                "move from release to release.",
                "keras-doctor env",
            ),
            _IMPORTS,
            REINSTALL,
            code="KD909",
        )
    if root in ("distutils", "imp", "collections", "asyncore", "pkg_resources"):
        return Reading(
            "python-incompatible",
            f"this Python does not have {name} any more, and the installed packages are older than that",
            (
                Remedy("Upgrade the packages, or use an older Python (3.11 or before).", "pip install -U setuptools"),
                UPGRADE,
            ),
            code="KD206",
        )
    if root in ("tensorflow", "keras"):
        return Reading(
            "package-missing",
            f"{root} is not installed in the Python that runs",
            (
                Remedy("Install it into the same Python that runs the script:", f"python -m pip install {root}"),
                Remedy(
                    "Check which Python that is; a notebook's kernel is often another one.",
                    'python -c "import sys; print(sys.executable)"',
                ),
            ),
            code="KD201",
        )
    if root in ("h5py", "tf_keras"):
        package = root.replace("_", "-")
        return Reading(
            "package-missing",
            f"the package {package} is not installed in the Python that runs",
            (Remedy("Install it:", f"python -m pip install {package}"),),
            code="KD203" if root == "h5py" else "KD201",
        )
    return Reading(
        "package-missing",
        f"the package {root} is not installed in the Python that runs",
        (
            Remedy(
                "Install it, or put the folder that has it on the path when it is a module of yours:",
                f"python -m pip install {root}",
            ),
        ),
        code="KD910",
        confidence="medium",
    )


def _not_importable(scene: Scene, match: re.Match[str]) -> Reading:
    what = match["what"].strip("'\"")
    if "partially initialized" in scene.low or "circular import" in scene.low:
        return _SHADOWED
    return broken(
        f"{what} cannot be imported: the packages that are installed are not of the releases that this code, or "
        f"the other "
        "package, was written for",
        _IMPORTS,
        VERSIONS,
        REINSTALL,
        code="KD909",
    )


def _attribute(scene: Scene, match: re.Match[str]) -> Reading:
    module, name = match["module"], match["name"]
    if name in ("__version__", "keras", "layers", "models", "Sequential", "__internal__", "python", "compat", "io") or (
        "partially initialized" in match[0]
    ):
        return broken(
            f"the module {module} is there and has no {name}: another file of that name stands before it on the "
            f"path, or its "
            "installation is not whole",
            Remedy(
                f"Look where it comes from; rename a file or folder of yours called {module.partition('.')[0]}.",
                f'python -c "import {module.partition(".")[0]} as m; print(m.__file__, m.__path__)"',
            ),
            REINSTALL,
            VERSIONS,
            code="KD909",
        )
    if module.startswith("numpy") or module == "np":
        return broken(
            f"NumPy does not have {name} any more, and the TensorFlow, Keras or code that asks for it is older "
            f"than that",
            NUMPY,
            UPGRADE,
            code="KD205",
        )
    return broken(
        f"{module} of the installed release has no {name}: the code was written for another release, or two "
        f"releases of Keras "
        "and TensorFlow are mixed here",
        VERSIONS,
        _IMPORTS,
        REINSTALL,
        code="KD909",
    )


def _other_api(match: re.Match[str]) -> Reading:
    """Tell of an attribute that an object of this release does not have."""
    return broken(
        f"{match['owner']} of the installed release has no {match['name']}: the code (or a package) was written "
        f"for another release, or objects "
        "of keras and tf.keras are mixed",
        Remedy(
            "Use the name that this release has, or the release that the code was written for (upgrade, or pin it).",
            "keras-doctor env",
        ),
        _IMPORTS,
        LEGACY_KERAS,
        code="KD909",
        confidence="medium",
    )


_SHADOWED = broken(
    "a file of your own has the name of the package (keras.py, tensorflow.py, h5py.py …) and is imported in "
    "its place, or the "
    "installation is half old and half new",
    Remedy("Rename your file, and delete the __pycache__ beside it.", "ls keras* tensorflow* h5py* numpy*"),
    REINSTALL,
    code="KD909",
)

SYMPTOMS = (
    Symptom(
        (
            "multi-backend keras that does not support tensorflow 2",
            "another metric with the same name already exists",
            "version requires tensorflow version",
            "requires tensorflow version >=",
        ),
        (
            broken(
                "this Keras (or package) and this TensorFlow do not belong together",
                Remedy(
                    "Use tf.keras (from tensorflow import keras) in place of the old package, or bring both to "
                    "one release.",
                    "keras-doctor env",
                ),
                UPGRADE,
                REINSTALL,
                code="KD202",
            ),
        ),
        strength=9,
    ),
    Symptom(
        ("object has no attribute", "type object"),
        lambda scene, match: _other_api(match),
        pattern=r"(?:type object )?'(?P<owner>(?:TFLiteConverter\w*|Adam\w*|SGD|RMSprop|Sequential|Functional|Model"
        r"|KerasTensor|Tensor|EagerTensor|History|"
        r"ModelCheckpoint|Optimizer\w*))' (?:object )?has no attribute '(?P<name>\w+)'",
        strength=3,
    ),
    Symptom(
        ("no module named", "modulenotfounderror"),
        _absent,
        pattern=r"No module named:?\s*(?P<name>'[\w.]+'|\"[\w.]+\"|[\w.]+)",
        strength=5,
    ),
    Symptom(
        ("cannot import name", "cannot import "),
        _not_importable,
        pattern=r"cannot import (?:name:?\s*)?(?P<what>'?[\w.]+'?)",
        strength=5,
    ),
    Symptom(
        ("has no attribute",),
        _attribute,
        pattern=r"(?:partially initialized )?module '?(?P<module>(?:keras|tensorflow|tensorflow_core|tf|numpy|np|h5py"
        r"|tf_keras)[\w.]*)'? has no attribute '?(?P<name>\w+)",
        strength=6,
    ),
    Symptom(
        ("keras.optimizers.legacy is not supported in keras 3", "is not supported in keras 3"),
        (
            broken(
                "the code uses something of Keras 2 that Keras 3 does not have",
                LEGACY_KERAS,
                Remedy(
                    "Or take what Keras 3 has in its place (keras.optimizers.Adam).",
                    "optimizer = keras.optimizers.Adam()",
                ),
                code="KD909",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("'module' object has no attribute",),
        lambda scene, match: broken(
            f"a module of the installed release has no {match['name']}: it is older (or newer) than the code "
            f"was written for",
            VERSIONS,
            UPGRADE,
            _IMPORTS,
            code="KD909",
            confidence="medium",
        ),
        pattern=r"'module' object has no attribute '?(?P<name>\w+)",
        strength=5,
    ),
    Symptom(("partially initialized module", "most likely due to a circular import"), (_SHADOWED,), strength=7),
)
