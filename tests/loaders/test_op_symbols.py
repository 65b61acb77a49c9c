"""Functions of TensorFlow as layers, in tf.keras 2.3, the first release that has such layers.

TensorFlow 2.3.4 decided: `AttributeError: 'Tensor' object has no attribute '_keras_history'`, `TF symbol `tf.nn.gelu`
could not be found`, `Got 0 inputs for equation "abc,adc->abd", expecting 2`; 2.4.4, which saved them, loads them all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_doctor import Environment, diagnose, read
from keras_doctor.fixes import plan

TF_23 = "python==3.7 tensorflow==2.3.4"
TF_24 = "python==3.7 tensorflow==2.4.4"
REFUSED = (
    ("k3_arith", "a constant stands"),
    ("op_reversed", "a constant stands"),
    ("op_einsum", "a constant stands"),
    ("op_nn_layers", "no tf.nn.gelu"),
)


@pytest.mark.parametrize(("name", "says"), REFUSED)
def test_a_release_that_knows_less(evaluations: Path, name: str, says: str) -> None:
    document = read(evaluations / f"py37_tf24/{name}/model.h5")
    environment = Environment.parse(TF_23)
    for known in (document, plan(document, environment, "hdf5-model", "made.h5").document):
        found = diagnose(known, environment)
        assert found.verdict == "fails"
        assert any(says in finding.message for finding in found.findings), found.findings
    assert diagnose(document, Environment.parse(TF_24)).verdict in ("loads", "unknown")


@pytest.mark.parametrize("name", ["op_concat", "op_cast", "op_matmul"])
def test_others_load(evaluations: Path, name: str) -> None:
    document = read(evaluations / f"py37_tf24/{name}/model.h5")
    assert diagnose(document, Environment.parse(TF_23)).verdict == "loads"
