"""Other tools that read or convert Keras's files: TensorFlow.js, TFLite, ONNX, DL4J, R, MLflow, Netron …"""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.foreign import Tool, shape_of, tools
from keras_doctor.symptoms.remedies import LEGACY_KERAS, SAME_VERSION
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_TOOL = Remedy(
    "Save the model with a release that the tool was written for (tf_keras or TensorFlow 2.15, which is Keras "
    "2, for most converters), or upgrade the tool.",
    "pip install tf-keras",
)
_BATCH_SHAPE = Remedy(
    "In the converted model.json, rename batch_shape to batch_input_shape (batchInputShape) in every "
    "InputLayer; that is exact.",
    'sed -i \'s/"batch_shape"/"batch_input_shape"/g\' model.json',
)
_GRAPH_MODEL = Remedy(
    "Convert to a graph model from a SavedModel, which needs no layer classes.",
    "tensorflowjs_converter --input_format=tf_saved_model --output_format=tfjs_graph_model SAVED OUT",
)


def _converter(what: str, *remedies: Remedy, confidence: str = "high") -> Reading:
    return Reading("converter-incompatible", what, remedies or (_TOOL, SAME_VERSION), confidence, code="KD902")


def _dl4j(scene: Scene, match: re.Match[str]) -> Reading:
    return _converter(
        "DL4J (deeplearning4j) does not import this layer or configuration of Keras",
        Remedy(
            "Make the model flat: no Sequential or Model nested in another one, only layers that dl4j imports; "
            "custom layers have to be registered with KerasLayer.registerCustomLayer.",
            "KerasLayer.registerCustomLayer(name, cls)",
        ),
        Remedy(
            "When it asks for a training configuration: import without one (enforceTrainingConfig false), or compile "
            "the model before it is saved.",
            "KerasModelImport.importKerasModelAndWeights(path, false)",
        ),
        _TOOL,
    )


def _tabled(tool: Tool) -> Symptom:
    """Return the shape of a text that names a tool, and says nothing else that is known."""
    return Symptom(tool.words, lambda scene, match: _of(scene, tool), pattern=shape_of(tool), strength=1)


def _of(scene: Scene, tool: Tool) -> Reading | None:
    """Tell of a tool that a text names, when it tells of a failure at all."""
    failed = scene.parsed.errors or any(
        word in scene.low
        for word in ("error", "exception", "fail", "assert", "unsupported", "invalid", "cannot", "not ")
    )
    return tool.reading("medium" if scene.parsed.errors else "low") if failed else None


