"""Files that went through a transfer in text mode: found out, and undone where that is exact."""

from __future__ import annotations

import json

import pytest

from keras_doctor.artifacts import read


def contents(document):
    return {tensor.path: tensor.read() for tensor in document.tensors()}


@pytest.mark.parametrize("case", ["crlf-k224h5", "crlf-k3k", "crlf-tf215h5"])
def test_line_ends_are_put_back(corpus, case):
    folder = corpus / "pathology" / case
    original = read(str(corpus / json.loads((folder / "meta.json").read_text())["made_from"]))
    found = read(str(next(folder.glob("model.*"))))
    assert [damage.kind for damage in found.damage] == ["text-transfer"]
    assert found.config == original.config
    assert contents(found) == contents(original)
    assert found.size > original.size


@pytest.mark.parametrize("case", ["replacement_chars-k3k", "replacement_chars-tf215h5"])
def test_replaced_characters_are_named_as_the_cause(corpus, case):
    found = read(str(next((corpus / "pathology" / case).glob("model.*"))))
    assert found.damage[0].kind == "text-transfer"
    assert "U+FFFD" in found.damage[0].what


def test_no_intact_file_is_taken_for_a_converted_one(corpus):
    for path in sorted((corpus / "py311_tf221_k3151").rglob("*.keras")):
        assert not [damage for damage in read(path).damage if damage.kind == "text-transfer"]
