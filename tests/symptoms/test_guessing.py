"""Where no message is known, the words of a report tell what it most likely is; never with confidence."""

from __future__ import annotations

import pytest

from keras_doctor.symptoms import explain
from keras_doctor.symptoms.engine import page_for
from keras_doctor.symptoms.guessing import _WHAT, _table, causes, guessed, words_of
from keras_doctor.symptoms.remedies import USUAL

# Ends of real reports, as they were pasted, and the causes that were found.
REPORTS = [
    (
        (
            "System.Reflection.TargetInvocationException: Exception has been thrown by the target of an invocation.\n"
            " ---> Newtonsoft.Json.JsonSerializationException: Could not create an instance of type "
            "Tensorflow.Keras.IRegularizer. Type is an interface or abstract class and cannot be instantiated."
        ),
        ("converter-incompatible", "config-value"),
    ),
    (
        (
            "node_modules/mil-web-dnn/src/graph_transpiler/webdnn/graph/converters/keras.py in convert\n"
            "    assert inbound_node[3] == {}\nAssertionError"
        ),
        ("converter-incompatible",),
    ),
    (
        (
            "  (0) FAILED_PRECONDITION: Could not find variable dense/bias. This could mean that the variable has been "
            "deleted. Debug info: container=localhost, status error message=Resource localhost/dense/bias does not "
            "exist.\n\t [[{{function_node __inference_run_106}}{{node dense_1/Add/ReadVariableOp}}]]"
        ),
        ("savedmodel-revive", "wrong-api-use", "loader-bug"),
    ),
    (
        "> AttributeError: module 'keras preprocessing.text' has no attribute 'tokenizer from_json'",
        ("environment-broken", "module-moved", "wrong-api-use"),
    ),
]


@pytest.mark.parametrize(("text", "right"), REPORTS)
def test_a_report_without_a_known_message_gets_a_likely_cause_and_ways_out(text, right):
    explanation = explain(text)
    assert explanation.cause in right
    assert explanation.confidence != "high"
    assert 2 <= len(explanation.remedies) <= 8


def test_a_guess_is_told_as_one():
    explanation = explain("quux.Loader: the model could not be deserialised: FrobnicationException in layer 3")
    assert explanation.cause is not None
    assert explanation.confidence == "low"
    assert explanation.question
    assert "guess" in explanation.what


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello world",
        "ZeroDivisionError: division by zero",
        "Preheat the oven and mix flour with sugar.",
        "The model of the car is new, and its layers of paint shine.",
    ],
)
def test_what_tells_of_no_failure_or_of_no_model_is_not_guessed_at(text):
    assert guessed(text) is None
    assert explain(text).cause is None


def test_every_cause_that_can_be_guessed_has_ways_out_and_a_page():
    for cause in causes():
        assert len(USUAL[cause]) >= 2 or cause == "weights-only", cause
        assert _WHAT[cause][1] or page_for(cause) or cause == "third-party-object-missing", cause
    assert set(_table().causes) <= set(causes())


def test_words_are_read_whole_and_in_parts():
    assert {"saving.load_model", "saving", "load", "model", "value", "error"} <= words_of(
        "saving.load_model ValueError"
    )


def test_a_word_counts_for_the_cause_whose_reports_have_it():
    table = _table()
    assert table.ranked(words_of("onnx converter"))[0][1] == "converter-incompatible"
    assert table.ranked(words_of("shapes weights layer expects"))[0][1] == "weights-mismatch"
    assert "onnx" in table.speaking({"onnx", "weights"}, "converter-incompatible")


def test_a_text_that_ends_where_it_raises_is_told_by_what_stands_there():
    """As in TensorFlow 1.15, keras/saving/saved_model/loader_impl.py."""
    explanation = explain(
        '  File "/usr/lib/python3/site-packages/tensorflow_core/python/saved_model/loader_impl.py", line 83, in f\n'
        '    raise IOError("SavedModel file does not exist at: %s/{%s|%s}" %'
    )
    assert explanation.cause == "path-problem"
