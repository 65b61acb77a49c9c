"""Frames of all kinds of tracebacks are read, and tell the releases and the stage."""

from __future__ import annotations

import pytest

from keras_doctor.symptoms.places import place_of
from keras_doctor.symptoms.traceback import Frame, parse

FRAMES = {
    "python": '  File "/v/lib/python3.11/site-packages/keras/src/saving/saving_lib.py", line 152, in load_model',
    "ipython": "/v/lib/python3.11/site-packages/keras/src/saving/saving_lib.py in load_model(filepath, custom_objects)",
    "new ipython": "File ~/v/lib/python3.11/site-packages/keras/src/saving/saving_lib.py:152, in load_model(filepath)",
    "colab": "[/v/lib/python3.11/dist-packages/keras/src/saving/saving_lib.py](https://localhost/#) in load_model(f)",
    "windows": r"File C:\Users\me\v\Lib\site-packages\keras\src\saving\saving_lib.py:152, in load_model(filepath)",
    "pytest": "/v/lib/python3.11/site-packages/keras/src/saving/saving_lib.py:152: in load_model",
}


@pytest.mark.parametrize("line", FRAMES.values(), ids=FRAMES)
def test_a_frame_is_read(line):
    (frame,) = parse(line).frames
    assert frame.path.endswith("site-packages/keras/src/saving/saving_lib.py") or "dist-packages" in frame.path
    assert frame.function == "load_model"


@pytest.mark.parametrize(
    ("path", "line", "first", "last"),
    [
        ("/site-packages/keras/engine/topology.py", "keras-1", "1.0.0", "1.2.2"),
        ("/site-packages/keras/engine/saving.py", "keras-2", "2.2.0", "2.4.3"),
        ("/site-packages/tensorflow/python/keras/saving/hdf5_format.py", "tensorflow", "1.14.0", "2.5.3"),
        ("/site-packages/tensorflow_core/python/keras/saving/save.py", "tensorflow", "1.14.0", "2.5.3"),
        ("/site-packages/keras/saving/saved_model/load.py", "keras-2.6", "2.6.0", "2.10.0"),
        ("/site-packages/keras/src/engine/functional.py", "keras-2.6", "2.13.1", "2.15.0"),
        ("/site-packages/keras/src/models/functional.py", "keras-3", "3.0.0", "3.15.1"),
        ("/site-packages/tf_keras/src/engine/functional.py", "tf-keras", "2.14.1", "2.21.0"),
    ],
)
def test_a_module_tells_its_releases(path, line, first, last):
    """The first and last release whose package has the module."""
    releases = dict(place_of([Frame("/v/lib/python3" + path, "f", 1)]).releases)
    assert line in releases
    assert (releases[line][0], releases[line][-1]) == (first, last)


def test_frames_together_tell_more_than_each():
    frames = parse(
        'File "/v/site-packages/keras/saving/saved_model/load.py", line 155, in load\n'
        'File "/v/site-packages/keras/optimizers.py", line 95, in deserialize\n'
    ).frames
    assert [line for line, _ in place_of(frames).releases] == ["keras-2.6"]


@pytest.mark.parametrize(
    ("function", "stage"),
    [
        ("compile_args_from_training_config", "compile"),
        ("load_weights_from_hdf5_group", "weights"),
        ("process_node", "graph"),
        ("func_load", "lambda"),
        ("_retrieve_class_or_fn", "resolve"),
    ],
)
def test_a_function_tells_the_stage(function, stage):
    assert place_of([Frame("/v/site-packages/keras/src/x.py", function, 1)]).stage == stage


def test_messages_within_messages_are_told_apart():
    (error,) = parse(
        "TypeError: <class 'keras.src.models.functional.Functional'> could not be deserialized properly.\n\n"
        "config={'module': 'keras', 'config': {'layers': [1, {2: 3}]}}.\n\n"
        "Exception encountered: Error when deserializing class 'Dense' using config={'units': 3}.\n\n"
        "Exception encountered: Unrecognized keyword arguments passed to Dense: {'a': 1}"
    ).errors
    assert error.kind == "TypeError"
    assert error.inner == "Unrecognized keyword arguments passed to Dense: {'a': 1}"
    assert len(error.parts) == 3
    assert error.dumps[0].startswith("{'module'")
    assert "layers" not in " ".join(error.parts)
