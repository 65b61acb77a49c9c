"""Lookups in "tf_idf" mode keep the weights of their words, under the name by which each release asks for them.

keras/src/layers/preprocessing/index_lookup.py, `load_own_variables` of 2.13 to 3.15, raises KeyError without.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from test_repairs import apart

from keras_doctor import Environment, diagnose, read, repair
from keras_doctor.document.tensors import TensorRef
from keras_doctor.fixes import plan

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
KERAS_305 = "python==3.11 keras==3.0.5 tensorflow==2.16.2"
TF_215 = "python==3.11 tensorflow==2.15.1"
STRINGS = ("py311_tf215/string_lookup_tfidf/model.h5", "py311_tf221_k3151/string_lookup_tfidf/model.keras")
TEXTS = "py311_tf221_k3151/text_tfidf/model.keras"


def _weights(path: Path) -> TensorRef:
    """Return the one tensor of a model, which was saved with other weights than it was made with."""
    (tensor,) = (tensor for group in read(path).weights for tensor in group.tensors)
    return tensor


@pytest.mark.parametrize("spec", [KERAS_3, KERAS_305, TF_215])
@pytest.mark.parametrize("file", [*STRINGS, TEXTS])
def test_archives_keep_the_weights(evaluations: Path, tmp_path: Path, file: str, spec: str) -> None:
    result = tmp_path / "mended.keras"
    report = repair(evaluations / file, result, Environment.parse(spec), verify="none")
    assert report.verdict == "loads"
    assert not report.plan.lost
    held = {group.owner: group.tensors for group in read(result).weights if group.tensors}
    assert all([tensor.name for tensor in tensors] == ["idf_weights"] for tensors in held.values())
    assert sorted(held) == (
        ["layers/text_vectorization", "layers/text_vectorization/_lookup_layer"]
        if file == TEXTS
        else ["layers/string_lookup"]
    )
    if file != TEXTS:
        assert held["layers/string_lookup"][0].read() == _weights(evaluations / file).read()
    assert apart(result, (evaluations / file).with_name("golden.npz")) <= 1e-6


@pytest.mark.parametrize("file", [STRINGS[1], TEXTS])
def test_hdf5_of_tf_keras_has_them_for_a_variable(evaluations: Path, tmp_path: Path, file: str) -> None:
    result = tmp_path / "mended.h5"
    assert repair(evaluations / file, result, Environment.parse(TF_215), verify="none").verdict == "loads"
    assert sum(len(group.tensors) for group in read(result).weights) == 1
    assert apart(result, (evaluations / file).with_name("golden.npz")) <= 1e-6


def test_from_the_config_where_no_file_holds_them(evaluations: Path) -> None:
    """The HDF5 of Keras 3 has the weights in the config alone."""
    environment = Environment.parse(KERAS_3)
    bare = plan(read(evaluations / STRINGS[1]), environment, "hdf5-model", "m.h5").document
    assert not any(group.tensors for group in bare.weights)
    made = plan(bare, Environment.parse(TF_215), "hdf5-model", "made.h5").document
    (tensor,) = (tensor for group in made.weights for tensor in group.tensors)
    found, wanted = (struct.unpack("<3f", one.read()) for one in (tensor, _weights(evaluations / STRINGS[1])))
    assert found == pytest.approx(wanted, rel=1e-6)


def test_an_archive_without_them_does_not_load(evaluations: Path) -> None:
    document = read(evaluations / STRINGS[1])
    assert diagnose(document, Environment.parse(KERAS_3)).verdict == "loads"
    found = diagnose(document.changed(weights=()), Environment.parse(KERAS_3))
    assert found.verdict == "fails"
