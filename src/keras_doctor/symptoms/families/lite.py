"""TensorFlow Lite: its converter, its interpreter, and what apps say of its files."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import UPGRADE

_SELECT = Remedy(
    "Allow TensorFlow's own operations (SELECT_TF_OPS), and link the Flex delegate in the app "
    "(tensorflow-lite-select-tf-ops).",
    "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]",
)
_CUSTOM = Remedy(
    "Operations that are nobody's builtin: allow them (allow_custom_ops), and register their kernels in the "
    "interpreter.",
    "converter.allow_custom_ops = True",
)
_NEW_RUNTIME = Remedy(
    "Upgrade the interpreter (tflite-runtime, ai-edge-litert, the app's TensorFlow Lite) to the converter's release or "
    "newer; or convert with an older TensorFlow.",
    "pip install -U ai-edge-litert",
)
_SHAPE = Remedy(
    "Give the model fixed shapes (all but the batch size) before converting, or resize the interpreter's input.",
    "interpreter.resize_tensor_input(0, [1, 224, 224, 3]); interpreter.allocate_tensors()",
)
_INPUT = Remedy(
    "Give the input exactly in the shape and type (dtype) that the interpreter lists: float32, with the batch "
    "dimension, of "
    "the size of the model's image.",
    "print(interpreter.get_input_details())  # then: x.astype('float32')[None]",
)
_FLOAT = Remedy(
    "Convert without quantization (float) first; give a representative_dataset for int8; or another quantizer "
    "(experimental_new_quantizer), in a newer TensorFlow.",
    "converter.optimizations = []; converter.experimental_new_quantizer = False",
)
_CONVERT = Remedy(
    "A .tflite file is made by the converter: an .h5 or .keras file that is renamed is none. When it is one, it was "
    "cut: "
    'in Android, keep it uncompressed (noCompress "tflite"), and download it again.',
    'open("model.tflite", "wb").write(tf.lite.TFLiteConverter.from_keras_model(model).convert())',
)
_FROM = Remedy(
    "TensorFlow 2's converter has from_keras_model (a model), from_saved_model (a folder) and from_concrete_functions; "
    "files of Keras are loaded first. from_keras_model_file is TensorFlow 1's (tf.compat.v1.lite).",
    "tf.lite.TFLiteConverter.from_keras_model(tf.keras.models.load_model(PATH))",
)

SYMPTOMS = (
    row(
        "converter-incompatible",
        "KD902",
        "the model has operations that TensorFlow Lite's interpreter does not have by itself",
        (
            "regular tensorflow ops are not supported by this interpreter",
            "link the flex delegate",
            "some ops are not supported by the native tflite",
            "neither a custom op nor a flex op",
            "select tensorflow op(s), included in the given model",
            "failed to prepare for tpu",
            "tensorlistreserve",
            "element_shape to be 1d tensor during tf lite",
        ),
        _SELECT,
        _CUSTOM,
        UPGRADE,
    ),
    row(
        "converter-incompatible",
        "KD902",
        "the interpreter has not registered an operation of the model",
        ("encountered unresolved custom op", "unresolved custom op", "op builtin_code out of range"),
        _CUSTOM,
        _SELECT,
        _NEW_RUNTIME,
    ),
    row(
        "converter-incompatible",
        "KD902",
        "the interpreter is older than the converter that wrote the file",
        (
            "didn't find op for builtin opcode",
            "didnt find op for builtin opcode",
            "old tflite binary with a newer model",
        ),
        _NEW_RUNTIME,
        _SELECT,
    ),
    row(
        "converter-incompatible",
        "KD902",
        "the converter wants shapes that are known",
        (
            "none is only supported in the 1st dimension",
            "provide a specific shape",
            "cannot be converted without static",
            "unknown shape",
        ),
        _SHAPE,
        UPGRADE,
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the interpreter was given an input of another shape, size or type than the model has",
        (
            "cannot set tensor",
            "cannot copy to a tensorflowlite tensor",
            "cannot convert between a tensorflowlite",
            "got value of type",
            "tensor data is null. run allocate_tensors",
            "input tensor has type",
        ),
        _INPUT,
        _SHAPE,
    ),
    row(
        "converter-incompatible",
        "KD902",
        "the model cannot be quantized as it was asked for",
        (
            "failed to quantize",
            "quantization not yet supported for op",
            "model not quantized",
            "max and min for dynamic tensors should be",
            "quantized_dimension",
            "op requires the same type for all operands and results",
            "the inference_input_type and inference_output_type must be",
        ),
        _FLOAT,
        UPGRADE,
    ),
    row(
        "not-a-model",
        "KD103",
        "the file is no TFLite model (or only a part of one)",
        (
            "is not a valid flatbuffer model",
            "model provided has model identifier",
            "should be 'tfl3'",
            "did not get operators, tensors",
            "could not open '",
            "mmap of",
            "the model is not a valid flatbuffer",
        ),
        _CONVERT,
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the converter of TensorFlow 2 has no such function",
        (
            "has no attribute 'from_keras_model_file'",
            "has no attribute 'from_frozen_graph'",
            "has no attribute 'from_session'",
            "has no attribute 'post_training_quantize'",
            "has no attribute 'tococonverter'",
        ),
        _FROM,
    ),
)
