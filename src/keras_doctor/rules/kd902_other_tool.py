"""Another tool does not understand this era's file.

**What happens.** A converter or loader outside Keras fails: TensorFlow.js (`An InputLayer should be passed either a
`batchInputShape` or an `inputShape``, `Unknown layer: …` in JavaScript, `Shape mismatch: [384] vs. [2,384]`), TFLite
and tf2onnx (`has no attribute '_get_save_spec'`), DL4J (`UnsupportedKerasConfigurationException`), MLflow, R and
others.

**Why.** Such tools read the config of the Keras of their time, most of them that of Keras 2. Keras 3 writes batch_shape
for batch_input_shape, other module names and other nodes; TensorFlow 2 gives GRU two biases.

**How to mend.** Save with the Keras that the tool was written for (tf_keras is Keras 2), or give it a format that names
no layers: model.export, and convert the SavedModel. For TensorFlow.js, renaming batch_shape to batch_input_shape in
model.json is exact.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD902", "other-tool", "converter-incompatible", "error", ())

EXAMPLES = (
    Said("Uncaught (in promise) Error: An InputLayer should be passed either a `batchInputShape` or an `inputShape`."),
    Said("AttributeError: 'Functional' object has no attribute '_get_save_spec'"),
    Said(
        "org.deeplearning4j.nn.modelimport.keras.exceptions.UnsupportedKerasConfigurationException: "
        "Unsupported keras layer type Lambda."
    ),
)
