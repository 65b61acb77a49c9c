"""TensorFlow Lite: models that its converter does not take, or its interpreter does not run."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import CHECK, UPGRADE

_FLEX = Remedy(
    "Allow TensorFlow's own operations when converting, and link the Flex delegate where the model runs.",
    "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]",
)
_NEWER = Remedy(
    "Use an interpreter (tflite-runtime, the library on the device) not older than the converter.",
    "pip install -U tflite-runtime",
)
_FLOAT = Remedy(
    "Convert without quantization (float), or with a newer TensorFlow; leave the layer out of the quantized part.",
    "converter.optimizations = []",
)

SYMPTOMS = (
    row(
        "converter-incompatible",
        "KD902",
        "the .tflite model uses an operation that this interpreter does not have: a TensorFlow one (Flex), a custom "
        "one, or a newer version of one",
        (
            "encountered unresolved custom op",
            "regular tensorflow ops are not supported by this interpreter",
            "didn't find op for builtin opcode",
            "didnt find op for builtin opcode",
            "failed to prepare for tpu",
            "select tensorflow op(s), included in the given model",
        ),
        _FLEX,
        _NEWER,
    ),
    row(
        "converter-incompatible",
        "KD902",
        "TFLite's converter cannot quantize an operation of the model",
        ("failed to quantize", "quantization not yet supported for op", "max and min for dynamic tensors should be"),
        _FLOAT,
        UPGRADE,
    ),
    row(
        "not-a-model",
        "KD103",
        "the file is no TFLite model",
        ("model provided has model identifier", "should be 'tfl3'", "the model is not a valid flatbuffer"),
        CHECK,
        Remedy("Convert the Keras model first.", "tf.lite.TFLiteConverter.from_keras_model(model).convert()"),
    ),
    row(
        "converter-incompatible",
        "KD902",
        "the .tflite model is fed with numbers of another type or shape than it takes",
        (
            "cannot set tensor: got value of type",
            "cannot set tensor: dimension mismatch",
            "cannot set tensor: got tensor",
        ),
        Remedy(
            "Ask it what it takes, and convert the data.",
            'x.astype(interpreter.get_input_details()[0]["dtype"])',
        ),
    ),
)
