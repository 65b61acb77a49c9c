"""Messages of real releases, as people report them, are understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_doctor.rules import catalogue
from keras_doctor.symptoms import explain
from keras_doctor.symptoms.explanation import CONFIDENCES

ROWS = [
    (causes.split(" "), text.encode("latin-1", "backslashreplace").decode("unicode_escape"))
    for causes, _, text in (
        line.partition("\t")
        for line in (Path(__file__).parent / "said.tsv").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
]


@pytest.mark.parametrize(("causes", "text"), ROWS, ids=[text.strip().splitlines()[-1][:60] for _, text in ROWS])
def test_a_message_is_understood(causes, text):
    explanation = explain(text)
    assert explanation.cause in causes
    assert explanation.confidence in CONFIDENCES
    assert explanation.remedies
    assert explanation.evidence


@pytest.mark.parametrize(
    "text",
    [
        "File not found: filepath=model.keras. Please ensure the file is an accessible `.keras` zip file.",
        "OSError: Unable to open file (file signature not found)",
        "OSError: SavedModel file does not exist at: model.h5/{saved_model.pbtxt|saved_model.pb}",
        "ValueError: You are trying to load a weight file containing 0 layers into a model with 4 layers.",
        "zipfile.BadZipFile: File is not a zip file",
    ],
)
def test_what_is_ambiguous_is_not_answered_as_if_it_were_not(text):
    explanation = explain(text)
    assert explanation.confidence != "high"
    assert len(explanation.candidates) > 1
    assert explanation.question
    assert all(candidate.when for candidate in explanation.candidates)


def test_names_are_looked_up_in_the_knowledge_of_releases():
    """ThresholdedReLU left with Keras 3, GELU never was a layer of Keras 2's, SeqSelfAttention is another package's."""
    assert explain("ValueError: Unknown layer: 'ThresholdedReLU'").cause == "unknown-class"
    assert explain("ValueError: Unknown layer: SeqSelfAttention").cause == "third-party-object-missing"
    assert explain("ValueError: Unknown layer: 'GetItem'").cause == "op-layer-unknown"
    assert explain("ValueError: Unknown layer: MyOwnLayer").cause == "custom-object-missing"
    text = "ValueError: Unrecognized keyword arguments passed to Dense: {'quantization_config': None}"
    assert any("Keras 3.13.0" in line for line in explain(text).evidence)


def test_a_message_of_a_release_not_seen_yet_is_told_by_its_frames():
    text = (
        '  File "/v/lib/python3.14/site-packages/keras/src/legacy/saving/saving_utils.py", line 999, in '
        "compile_args_from_training_config\nFutureError: the frobnication of the loss is not supported any more"
    )
    explanation = explain(text)
    assert explanation.cause == "loss-or-metric-unresolvable"
    assert explanation.confidence != "high"


def test_codes_are_those_of_rules_that_are_there():
    known = {entry.code: entry.cause for entry in catalogue.entries()}
    for _, text in ROWS:
        explanation = explain(text)
        for code in (explanation.code, *(candidate.code for candidate in explanation.candidates)):
            assert not code or code in known