SYMPTOMS = (
    *(_tabled(tool) for tool in tools()),
    *(Symptom(tool.signs, (tool.reading("medium"),), strength=7) for tool in tools() if tool.signs),
    Symptom(
        (
            "group1-shard",
            "based on the provided shape",
            "failed to parse model json",
            "cannot read property 'model_config'",
            "cannot read properties of undefined",
        ),
        (
            _converter(
                "TensorFlow.js cannot read the model or its weight shards: a shard is missing or cut, or the "
                "files are of another conversion",
                Remedy(
                    "Convert anew, and serve model.json with all its shards beside it.",
                    "tensorflowjs_converter --input_format=keras model.h5 out",
                ),
                _GRAPH_MODEL,
                confidence="medium",
            ),
        ),
        strength=5,
    ),
    Symptom(
        (
            "not supported",
            "unsupported layer",
            "unsupported keras layer",
            "no converter for",
            "unsupported operator",
            "unsupported operation",
            "org.nd4j",
        ),
        (
            _converter(
                "the tool that reads the model does not know one of its layers or operations",
                _TOOL,
                SAME_VERSION,
                confidence="medium",
            ),
        ),
        pattern=r"(?:keras )?layer[^\n]{0,60}not supported|unsupported (?:keras )?(?:layer|operator|operation)"
        r"|no converter for|org\.nd4j",
        strength=2,
    ),
    Symptom(
        (
            "an inputlayer should be passed either a batchinputshape",
            "should have been passed either a batchinputshape",
            "batchinputshape",
            "corrupted configuration, expected array for nodedata",
        ),
        (
            _converter(
                "TensorFlow.js reads the config of Keras 2, and this model was saved by Keras 3 (batch_shape "
                "in place of batch_input_shape)",
                _BATCH_SHAPE,
                Remedy(
                    "Or save it with tf_keras (Keras 2: TF_USE_LEGACY_KERAS=1) before converting.",
                    "pip install tf-keras\nexport TF_USE_LEGACY_KERAS=1",
                ),
                _GRAPH_MODEL,
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("failed to lookup keras version from the file", "has no target variable"),
        (
            _converter(
                "TensorFlow.js (or its converter) finds no model, or other weights than layers: the file has "
                "only weights, or was "
                "saved by Keras 3",
                Remedy("Save the whole model (model.save, not save_weights), with Keras 2.", 'model.save("model.h5")'),
                LEGACY_KERAS,
                _GRAPH_MODEL,
            ),
        ),
        strength=7,
    ),
    Symptom(
        ("shape mismatch: [", "variables.ts", "based on the provided shape"),
        (
            _converter(
                "TensorFlow.js has a GRU with one bias, and the file one with two (reset_after=True, the "
                "default of TensorFlow 2)",
                Remedy(
                    "Train (or rebuild) the GRU with reset_after=False, and convert again.",
                    "GRU(units, reset_after=False)",
                ),
                _GRAPH_MODEL,
            ),
        ),
        pattern=r"Shape mismatch: \[(\d+)\] vs\. \[2,\s?\1\]",
        strength=9,
    ),
    Symptom(
        (
            "uncaught (in promise)",
            "at new e (",
            "at new t (",
            "(topology.ts:",
            "(errors.ts:",
            "fromconfig called without an array",
            "[model] model configuration does not contain",
            "unhandledpromiserejection",
            "tf.serialization",
            "tfjs@",
            "tfjs-layers",
            "@tensorflow/tfjs",
            "tensorflowjs_converter",
            "tensorflowjs",
        ),
        (
            _converter(
                "TensorFlow.js does not understand this model",
                _GRAPH_MODEL,
                Remedy(
                    "Convert the whole model (model.save, not only weights with save_weights), and use a tfjs "
                    "of the time of the file or newer.",
                    "npm install @tensorflow/tfjs@latest",
                ),
                _BATCH_SHAPE,
                _TOOL,
                confidence="medium",
            ),
        ),
        strength=2,
    ),
    Symptom(
        ("deeplearning4j", "unsupportedkerasconfigurationexception", "invalidkerasconfigurationexception", "dl4j"),
        _dl4j,
        strength=5,
    ),
    Symptom(
        ("'kerastensor' object has no attribute 'graph'", "'kerastensor' object has no attribute 'op'"),
        (
            _converter(
                "a converter (or another tool: keras2onnx, shap) was written for TensorFlow before 2.4, whose tensors "
                "of Keras are tensors of a graph",
                Remedy(
                    "For ONNX: tf2onnx is the successor of keras2onnx.",
                    "python -m tf2onnx.convert --saved-model SAVED --output model.onnx",
                ),
                Remedy("Upgrade the tool (upgrade shap).", "pip install -U shap"),
                Remedy(
                    "Or use it with an older TensorFlow (tensorflow<2.4), or without eager execution.",
                    'pip install "tensorflow==2.3.*"  # or: tf.compat.v1.disable_v2_behavior()',
                ),
            ),
        ),
        strength=9,
    ),
    Symptom(
        ("expected model format: [savedmodel", "unable to determine the type of the model, i.e. the source framework"),
        (
            _converter(
                "coremltools does not know the model as one of TensorFlow: it is one of Keras 3, or the path is no "
                "model",
                Remedy(
                    "Export a SavedModel (or save .h5 with tf_keras), and convert that; name the source.",
                    'model.export("saved"); ct.convert("saved", source="tensorflow")  # coremltools.convert',
                ),
                LEGACY_KERAS,
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "has no attribute '_get_save_spec'",
            "_get_save_spec",
            "has no attribute 'output_names'",
            "has no attribute '_saved_model_inputs_spec'",
        ),
        (
            _converter(
                "the converter (TFLite, tf2onnx) asks a Keras 3 model for something that only models of Keras 2 have",
                Remedy(
                    'For ONNX: model.export(…, format="onnx") of Keras 3.8 and later, or tf2onnx from a SavedModel.',
                    'model.export("model.onnx", format="onnx")  # or: python -m tf2onnx.convert --saved-model saved',
                ),
                Remedy(
                    "Export first, and convert the folder.",
                    'model.export("saved")  # then tf.lite.TFLiteConverter.from_saved_model("saved")',
                ),
                Remedy(
                    "When the model was built with the old package keras (Keras 2.3 and before): build it with "
                    "tf.keras.",
                    "from tensorflow import keras  # in place of: import keras",
                ),
                LEGACY_KERAS,
                _TOOL,
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "tfliteconverter",
            "tf.lite",
            "convertererror",
            "some ops are not supported by the native tflite",
            "flex op",
            "neither a custom op nor a flex op",
            "select_tf_ops",
            "toco",
        ),
        (
            _converter(
                "TFLite's converter does not know an operation of the model",
                Remedy(
                    "Allow TensorFlow's own operations.",
                    "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, "
                    "tf.lite.OpsSet.SELECT_TF_OPS]",
                ),
                _TOOL,
                confidence="medium",
            ),
        ),
        pattern=r"ConverterError|not supported by the native TFLite|neither a custom op nor a flex op|SELECT_TF_OPS"
        r"|toco_convert|TFLiteConverter",
        strength=3,
    ),
    Symptom(
        ("error in py_call_impl", "reticulate", "py_call_impl"),
        (
            Reading(
                "environment-broken",
                "R's package keras and the Python packages that it calls are not of one time",
                (
                    Remedy(
                        "Update both (upgrade, reinstall): the R packages keras (or keras3) and reticulate, "
                        "and the Python side.",
                        "install.packages('keras3'); keras3::install_keras()",
                    ),
                ),
                "low",
                code="KD909",
            ),
        ),
        strength=1,
    ),
)
