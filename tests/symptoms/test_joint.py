"""With the file at hand, text and file tell one story, or it is said where they part."""

from __future__ import annotations

import pytest

from keras_doctor.environments import Environment
from keras_doctor.symptoms import explain

SIGNATURE = "OSError: Unable to open file (file signature not found)"
FRAMES = """  File "/v/lib/python3.7/site-packages/tensorflow/python/keras/saving/save.py", line 182, in load_model
  File "/v/lib/python3.7/site-packages/tensorflow/python/keras/saving/hdf5_format.py", line 178, in load_model_from_hdf5
ValueError: Unknown layer: Functional"""


def test_the_file_decides_what_the_text_leaves_open(corpus):
    path = corpus / "py311_tf221_k3151/cnn/model.keras"
    alone = explain(SIGNATURE)
    assert alone.confidence != "high"
    both = explain(SIGNATURE, path, Environment.parse("python==3.9 tensorflow==2.8.4"))
    assert (both.cause, both.confidence, both.story) == ("format-not-supported", "high", "agrees")
    assert both.candidates == ()
    assert both.diagnosis.verdict == "fails"
    assert any("the file says" in line for line in both.evidence)


def test_another_file_is_another_answer(corpus):
    path = corpus / "pathology/lfs_pointer/model.h5"
    if not path.exists():
        path = next((corpus / "pathology").glob("*lfs*/*"))
    both = explain(SIGNATURE, path, Environment.parse("python==3.9 tensorflow==2.8.4"))
    assert (both.cause, both.story) == ("not-a-model", "agrees")


def test_where_they_part_it_is_said(corpus):
    path = corpus / "py311_tf221_k3151/cnn/model.keras"
    both = explain("ValueError: bad marshal data (unknown type code)", path, Environment.parse("tensorflow==2.8.4"))
    assert both.story == "parts"
    assert both.cause == "bytecode-incompatible"
    assert "format-not-supported" in both.parting


def test_a_file_in_which_nothing_fails_is_silent(corpus):
    path = corpus / "py311_tf221_k3151/mlp_seq/model.keras"
    environment = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")
    both = explain("ImportError: DLL load failed while importing _pywrap_tensorflow_internal", path, environment)
    assert both.story == "silent"
    assert both.cause == "environment-broken"


def test_without_an_environment_that_of_the_frames_counts(corpus):
    both = explain(FRAMES, corpus / "py37_tf24/mlp_seq/model.h5")
    assert both.diagnosis.environment.loader == "tf.keras"
    assert both.diagnosis.environment.python == "3.7"


@pytest.mark.parametrize("text", ["", "hello world"])
def test_a_text_that_tells_nothing_leaves_it_to_the_file(corpus, text):
    path = corpus / "py311_tf221_k3151/cnn/model.keras"
    both = explain(text, path, Environment.parse("tensorflow==2.8.4"))
    assert (both.cause, both.story) == ("format-not-supported", "decides")


def test_commands_name_the_file(corpus):
    path = corpus / "py311_tf221_k3151/cnn/model.h5"
    text = "ValueError: Unrecognized keyword arguments: ['batch_shape', 'optional']"
    commands = [remedy.command for remedy in explain(text, path, Environment.parse("tensorflow==2.8.4")).remedies]
    assert f"keras-doctor check {path}" in commands
    assert not any("(PATH" in command for command in commands)
