"""Activations and operations put together from what older releases have: against what Keras 3 computed
(tools/record_activations.py).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.fixes import plan
from keras_doctor.rescue.evaluation import evaluate
from keras_doctor.rules import diagnose

RECORDED = json.loads((Path(__file__).parents[1] / "data/activations.json").read_text())
TF_215 = "python==3.11 tensorflow==2.15.1"
TF_24 = "python==3.7 tensorflow==2.4.4"
KERAS_224 = "python==3.6 keras==2.2.4 tensorflow==1.13.1"
# Their formulas need logarithms, roots or choices, which no layer of Keras 2 computes.
NO_LAYERS_SAY = ("log_softmax", "soft_shrink", "squareplus")


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case["name"])
@pytest.mark.parametrize("target", [TF_215, TF_24, KERAS_224])
def test_older_releases_compute_the_same(target: str, case: dict, tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text(case["model"], encoding="utf-8")
    environment = Environment.parse(target)
    made = plan(read(path), environment, "hdf5-model", "made.h5").document
    found = diagnose(made, environment)
    if target == KERAS_224 and case["name"] in NO_LAYERS_SAY:
        assert (found.verdict, found.cause) == ("fails", "unknown-class")
        assert case["name"] in " ".join(finding.message for finding in found.findings)
        return
    assert found.verdict == "loads", [finding.message for finding in found.findings]
    outputs = evaluate(made, [np.array(RECORDED["input"], np.float32)]).outputs
    assert outputs is not None
    np.testing.assert_allclose(outputs[0], np.array(case["output"], np.float32), rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize(("name", "numbers"), [("hard_silu", True), ("silu", False)])
def test_an_architecture_leaves_out_the_numbers_of_formulas(name: str, numbers: bool, tmp_path: Path) -> None:
    """Keras 2.2.4 makes a model of either; that of hard_silu starts with the first values of its kernels, and puts out
    something else by 14; that of silu has no weights and agrees to 1e-6.
    """
    (case,) = (case for case in RECORDED["cases"] if case["name"] == name)
    path = tmp_path / "architecture.json"
    path.write_text(case["model"], encoding="utf-8")
    report = repair(path, tmp_path / "mended.json", Environment.parse(KERAS_224), verify="none")
    told = [change for change in report.changes if change.fix == "numbers-in-weights"]
    assert [change.kind for change in told] == ["approximate"] * numbers
