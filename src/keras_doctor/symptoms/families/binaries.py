"""NumPy, protobuf, h5py and JAX that do not fit what was compiled or generated for another release of them."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import NUMPY, UPGRADE, VERSIONS
from keras_doctor.symptoms.symptom import Reading, Symptom

_REBUILT = Remedy(
    "Upgrade or reinstall what was compiled against another NumPy (force-reinstall, no cache):",
    "pip install -U --force-reinstall --no-cache-dir numpy h5py tensorflow",
)
_PROTOBUF = Remedy(
    "Install a protobuf that fits this TensorFlow: 3.20 (protobuf==3.20.3) for TensorFlow up to 2.11; downgrade it.",
    'pip install "protobuf<3.21"  # that is: pip install protobuf==3.20.3',
)
_PROTOBUF_SLOW = Remedy(
    "In a hurry: the slow implementation of protobuf reads what the old compiler generated.",
    "export PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python",
)
_FRESH_PROTOBUF = Remedy(
    "Or upgrade: reinstall protobuf and TensorFlow together:", "pip install -U --force-reinstall protobuf tensorflow"
)
_H5PY = Remedy(
    "Reinstall h5py (from one source: either all of conda, or all of pip), so that it brings its own HDF5.",
    "pip uninstall -y h5py && pip install --no-cache-dir h5py  # with conda: conda install h5py hdf5",
)
_JAX = Remedy("Bring jax and jaxlib to one release: upgrade both.", 'pip install -U "jax[cpu]" keras')


SYMPTOMS = (
    Symptom(
        (
            "numpy.dtype size changed",
            "numpy.dtype has the wrong size",
            "size changed, may indicate binary incompatibility",
            "numpy.ndarray size changed",
            "numpy.ufunc size changed",
            "numpy.core.multiarray failed to import",
            "numpy.core.umath failed to import",
            "numpy._core.umath failed to import",
            "numpy._core.multiarray failed",
            "compiled using numpy 1.x",
            "module compiled against api version",
            "module compiled against abi version",
            "module was compiled against numpy c-api version",
            "_array_api not found",
            "importing the numpy c-extensions failed",
            "fails to pass a sanity check",
            "original error was: dll load failed",
            "cpu dispatcher tracer already init",
            "_multiarray_umath",
            "multiarray.cpython",
            "numpy.core.multiarray",
        ),
        (
            broken(
                "NumPy is not the one that TensorFlow or h5py was compiled against, or is not whole itself",
                NUMPY,
                _REBUILT,
                UPGRADE,
                code="KD205",
            ),
        ),
        pattern=r"numpy[\w.]* (?:size changed|has the wrong size)|size changed, may indicate binary|numpy\.?_?core\."
        r"(?:multiarray|umath) failed|compiled using NumPy 1|compiled against (?:NumPy C-)?A[PB]I version"
        r"|_ARRAY_API not found|numpy c-extensions failed|pass a sanity check"
        r"|dispatcher tracer already|(?:failed|error|undefined|cannot|not|unable)[^\n]{0,120}(?:_multiarray_umath"
        r"|numpy\.core\.multiarray)|_multiarray_umath[^\n]{0,80}(?:undefined|failed|not found|error)",
        strength=8,
    ),
    Symptom(
        (
            "was removed in the numpy 2.0 release",
            "unable to avoid copy while creating an array as requested",
            "__array__() got an unexpected keyword argument 'copy'",
            "was a deprecated alias for the builtin",
            "unable to convert function return value to a python type",
            "'numpy._dtypemeta' object is not subscriptable",
            "object arrays cannot be loaded when allow_pickle",
        ),
        (
            broken(
                "NumPy is newer than the TensorFlow, the Keras or the code that uses it",
                NUMPY,
                UPGRADE,
                Remedy(
                    "Keras's own datasets (imdb, reuters) of 2019 and before want NumPy 1.16.2, or a newer Keras.",
                    'pip install "numpy==1.16.2"',
                ),
                code="KD205",
            ),
        ),
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
            "no module named 'google'",
            "no module named google",
            "serialized_options",
            "descriptor pool",
            "couldn't parse file content",
            "metaclasses with custom tp_new",
            "protocol buffer runtime library",
            "file already exists in database",
            "file_pb2",
            "messagemapcontainer",
            "including_default_value_fields",
            "_message.message",
        ),
        (
            broken(
                "protobuf does not fit the TensorFlow (or another package) that is installed",
                _PROTOBUF,
                _PROTOBUF_SLOW,
                _FRESH_PROTOBUF,
                VERSIONS,
                code="KD211",
            ),
        ),
        pattern=r"_pb2\.py file|PROTOCOL_BUFFERS_PYTHON|descriptors cannot|gencode/runtime|runtime_version"
        r"|cannot import name '?(?:builder|symbol_database"
        r"|descriptor|message|service|enum_type_wrapper|reflection)"
        r"|has no attribute '?(?:GetPrototype|GetMessageClass|SerializeToString|MutableMapping|MessageMapContainer)"
        r"|No module named:?\s?'?google\b(?!\.(?:cloud|colab|api|auth))"
        r"|serialized_options|has no attribute '?_?internal_create_key|into descriptor pool|parse file content"
        r"|custom tp_new|Protocol Buffer runtime library|exists in database|including_default_value_fields"
        r"|SystemError: google/protobuf|libprotobuf FATAL",
        strength=9,
    ),
    Symptom(
        (
            "h5py is running against hdf5",
            "hdf5 library version mismatched",
            "libhdf5",
            "h5py/defs",
            "while importing defs",
            "while importing _errors",
            "while importing h5",
            "'h5py' has no attribute",
            "from 'h5py'",
            "module 'h5py'",
            "h5pget_fapl",
            "h5py/_errors",
            "h5py.defs",
            "h5py._errors",
            "h5py.h5",
        ),
        (
            broken(
                "h5py is not whole, was compiled for another HDF5, or a file of yours called h5py stands in its place",
                _H5PY,
                Remedy("Rename a file or folder of your own that is called h5py.", "ls h5py*"),
                NUMPY,
                code="KD203",
            ),
        ),
        pattern=r"running against HDF5|HDF5 library version mismatched|libhdf5[\w.\-]*: cannot open"
        r"|libhdf5[^\n]{0,80}(?:not"
        r"|no such)|h5py/(?:defs|_errors|h5\w*)[\w.\-]*(?:so|pyd|dylib)?[^\n]{0,80}(?:symbol|undefined|not|image|mach)"
        r"|while importing (?:defs|_errors|h5\w*|_conv|utils):|module '?h5py'? has no attribute"
        r"|from (?:partially initialized"
        r" module )?'?h5py[\w.]*'?|_H5Pget_fapl",
        strength=8,
    ),
    Symptom(
        (
            "jaxlib version",
            "jaxlib is version",
            "version of jax requires",
            "this version of jaxlib",
            "jaxlib to be installed",
        ),
        (broken("jax and jaxlib are not of one release", _JAX, VERSIONS, code="KD202"),),
        strength=8,
    ),
    Symptom(
        ("cannot convert a symbolic tensor", "cannot convert a symbolic tf.tensor"),
        (
            Reading(
                "python-incompatible",
                "NumPy 1.20 or later under a TensorFlow before 2.6: recurrent layers cannot be built",
                (Remedy("For this TensorFlow:", 'pip install "numpy<1.20"  # 1.19.5'), NUMPY, UPGRADE),
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
            "future feature annotations is not defined",
            "future feature annotations",
            "unsupported operand type(s) for |:",
            "'type' object is not subscriptable",
            "'abcmeta' object is not subscriptable",
        ),
        (
            Reading(
                "python-incompatible",
                "this Python and the packages are not of one time: it has dropped something that they use, or does not "
                "know yet how they are written",
                (
                    Remedy(
                        "Use the Python that these packages were made for (Python 3.6 for TensorFlow before 1.13, "
                        "3.7 for "
                        "1.13 to 2.1; an older Python for old packages, a newer one for new ones).",
                        "keras-doctor env",
                    ),
                    Remedy("Or upgrade TensorFlow and Keras to releases for this Python.", "pip install -U tensorflow"),
                ),
                code="KD206",
            ),
        ),
        pattern=r"from 'collections'|getargspec|formatargspec|'collections' has no|asyncio\.coroutine"
        r"|SyntaxError: future feature|unsupported operand type\(s\) for \|: '(?:type|ABCMeta|_\w+|NoneType)'"
        r"|'(?:type|ABCMeta)' object is not subscriptable",
        strength=7,
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
                        "Or take Keras 2.2.5 (with TensorFlow 1), or upgrade Keras.",
                        'pip install "keras==2.2.5"',
                    ),
                    Remedy(
                        "Or load and predict in the same thread, with threaded=False; "
                        "import keras.backend.tensorflow_backend as tb and set tb._SYMBOLIC_SCOPE.value = True in it.",
                        "app.run(debug=False, threaded=False)",
                    ),
                ),
                code="KD907",
            ),
        ),
        strength=8,
    ),
)
