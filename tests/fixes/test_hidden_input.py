"""A Sequential whose input stands in its first layer, a model, alone: Keras 2 builds it, tf.keras and Keras 3.0 to 3.4
do not (tools/record_hidden_input.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keras_doctor import Environment, diagnose, read, repair
from keras_doctor.rescue.evaluation import evaluate

DATA = Path(__file__).parents[1] / "data/hidden-input"
# By name, the targets that do not build the model as it is.
TF_215, TF_24 = "python==3.11 tensorflow==2.15.1", "python==3.7 tensorflow==2.4.4"
TF_115, KERAS_33 = "python==3.7 tensorflow==1.15.5", "python==3.11 keras==3.3.3 tensorflow==2.21.0"
CASES = (("seq", TF_215), ("seq", TF_24), ("seq", TF_115), ("seq", KERAS_33), ("deep", TF_215), ("graph", KERAS_33))


@pytest.mark.parametrize(("name", "spec"), CASES)
def test_the_input_is_stated_on_the_outer_model(name: str, spec: str, tmp_path: Path) -> None:
    environment = Environment.parse(spec)
    source, result = DATA / f"{name}.h5", tmp_path / "made.h5"
    assert diagnose(source, environment).verdict == "fails"
    report = repair(source, result, environment, verify="none")
    assert report.verdict == "loads", report.remaining
    assert "input-declared" in [change.fix for change in report.changes]
    with np.load(DATA / f"{name}.npz") as recorded:
        made = evaluate(read(str(result)), [recorded["in0"]])
        assert made.outputs is not None
        np.testing.assert_allclose(made.outputs[0], recorded["out0"], atol=1e-6)


def test_no_input_is_stated_twice(tmp_path: Path) -> None:
    result = tmp_path / "made.h5"
    repair(DATA / "graph.h5", result, Environment.parse(TF_215), verify="none")  # which sees a graph's input
    layers = read(str(result)).config["config"]["layers"]
    assert [layer["class_name"] for layer in layers] == ["Functional", "Dense"]
