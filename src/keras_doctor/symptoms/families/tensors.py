"""Symbolic tensors and nodes in hands that do not know them: other packages, another Keras, eager code."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import LOADING
from keras_doctor.symptoms.remedies import LEGACY_KERAS, REBUILD, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_OLDER_PACKAGE = Reading(
    "environment-broken",
    "a package that was written for an older TensorFlow or Keras treats a layer's output as a plain tensor (asks its "
    "length, turns it into an array, opens its graph)",
    (
        Remedy(
            "Use the release of the package for this TensorFlow (keras-rl2 for keras-rl, …).", "pip install -U PACKAGE"
        ),
        Remedy("Or the TensorFlow that the package was made for (TensorFlow 2.3 and before).", "keras-doctor env"),
    ),
    "medium",
    "the frames are in another package",
    "KD909",
)
_MIXED = Reading(
    "mixed-keras",
    "layers or tensors of one Keras are used by another one: keras beside tf.keras, or Keras 2 beside Keras 3",
    (
        Remedy(
            "Import everything from the same place: keras, or tensorflow.keras, not both.", "grep -rn 'import.*keras' ."
        ),
        LEGACY_KERAS,
        UPGRADE,
    ),
    "medium",
    "the script imports from two Kerases",
    "KD208",
)
_PLAIN_CALL = Reading(
    "wrong-api-use",
    "a function of NumPy or TensorFlow is called on a symbolic tensor of a Keras model that is being built",
    (
        Remedy("Put it into a layer (Lambda, or a class of your own), or use keras.ops.", "x = Lambda(f)(x)"),
        Remedy(
            "What tf.saved_model.load returns is no layer: load a Keras model with keras.models.load_model, or wrap "
            "the "
            "folder (hub.KerasLayer, keras.layers.TFSMLayer).",
            "model = keras.models.load_model(PATH)",
        ),
        REBUILD,
    ),
    "medium",
    "your own code makes the call",
    "KD903",
)


def _symbolic(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    if "__len__" in match.string or "object has no attribute" in match[0]:
        return _OLDER_PACKAGE, _MIXED, _PLAIN_CALL
    return _PLAIN_CALL, _MIXED, _OLDER_PACKAGE


def _dimensions(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    order = Remedy(
        "When the sizes look like channels in the wrong place: image_data_format in ~/.keras/keras.json is another one "
        "than where the model was made.",
        "cat ~/.keras/keras.json",
    )
    graph = Reading(
        "graph-reconstruction",
        "two layers do not fit each other when the model is put together: a shape or a default (data format, padding) "
        "is another one here",
        (order, SAME_VERSION, REBUILD),
        "medium",
        "it was raised while a file was loaded",
    )
    data = Reading(
        "wrong-api-use",
        "the data (or the layers that the code connects) have another size than the model wants",
        (Remedy("Compare model.input_shape with the shape of the data.", "print(model.input_shape, x.shape)"), order),
        "medium",
        "your own code builds or calls the model",
        "KD903",
    )
    loading = scene.passed(*LOADING) or scene.calls("load_model", "from_config", "model_from_json")
    return (graph, data) if loading else (data, graph)


def _private(kind: str, name: str) -> tuple[Reading, ...]:
    """Tell of an attribute that Keras's own base class sets, and that an object of a class does not have."""
    own = Reading(
        "custom-object-broken",
        f"{kind} does not have {name}, which the base class of Keras sets: its __init__ does not call "
        f"super().__init__() "
        f"first, or its base class is another Keras's (or another release's)",
        (
            Remedy("Call it first.", "def __init__(self, **kwargs):\n    super().__init__(**kwargs)"),
            Remedy(
                "Make the class and the model with the same Keras: from tensorflow.keras, not tensorflow.python.keras "
                "or "
                "an older package.",
                "from tensorflow.keras.layers import Layer",
            ),
            REBUILD,
        ),
        "medium",
        f"{kind} is a class of your own, or of a package",
        "KD917",
    )
    known = names.library(kind)
    if known is None:
        return own, _MIXED, _OLDER_PACKAGE
    return _MIXED, _OLDER_PACKAGE


SYMPTOMS = (
    Symptom(
        ("symbolic inputs/outputs do not", "convert a symbolic keras input/output", "cannot be keras symbolic tensors"),
        _symbolic,
        pattern=r"symbolic inputs/outputs do not|convert a symbolic Keras input/output"
        r"|cannot be Keras symbolic tensors",
        strength=6,
    ),
    Symptom(
        ("'kerastensor' object has no attribute", "kerastensor object has no attribute"),
        _symbolic,
        pattern=r"KerasTensor'? object has no attribute",
        strength=4,
    ),
    Symptom(
        (
            "'tuple' object has no attribute 'layer'",
            "tuple object has no attribute layer",
            "'node' object has no attribute",
            "has no attribute 'output_masks'",
            "'_keras_mask'",
        ),
        (_MIXED, _OLDER_PACKAGE),
        pattern=r"'?tuple'? object has no attribute '?layer\b|'Node' object has no attribute"
        r"|has no attribute '(?:output_masks|_keras_mask)'",
        strength=6,
    ),
    Symptom(
        ("object has no attribute '_", "object has no attribute _"),
        lambda scene, match: _private(match["kind"], match["name"]),
        pattern=r"'(?P<kind>[A-Z]\w+)' object has no attribute '(?P<name>_(?:self_|keras_|is_graph|obj_reference"
        r"|inbound|"
        r"outbound|layers\b|metrics\b|trainable|non_trainable|dtype_policy|compute_dtype|init_call|thread_local|losses|"
        r"saved_model|build_input|path\b|tracker|lock\b|called|is_compiled|distribute|feed_|nested_|auto_config)\w*)",
        strength=5,
    ),
    Symptom(
        ("attempting to capture an eagertensor without building a function",),
        (
            Reading(
                "wrong-api-use",
                "code of TensorFlow 1 (graphs and sessions) and of TensorFlow 2 (eager) are mixed in one program",
                (
                    Remedy(
                        "Turn eager execution off for all of it, before anything is built, or build and load the model "
                        "within one graph.",
                        "tf.compat.v1.disable_eager_execution()",
                    ),
                ),
                "medium",
                code="KD903",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("dimensions must be equal, but are", "negative dimension size caused by", "matrix size-incompatible"),
        _dimensions,
        strength=4,
    ),
    Symptom(
        ("has datatype string not in list of allowed values", "cast string to float is not supported"),
        (
            Reading(
                "wrong-api-use",
                "text is given to a model that takes numbers: what was done before the model (a tokenizer, a lookup) "
                "is not in the file",
                (
                    Remedy(
                        "Do the same preprocessing as in training (tokenizer, vocabulary), and then predict.",
                        "model.predict(tokenizer.texts_to_sequences(texts))",
                    ),
                ),
                "medium",
                code="KD903",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("unimplementederror", "is not implemented for this device"),
        (
            Reading(
                "backend-op-unsupported",
                "the device or the build of TensorFlow cannot run an operation of the model in this form",
                (
                    Remedy("Run it on a GPU, or with a newer TensorFlow.", "pip install -U tensorflow"),
                    Remedy("For channels_first: rebuild the model with channels_last.", "keras-doctor check PATH"),
                ),
                "medium",
                code="KD912",
            ),
        ),
        strength=3,
    ),
)
