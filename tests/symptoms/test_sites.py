"""What releases say when they raise is known: a message alone tells the function that says it, and the releases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from keras_doctor.symptoms import explain
from keras_doctor.symptoms.called import taking
from keras_doctor.symptoms.sites import releases_of, sites_of

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from extraction.messages import HOLE, keywords, said

SOURCE = """
def check(x, name):
    if x is None:
        raise ValueError("No model found in config.")
    message = f"Layer {name} expects "
    message += "%d inputs" % 3
    if x:
        raise TypeError(message)
    raise ValueError("{} is not {what}".format(x, what=1), name)

class Layer:
    def load(self, path, by_name=False, **kwargs):
        assert path, "a path is wanted"
        warnings.warn("old", stacklevel=2)
        raise NotImplementedError
"""


def test_messages_of_a_module_are_extracted_with_holes_for_what_is_put_in():
    found = {(one.kind, one.shape.replace(HOLE, "_"), one.function) for one in said(SOURCE)}
    assert ("ValueError", "No model found in config.", "check") in found
    assert ("AssertionError", "a path is wanted", "load") in found
    assert ("Warning", "old", "load") in found
    assert ("ValueError", "_ is not _ _", "check") in found
    assert any(kind == "TypeError" and shape.startswith("Layer _ expects") for kind, shape, _ in found)


def test_keywords_of_functions_are_extracted():
    assert list(keywords(SOURCE, frozenset(("load",)))) == [("load", "path"), ("load", "by_name"), ("load", "**")]


# Messages as these releases say them (read in their sources), and the function.
SAID = [
    (
        "A total of 2 objects could not be loaded. Example error message for object <Dense name=a, built=True>:\n\nfoo",
        "saving/saving_lib._raise_loading_failure",
        ("keras-3", "3.15.1"),
    ),
    (
        "You are trying to load a weight file containing 16 layers into a model with 15 layers.",
        "engine/saving.load_weights_from_hdf5_group",
        ("keras-2", "2.1.6"),
    ),
    (
        'Layer #3 (named "dense_1" in the current model) was found to correspond to layer dense_2 in the save file.',
        "engine/topology.load_weights",
        ("keras-1", "1.2.2"),
    ),
    (
        "Unable to restore custom object of type _tf_keras_metric currently. Please make sure that the layer",
        "saving/saved_model/load.revive_custom_object",
        ("tensorflow", "2.3.4"),
    ),
]


@pytest.mark.parametrize(("message", "where", "release"), SAID, ids=[where for _, where, _ in SAID])
def test_a_message_tells_the_function_and_the_releases(message, where, release):
    sites = sites_of(message)
    assert where in [site.where for site in sites]
    line, version = release
    assert version in releases_of(sites)[line]


def test_the_beginning_of_a_message_and_one_in_other_words_are_known():
    cut = sites_of("You are trying to load a weight file conta")
    assert any("load_weights" in site.where for site in cut)
    assert not any(site.whole for site in cut)
    like = sites_of("Cannot save attribute, because a group with the name x already exists: group with name exists")
    assert all(not site.whole for site in like)
    assert sites_of("the quick brown fox jumps over the lazy dog, and nothing is raised") == ()


def test_what_releases_say_names_them_where_frames_do_not():
    explanation = explain("ValueError: File format not supported: filepath=x. Keras 3 only supports V3 `.keras` files")
    assert [version.package for version in explanation.versions] == ["Keras"]
    assert explanation.versions[0].earliest == "3.0.0"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("ValueError: Path isn't a directory: model", "path-problem"),
        ("ValueError: Invalid H5 file, expected Group but received <class 'h5py.Dataset'>", "damaged-file"),
        ("ValueError: Refusing to load npz weight 'x': its header declares 9 but only 1 is stored", "security-refused"),
        ("ValueError: Checkpoint does not contain model configuration. This checkpoint may", "weights-only"),
        ("KeyError: 'Cannot set attribute. Group with name \"keras_version\" exists.'", "save-refused"),
        ("TypeError: Cannot serialize object X of type Y. To be serializable, a class must implement", "save-refused"),
        ("RuntimeError: You must call `super().__init__()` in the layer constructor.", "wrong-api-use"),
        (
            'ValueError: Invalid `distribution` argument: expected one of {"normal", "uniform"} but got x',
            "config-value",
        ),
    ],
)
def test_a_place_that_can_mean_one_thing_tells_it(text, cause):
    explanation = explain(text)
    assert explanation.cause == cause
    assert explanation.remedies


def test_a_cause_of_the_load_is_told_where_it_was_raised_in_a_load():
    frames = (
        '  File "/v/lib/python3.11/site-packages/keras/src/saving/saving_lib.py", line 152, in load_model\n'
        '  File "/v/lib/python3.11/site-packages/keras/src/layers/core/embedding.py", line 9, in __init__\n'
    )
    message = "ValueError: Invalid `padding` argument: expected one of ['a'] but got 'b' for the layer foo of a kind"
    assert explain(frames + message).cause == "config-value"


def test_keywords_of_calls_are_known_by_release():
    """safe_mode came with Keras 2.12; skip_mismatch of load_weights with 2.1.3; load_model never had encoding."""
    assert taking("load_model", "safe_mode")["keras-2.6"][0] == "2.12.0"
    assert taking("load_weights", "skip_mismatch")["keras-2"][0] == "2.1.3"
    assert taking("load_model", "encoding") == {}
    assert explain("TypeError: load_model() got an unexpected keyword argument 'encoding'").cause == "wrong-api-use"
    told = explain("TypeError: load_model() got an unexpected keyword argument 'safe_mode'")
    assert told.cause == "environment-broken"
    assert any("2.12.0" in line for line in told.evidence)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("tensorflow.python.framework.errors_impl.InvalidArgumentError: No OpKernel was re", "backend-op-unsupported"),
        (
            'ValueError: Layer #37 (named "batch_normalization_34" in the current model) was found to c',
            "weights-mismatch",
        ),
        ("RuntimeError: Unable to create attribute (object header message is too la", "save-refused"),
        ("ValueError: Refusing to load npz weight 'x': its header decl", "security-refused"),
    ],
)
def test_a_message_that_was_cut_is_known_by_what_is_left(text, cause):
    explanation = explain(text)
    assert explanation.cause == cause
    assert explanation.remedies


@pytest.mark.parametrize(
    "text", ["hello world", "ZeroDivisionError: division by zero", "ValueError: could not convert"]
)
def test_what_nobody_says_while_loading_is_not_explained(text):
    assert explain(text).cause is None
