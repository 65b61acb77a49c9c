"""Vocabularies in the tables of SavedModels, against the configs of the same models in HDF5."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_doctor.artifacts.opening import read

# TensorFlow 2.3 and 2.4 keep the special words in the table, 2.5 the one for what is masked.
KEPT = {"py37_tf23": ["", "[UNK]"], "py37_tf24": ["", "[UNK]"], "py37_tf25": [""]}
SAVERS = ["py37_tf23", "py37_tf24", "py37_tf25", "py37_tf26", "py37_tf28", "py38_tf210", "py311_tf212", "py311_tf215"]


@pytest.mark.parametrize("saver", SAVERS)
def test_words(corpus: Path, saver: str) -> None:
    folder = corpus / saver / "stringlookup"
    found = read(str(folder / "savedmodel")).facts["vocabularies"]()
    # The architecture beside it says the words from 2.6 on; they were the same in every release.
    architecture = json.loads((corpus / "py38_tf210" / "stringlookup" / "arch.json").read_text(encoding="utf-8"))
    layer = next(one for one in architecture["config"]["layers"] if one["class_name"] == "StringLookup")
    assert list(found) == [(1,)]
    assert list(found[1,]) == KEPT.get(saver, []) + layer["config"]["vocabulary"]


def test_a_model_without_tables(corpus: Path) -> None:
    assert read(str(corpus / "py38_tf210" / "cnn" / "savedmodel")).facts["vocabularies"]() == {}
