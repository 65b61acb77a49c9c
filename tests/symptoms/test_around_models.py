"""What stands around a model fails too: real messages, their causes, and what helped."""

from __future__ import annotations

import pytest

from keras_doctor.symptoms import explain

REPORTS = [
    (
        "path-problem",
        "experimental_io_device",
        (
            "InvalidArgumentError: Unsuccessful TensorSliceReader constructor: Failed to get matching files on "
            "m/variables/variables: Unimplemented: File system scheme '[local]' not implemented (file: 'm/variables')"
        ),
    ),
    (
        "wrong-api-use",
        "float32",
        (
            "ValueError: Incompatible type conversion requested to type 'float32' for AutoCastVariable which is casted "
            "to type 'float16'"
        ),
    ),
    (
        "converter-incompatible",
        "representative_dataset",
        (
            "Hybrid models are not supported on TFLite Micro.\nNode FULLY_CONNECTED (number 12f) failed to prepare "
            "with status 1"
        ),
    ),
    (
        "path-problem",
        "http-server",
        "When code the same appear this in the browser:\n Not allowed to load local resource",
    ),
    (
        "environment-broken",
        "gast==",
        (
            "WARNING:tensorflow:Entity <bound method NoMask.call> could not be transformed and will be executed as-is. "
            "Cause: converting <bound method NoMask.call>: AssertionError: Bad argument number for Name: 3, expecting 4"
        ),
    ),
    (
        "environment-broken",
        "tensorflow",
        (
            '  File "C:\\Py36\\lib\\site-packages\\keras\\backend\\tensorflow_backend.py", line 31, in l2_normalize\n'
            "    return tf.nn.l2_normalize(x, axis=axis)\n"
            "TypeError: l2_normalize() got an unexpected keyword argument 'axis'"
        ),
    ),
    (
        "save-refused",
        "save_weights",
        (
            '  File "/usr/lib/python3.4/copy.py", line 182, in deepcopy\n    y = _reconstruct(x, rv, 1, memo)\n'
            '  File "/usr/lib/python3.4/copy.py", line 309, in _reconstruct\n    y.__dict__.update(state)\n'
            "AttributeError: 'NoneType' object has no attribute 'update'"
        ),
    ),
    ("resource-limit", "tensorflow-cpu", "loading model.h5\nKilled"),
    ("save-refused", "setrecursionlimit", "RecursionError: maximum recursion depth exceeded while saving model keras"),
    (
        "converter-incompatible",
        "tfjs_graph_model",
        "RuntimeError: Unsupported ops: CudnnRNNV3 while converting SavedModel with tensorflowjs_converter",
    ),
    ("wrong-api-use", "load_weights", "TypeError: 'CheckpointLoadStatus' object is not callable"),
    (
        "wrong-api-use",
        "weights=None",
        (
            '  File "/lib/python3.8/site-packages/keras_ocr/recognition.py", line 376, in __init__\n'
            "    build_params = PRETRAINED_WEIGHTS[weights]['build_params']\nKeyError: 'custom_model.h5'"
        ),
    ),
    (
        "name-invalid",
        "list",
        (
            "ValueError: Argument `name` must be a string and cannot contain character `/`. Received: name=<Dense "
            "name=dense_3, built=False> (of type <class 'keras.src.layers.core.dense.Dense'>)"
        ),
    ),
    (
        "weights-mismatch",
        "dim_ordering",
        (
            "ValueError: Cannot feed value of shape (1024, 256, 1, 1) for Tensor u'Placeholder_156:0', which has shape "
            "'(1, 1, 256, 1024)'"
        ),
    ),
    (
        "weights-mismatch",
        "channels",
        (
            "ValueError: Shape mismatch in layer #1 (named stem_conv)for weight stem_conv/kernel. Weight expects shape "
            "(3, 3, 1, 64). Received saved weight with shape (3, 3, 3, 64)"
        ),
    ),
]


@pytest.mark.parametrize(("cause", "way", "text"), REPORTS)
def test_it_is_told_with_what_helped(cause, way, text):
    explanation = explain(text)
    assert explanation.cause == cause
    assert any(way in f"{remedy.text} {remedy.command}" for remedy in explanation.remedies)


def test_a_keyword_that_the_users_own_function_does_not_take_is_not_the_backends():
    text = "  File \"/home/me/model.py\", line 3, in f\nTypeError: scale() got an unexpected keyword argument 'axis'"
    assert explain(text).cause != "environment-broken"


def test_weights_of_another_size_are_not_told_as_channels():
    text = (
        "ValueError: Shape mismatch in conv. Weight expects shape (3, 3, 3, 64). Saved weight has shape (3, 3, 3, 32)"
    )
    assert not any("channels as the weights" in remedy.text for remedy in explain(text).remedies)
