"""Failures of the import itself, before any file is read: binary interfaces, mixed installs, missing packages."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import LEGACY_KERAS, REINSTALL, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_NUMPY = Remedy(
    "Install a NumPy that fits the TensorFlow and h5py that are there: numpy<2 for TensorFlow before 2.18, "
    "numpy<1.24 for "
    "TensorFlow before 2.7; or upgrade TensorFlow and h5py instead.",
    'pip install "numpy<2"',
)
_REBUILT = Remedy(
    "Reinstall what was compiled against another NumPy:", "pip install --force-reinstall --no-cache-dir h5py tensorflow"
)
_PROTOBUF = Remedy(
    "Install a protobuf that fits this TensorFlow: 3.20 for TensorFlow up to 2.11.", 'pip install "protobuf<3.21"'
)
_PROTOBUF_SLOW = Remedy(
    "In a hurry: the slow implementation of protobuf reads what the old compiler generated.",
    "export PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python",
)
_FRESH_PROTOBUF = Remedy(
    "Or reinstall protobuf and TensorFlow together:", "pip install -U --force-reinstall protobuf tensorflow"
)
_CPU = Remedy(
    "Use a TensorFlow that was built for this CPU: the last one without AVX is 1.5 from PyPI; conda-forge and "
    "community "
    "builds have newer ones. In a virtual machine, let the host's CPU with its AVX flags through.",
    "grep -o -m1 -w -e avx -e avx2 /proc/cpuinfo",
)
_VERSIONS = Remedy(
    "Bring the packages to releases that belong together; keras-doctor env says which do not.", "keras-doctor env"
)
_IMPORTS = Remedy(
    "Import from the public names of the release that is installed: from keras.layers import … (or from "
    "tensorflow.keras.layers "
    "import …), not from the modules inside, which move.",
    "from tensorflow.keras.layers import BatchNormalization",
)
_DRIVER = Remedy("Install the GPU libraries that this TensorFlow was built for:", 'pip install "tensorflow[and-cuda]"')


def _broken(what: str, *remedies: Remedy, code: str = "KD908", **more: str) -> Reading:
    return Reading("environment-broken", what, remedies, code=code, **more)  # type: ignore[arg-type]


def _absent(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell what a missing module means: a package that is not there, or one that has another layout."""
    name = match["name"].strip("'\".,;:)")
    root, _, rest = name.partition(".")
    if scene.passed("pickle") or "pickle" in scene.low or ".pkl" in scene.low or "joblib" in scene.low:
        return None  # the pickle names the module: told by the family of pickles
    if root in ("tensorflow", "keras", "tf_keras", "tensorflow_core", "h5py") and rest:
        return _broken(
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
    return _broken(
        f"{what} cannot be imported: the packages that are installed are not of the releases that this code, or "
        f"the other "
        "package, was written for",
        _IMPORTS,
        _VERSIONS,
        REINSTALL,
        code="KD909",
    )


def _attribute(scene: Scene, match: re.Match[str]) -> Reading:
    module, name = match["module"], match["name"]
    if name in ("__version__", "keras", "layers", "models", "Sequential", "__internal__", "python", "compat", "io") or (
        "partially initialized" in match[0]
    ):
        return _broken(
            f"the module {module} is there and has no {name}: another file of that name stands before it on the "
            f"path, or its "
            "installation is not whole",
            Remedy(
                f"Look where it comes from; rename a file or folder of yours called {module.partition('.')[0]}.",
                f'python -c "import {module.partition(".")[0]} as m; print(m.__file__, m.__path__)"',
            ),
            REINSTALL,
            _VERSIONS,
            code="KD909",
        )
    if module.startswith("numpy") or module == "np":
        return _broken(
            f"NumPy does not have {name} any more, and the TensorFlow, Keras or code that asks for it is older "
            f"than that",
            _NUMPY,
            UPGRADE,
            code="KD205",
        )
    return _broken(
        f"{module} of the installed release has no {name}: the code was written for another release, or two "
        f"releases of Keras "
        "and TensorFlow are mixed here",
        _VERSIONS,
        _IMPORTS,
        REINSTALL,
        code="KD909",
    )


def _other_api(match: re.Match[str]) -> Reading:
    """Tell of an attribute that an object of this release does not have."""
    return _broken(
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


_SHADOWED = _broken(
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
            _broken(
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
        ("object has no attribute", "type object"),
        lambda scene, match: _other_api(match),
        pattern=r"(?:type object )?'(?P<owner>(?:TFLiteConverter\w*|Adam\w*|SGD|RMSprop|Sequential|Functional|Model"
        r"|KerasTensor|Tensor|EagerTensor|History|"
        r"ModelCheckpoint|Optimizer\w*))' (?:object )?has no attribute '(?P<name>\w+)'",
        strength=3,
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
        (
            "numpy.dtype size changed",
            "numpy.dtype has the wrong size",
            "numpy.ndarray size changed",
            "numpy.ufunc size changed",
            "numpy.core.multiarray failed to import",
            "numpy.core.umath failed to import",
            "numpy._core.multiarray failed",
            "compiled using numpy 1.x",
            "module compiled against api version",
            "module compiled against abi version",
            "_array_api not found",
        ),
        (_broken("NumPy is not the one that TensorFlow or h5py was compiled against", _NUMPY, _REBUILT, code="KD205"),),
        strength=8,
    ),
    Symptom(
        (
            "descriptors cannot be created directly",
            "descriptors cannot not be created directly",
            "_pb2.py file",
            "protocol_buffers_python_implementation",
            "gencode/runtime versions",
            "cannot import name 'runtime_version'",
            "cannot import name 'builder' from 'google.protobuf",
            "google.protobuf.internal",
            "'messagefactory' object has no attribute",
            "google/protobuf",
            "google.protobuf",
        ),
        (
            _broken(
                "protobuf does not fit the TensorFlow that is installed",
                _PROTOBUF,
                _PROTOBUF_SLOW,
                _FRESH_PROTOBUF,
                code="KD211",
            ),
        ),
        pattern=r"_pb2\.py file|PROTOCOL_BUFFERS_PYTHON|descriptors cannot|gencode/runtime|runtime_version"
        r"|cannot import name '?(?:builder|symbol_database"
        r"|descriptor|message|service)"
        r"|has no attribute '?(?:GetPrototype|GetMessageClass|SerializeToString)|No module named '?google"
        r"|serialized_options|has no attribute '?_?internal_create_key",
        strength=8,
    ),
    Symptom(
        ("illegal instruction", "compiled to use avx", "compiled to use sse", "exit code 132", "sigill"),
        (
            _broken(
                "the CPU lacks instructions (AVX, AVX2, FMA) that this TensorFlow was compiled to use: the "
                "process dies",
                _CPU,
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "failed to load the native tensorflow runtime",
            "dll load failed",
            "_pywrap_tensorflow",
            "glibcxx_",
            "version glibc_",
            "undefined symbol",
            "cannot allocate memory in static tls",
            "incompatible architecture (have",
            "mach-o",
            "libtensorflow_framework",
            "symbol not found in flat namespace",
            "wrong elf class",
            "libcudart",
            "libcublas",
            "libhdf5",
        ),
        (
            _broken(
                "a compiled library that TensorFlow (or h5py) needs cannot be loaded: not installed, of "
                "another version or for another system",
                Remedy(
                    "On Windows: install the current Microsoft Visual C++ runtime; a 64-bit Python is needed.",
                    "winget install Microsoft.VCRedist.2015+.x64",
                ),
                _DRIVER,
                REINSTALL,
            ),
        ),
        pattern=r"failed to load the native|DLL load failed|_pywrap_tensorflow[^\n]{0,80}(?:Error|failed|No module)"
        r"|GLIBC(?:XX)?_[\d.]+'? not found|undefined symbol|static TLS"
        r"|incompatible architecture|mach-o|symbol not found|wrong ELF class|lib(?:cudart|cublas|hdf5"
        r"|tensorflow_framework)[\w.]*: cannot open shared",
        strength=6,
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
            _broken(
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
        ("'module' object has no attribute",),
        lambda scene, match: _broken(
            f"a module of the installed release has no {match['name']}: it is older (or newer) than the code "
            f"was written for",
            _VERSIONS,
            UPGRADE,
            _IMPORTS,
            code="KD909",
            confidence="medium",
        ),
        pattern=r"'module' object has no attribute '?(?P<name>\w+)",
        strength=5,
    ),
    Symptom(
        ("was a deprecated alias for the builtin", "unable to convert function return value to a python type"),
        (_broken("NumPy is newer than the TensorFlow (or the code) that uses it", _NUMPY, UPGRADE, code="KD205"),),
        strength=8,
    ),
    Symptom(("partially initialized module", "most likely due to a circular import"), (_SHADOWED,), strength=7),
    Symptom(
        (
            "keras requires tensorflow 2.2",
            "requires tensorflow 2.2 or higher",
            "this version of keras requires",
            "is not compatible with this version of tensorflow",
            "requires tensorflow version",
        ),
        (
            _broken(
                "this Keras and this TensorFlow do not belong together", _VERSIONS, UPGRADE, REINSTALL, code="KD202"
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
    Symptom(
        ("cannot convert a symbolic tensor", "cannot convert a symbolic tf.tensor"),
        (
            Reading(
                "python-incompatible",
                "NumPy 1.20 or later under a TensorFlow before 2.6: recurrent layers cannot be built",
                (_NUMPY, Remedy("For this TensorFlow:", 'pip install "numpy<1.20"'), UPGRADE),
                code="KD205",
                confidence="medium",
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "from 'collections'",
            "has no attribute 'getargspec'",
            "module 'collections' has no attribute",
            "asyncio.coroutine",
            "has no attribute 'formatargspec'",
        ),
        (
            Reading(
                "python-incompatible",
                "this Python is newer than the packages: it has dropped something that they use",
                (
                    Remedy("Use an older Python with this TensorFlow, or upgrade TensorFlow.", "keras-doctor env"),
                    UPGRADE,
                ),
                code="KD206",
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "libdevice not found",
            "failed to get convolution algorithm",
            "dnn library is not found",
            "no algorithm worked",
            "cudnn_status",
            "cuda_error",
            "failed call to cuinit",
            "could not create cudnn handle",
            "ptxas",
        ),
        (
            _broken(
                "the GPU's libraries (CUDA, cuDNN) do not fit this TensorFlow, or its memory is taken",
                _DRIVER,
                Remedy("To see whether it is the GPU: hide it.", "CUDA_VISIBLE_DEVICES=-1 python your_script.py"),
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("'_thread._local' object has no attribute",),
        (
            Reading(
                "loader-bug",
                "Keras 2.3 keeps state for the thread that imported it alone: in another thread (a web server, "
                "Streamlit, Flask) it is not "
                "there",
                (
                    Remedy(
                        "Use tf.keras instead of the old package keras (from tensorflow.keras.models import "
                        "load_model); its state is per thread.",
                        "pip uninstall keras",
                    ),
                    Remedy(
                        "Or load and predict in the same thread, with threaded=False; upgrade Keras.",
                        "app.run(threaded=False)",
                    ),
                ),
                code="KD907",
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "resource exhausted",
            "oom when allocating",
            "memoryerror",
            "unable to allocate",
            "cannot allocate memory",
            "out of memory",
            "resourceexhaustederror",
            "std::bad_alloc",
        ),
        (
            Reading(
                "resource-limit",
                "there is not enough memory for what the file (or the model) asks for",
                (
                    Remedy(
                        "See how large the tensors are that the file declares; an absurd size means damage or "
                        "an attack.",
                        "keras-doctor inspect PATH",
                    ),
                    Remedy(
                        "Close other processes that hold the GPU, or load on the CPU.",
                        "CUDA_VISIBLE_DEVICES=-1 python your_script.py",
                    ),
                ),
                confidence="medium",
                code="KD801",
            ),
        ),
        strength=5,
    ),
    Symptom(
        (
            "segmentation fault",
            "exit code 139",
            "sigsegv",
            "core dumped",
            "fatal python error",
            "kernel died",
            "kernel appears to have died",
            "exit code -1073741819",
            "0xc0000005",
        ),
        (
            Reading(
                "loader-crash",
                "the process died in compiled code: a library that does not fit, or bytecode of another Python "
                "in a Lambda layer",
                (
                    Remedy(
                        "Look at the file without loading it; a Lambda layer with bytecode is named there.",
                        "keras-doctor check PATH",
                    ),
                    REINSTALL,
                ),
                confidence="low",
                code="KD908",
            ),
            _broken(
                "a compiled library does not fit this system", REINSTALL, when="importing TensorFlow alone already dies"
            ),
        ),
        strength=4,
        question='Does `python -c "import tensorflow, h5py"` die as well?',
    ),
)
