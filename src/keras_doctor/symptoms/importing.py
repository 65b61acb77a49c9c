"""What failures of an import are told as: a package that is not there, a thing that has moved, two releases in one "
"place."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms import imported, names
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import LEGACY_KERAS, NUMPY, REINSTALL, UPGRADE, VERSIONS
from keras_doctor.symptoms.symptom import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_KERASES = ("tensorflow", "keras", "tf_keras", "tensorflow_core", "tf")
_BACKENDS = ("theano", "cntk", "plaidml", "jax", "torch", "mxnet", "openvino")
IMPORTS = Remedy(
    "Import from the public names of the release that is installed: from keras.layers import … (or from "
    "tensorflow.keras.layers import …), not from the modules inside, which move.",
    "from tensorflow.keras.layers import BatchNormalization",
)
_WHICH_PYTHON = Remedy(
    "Check which Python that is; a notebook's kernel, or R, is often another one.",
    'python -c "import sys; print(sys.executable)"',
)
_OLD_CODE = Remedy(
    "Or pin the releases that the code was written for, in an environment of its own.",
    'uv run --python 3.7 --with "tensorflow==1.15.*" --with "keras==2.3.1" --with "h5py<3" python',
)
_RESTART = Remedy(
    "When something was just installed or upgraded in a running notebook: restart the kernel (runtime), and import "
    "again.",
    "import os; os.kill(os.getpid(), 9)  # or: Runtime, Restart session",
)
_COMPAT = Remedy(
    "The code is of TensorFlow 1. Take its names from tensorflow.compat.v1; where it is the old package keras (before "
    "2.3) that asks, use tf.keras (from tensorflow import keras, tensorflow.keras), or a newer Keras.",
    "import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()",
)
SHADOWED = broken(
    "a file of your own has the name of the package (keras.py, tensorflow.py, h5py.py …) and is imported in its place, "
    "or the installation is half old and half new",
    Remedy("Rename your file, and delete the __pycache__ beside it.", "ls keras* tensorflow* h5py* numpy*"),
    REINSTALL,
    VERSIONS,
    code="KD909",
)


def _known(*remedies: Remedy | None) -> tuple[Remedy, ...]:
    return tuple(remedy for remedy in remedies if remedy is not None)


def absent(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell what a missing module means: a package that is not there, or one that has another layout."""
    name = match["name"].strip("'\".,;:)")
    root, _, rest = name.partition(".")
    if "is not a package" in scene.low or _own_file(scene, root):
        return SHADOWED
    if imported.unpickled(scene) and root not in imported.GONE:
        return None  # the pickle names the module: told by the family of pickles
    if root in imported.GONE or (imported.standard(root) and rest):
        return Reading(
            "python-incompatible",
            f"this Python does not have {name} any more, and the installed packages are older than that",
            _known(
                imported.package(root),
                Remedy("Or use an older Python with these packages (3.11 or before).", "uv run --python 3.11 python"),
                UPGRADE,
            ),
            code="KD206",
        )
    if root in ("numpy", "google") and (rest or root == "google"):
        return _other_release(name, root)
    if root in (*_KERASES, "h5py") and rest:
        asks = _asking(scene, root)
        return broken(
            f"the module {name} does not exist in the release of {root} that is installed: the code, or another "
            f"package{f' ({asks})' if asks else ''}, was written for another one",
            *imported.moved(name),
            *_known(imported.owner(asks)),
            Remedy(
                f"Find out which release has {name}, or import from the public names: modules inside Keras and "
                f"TensorFlow move from release to release.",
                "keras-doctor env",
            ),
            IMPORTS,
            LEGACY_KERAS,
            _OLD_CODE,
            REINSTALL,
            code="KD909",
        )
    return not_installed(scene, root)


