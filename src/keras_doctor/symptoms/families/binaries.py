"""NumPy, protobuf and Python that do not fit the TensorFlow that is installed."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import NUMPY, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

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


SYMPTOMS = (
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
        (broken("NumPy is not the one that TensorFlow or h5py was compiled against", NUMPY, _REBUILT, code="KD205"),),
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
            broken(
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
        ("was a deprecated alias for the builtin", "unable to convert function return value to a python type"),
        (broken("NumPy is newer than the TensorFlow (or the code) that uses it", NUMPY, UPGRADE, code="KD205"),),
        strength=8,
    ),
    Symptom(
        ("cannot convert a symbolic tensor", "cannot convert a symbolic tf.tensor"),
        (
            Reading(
                "python-incompatible",
                "NumPy 1.20 or later under a TensorFlow before 2.6: recurrent layers cannot be built",
                (NUMPY, Remedy("For this TensorFlow:", 'pip install "numpy<1.20"'), UPGRADE),
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
)