def not_installed(scene: Scene, root: str) -> Reading:
    """Tell of a package that is not there, or of a backend of Keras that is not."""
    hint = imported.package(root)
    if root in _BACKENDS and (
        root not in ("jax", "torch") or scene.calls("keras/src/backend", "KERAS_BACKEND", "backend")
    ):
        return Reading(
            "backend-missing",
            f"Keras is told to use {root} as its backend, and it is not installed",
            _known(
                hint,
                Remedy(
                    "Choose a backend that is installed, before Keras is imported: KERAS_BACKEND, or \"backend\" in "
                    "~/.keras/keras.json.",
                    "export KERAS_BACKEND=tensorflow",
                ),
            ),
            code="KD210",
        )  # fmt: skip
    backend = Remedy(
        "Or choose a backend that is installed, before Keras is imported (KERAS_BACKEND, or ~/.keras/keras.json).",
        "export KERAS_BACKEND=torch",
    )
    code = {"tensorflow": "KD201", "keras": "KD201", "tf_keras": "KD201", "h5py": "KD203"}.get(root, "KD910")
    package = root.replace("_", "-")
    return Reading(
        "package-missing",
        f"the package {package if root != 'google' else 'protobuf'} is not installed in the Python that runs",
        _known(
            hint,
            Remedy(
                f"Install it into the same Python that runs the script ({package}), or put the folder that has it on "
                f"the path when it is a module of yours:",
                f"python -m pip install {package}",
            ),
            backend if root == "tensorflow" and scene.calls("keras/src/backend") else None,
            _WHICH_PYTHON,
        ),
        code=code,
        confidence="high" if code != "KD910" or hint is not None else "medium",
    )


def _other_release(name: str, root: str) -> Reading:
    """Tell of a package that is there in another release than the one that asks for it wants."""
    if root in ("numpy", "np"):
        return broken(
            f"the NumPy that is installed does not have {name}, and what asks for it is of another time",
            NUMPY,
            UPGRADE,
            Remedy("Or reinstall NumPy.", "pip install -U --force-reinstall numpy"),
            code="KD205",
        )
    return broken(
        f"{name} is not there: the {root} that is installed is not the release that asks for it wants",
        *_known(imported.owner(root)),
        Remedy("Install again what does not fit together.", f"pip install -U --force-reinstall {_pip_name(root)}"),
        Remedy(f"Rename a file (script) or folder of your own that is called {root}.", f"ls {root}*"),
        VERSIONS,
        code="KD211" if root == "google" else "KD909",
    )


def _own_file(scene: Scene, root: str) -> bool:
    """Tell whether a file of the user's own, by its frame, has the name of the package that is imported."""
    return any(frame.stem == root and "-packages/" not in frame.path for frame in scene.parsed.frames)


def _pip_name(root: str) -> str:
    return {"google": "protobuf", "tf": "tensorflow", "np": "numpy"}.get(root, root.replace("_", "-"))


def _asking(scene: Scene, root: str) -> str:
    """Return the package whose frame asked for a module of another one, "" when that is not shown."""
    for frame in reversed(scene.parsed.frames):
        _, installed, rest = frame.path.rpartition("-packages/")
        package = rest.partition("/")[0].removesuffix(".py")
        if installed and package and package != root:
            return package
    failed = re.search(r"Failed to import (\w+)", scene.parsed.text)
    return failed[1] if failed and failed[1] != root else ""


def not_importable(scene: Scene, match: re.Match[str]) -> Reading:
    """Tell of "cannot import name X from M"."""
    what = match["what"].strip("'\"")
    owner = (match["owner"] or "").strip("'\"")
    root = owner.partition(".")[0]
    if "partially initialized" in scene.low or "circular import" in scene.low or _own_file(scene, root):
        return SHADOWED
    if root and imported.standard(root):
        return _old_python(f"{root}.{what}")
    if root in ("numpy", "google", "jax", "jaxlib", "typing_extensions", "ml_dtypes"):
        return _other_release(f"{owner}.{what}", root)
    torn = "unknown location" in scene.low
    asks = _asking(scene, root) if root in _KERASES else ""
    return broken(
        f"{what} cannot be imported{f' from {owner}' if owner else ''}: the packages that are installed are not of the "
        f"releases that this code{f', or {asks},' if asks else ', or the other package,'} was written for",
        *((SHADOWED.remedies) if torn else ()),
        *imported.moved(owner, what),
        *_known(imported.owner(asks or root)),
        IMPORTS,
        VERSIONS,
        UPGRADE,
        REINSTALL,
        _OLD_CODE,
        code="KD909",
        confidence="high" if not root or root in _KERASES or imported.owner(root) else "medium",
    )


def _old_python(name: str) -> Reading:
    return Reading(
        "python-incompatible",
        f"this Python does not have {name} (any more, or not yet): the installed packages were made for another one",
        (
            Remedy(
                "Use the Python that these packages were made for (an older Python for an old TensorFlow), or upgrade "
                "TensorFlow, setuptools and wrapt.",
                "keras-doctor env",
            ),
            UPGRADE,
            Remedy("Upgrade the tools that install, too.", "python -m pip install -U pip setuptools wheel"),
        ),
        code="KD206",
    )


def attribute(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "module M has no attribute X"."""
    module, name = match["module"], match["name"]
    root = module.partition(".")[0]
    if "partially initialized" in match[0] or _own_file(scene, root):
        return SHADOWED
    if imported.unpickled(scene) and root not in _KERASES:
        return None  # told by the family of pickles
    if root in _KERASES and name in ("load_model", "save_model", "model_from_json", "clone_model"):
        return (
            Reading(
                "wrong-api-use",
                f"{name} is in keras.models (and keras.saving), not in {module}",
                (Remedy("Import it from there.", f"from tensorflow.keras.models import {name}"),),
                "medium",
                "TensorFlow and Keras are whole",
                "KD903",
            ),
            broken(
                f"{module} is not whole, or another module of that name",
                VERSIONS,
                REINSTALL,
                code="KD909",
                confidence="medium",
                when="it fails with the right name, too",
            ),
        )
    if imported.standard(root):
        return _old_python(f"{module}.{name}")
    if root in ("numpy", "np"):
        return broken(
            f"NumPy does not have {name} any more, and the TensorFlow, Keras or code that asks for it is older than "
            f"that",
            NUMPY,
            UPGRADE,
            code="KD205",
        )
    if root == "tensorflow" and name in imported.first_generation() and module in ("tensorflow", "tf"):
        return broken(
            f"tensorflow.{name} is TensorFlow 1's, and TensorFlow 2 is installed",
            _COMPAT,
            *imported.moved(module, name),
            _OLD_CODE,
            UPGRADE,
            VERSIONS,
            code="KD909",
        )
    told = imported.moved(f"{module}.{name}", name)
    if root not in (*_KERASES, "h5py"):
        told_by = _other_release(f"{module}.{name}", root)
        known = imported.owner(root) is not None or names.provider(f"{root}.") is not None
        return None if root == "__main__" else told_by if known else replace(told_by, confidence="low")
    return broken(
        f"{module} of the installed release has no {name}: the code (or another package) was written for another "
        f"release, two releases of Keras and TensorFlow are mixed, or another file of that name stands before it",
        *told,
        *_known(imported.owner(_asking(scene, root)), imported.owner(root)),
        VERSIONS,
        IMPORTS,
        UPGRADE,
        REINSTALL,
        _RESTART,
        Remedy(
            f"Look where it comes from; rename a file or folder of yours called {root}.",
            f'python -c "import {root} as m; print(m.__file__, m.__path__)"',
        ),
        LEGACY_KERAS,
        code="KD909",
    )


def other_api(scene: Scene, match: re.Match[str]) -> Reading | None:
    """Tell of an attribute that an object of this release does not have."""
    if imported.unpickled(scene) or match["name"] in ("graph", "output_names"):
        return None
    return broken(
        f"{match['owner']} of the installed release has no {match['name']}: the code (or a package) was written "
        f"for another release, or objects of keras and tf.keras are mixed",
        Remedy(
            "Use the name that this release has, or the release that the code was written for (upgrade, or pin it); "
            "import everything from one place (tensorflow.keras, or keras).",
            "keras-doctor env",
        ),
        IMPORTS,
        LEGACY_KERAS,
        code="KD909",
        confidence="medium",
    )
