"""TensorFlow.js models become Keras files that compute the same: as its own Python reader does of the same weights,
quantized, in groups and cut across files (tools/record_tfjs.py), and as TensorFlow.js itself does of models that it
made and saved (tools/record_javascript.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.fixes.fix import LOSSY
from keras_doctor.rescue.evaluation import evaluate

if TYPE_CHECKING:
    from pathlib import Path

    from keras_doctor.rescue.repairing import RepairReport

MODELS = ("uint8", "uint16", "float16", "groups", "heads", "bare", "other-names", "store", "store-213")
JAVASCRIPT = {
    "4.22.0": (
        "dense", "names", "conv", "conv1d", "separable", "channels_first", "lstm", "gru", "bidirectional", "embedding",
        "cell", "cells", "convlstm", "nested", "twice", "activations", "layers", "upsampling", "adam", "momentum",
        "rmsprop",
    ),
    "1.7.4": ("dense", "conv", "lstm", "gru", "cells", "nested", "twice", "adam"),
    "0.15.3": ("dense", "conv", "lstm", "gru", "bidirectional", "cell", "nested", "twice", "layers"),
}  # fmt: skip
TARGETS = {".keras": "python==3.11 keras==3.15.1 tensorflow==2.21.0", ".h5": "python==3.11 tensorflow==2.15.1"}


def repaired(source: Path, result: Path) -> RepairReport:
    report = repair(source, result, Environment.parse(TARGETS[result.suffix]), verify="none")
    assert report.verdict == "loads", (report.refused, report.remaining)
    with np.load(source / "outputs.npz") as recorded:
        made = evaluate(read(result), [recorded[key] for key in sorted(recorded) if key.startswith("in")])
        assert made.outputs is not None, made
        wanted = [recorded[key] for key in sorted(recorded) if key.startswith("out")]
        assert len(made.outputs) == len(wanted)
        for output, one in zip(made.outputs, wanted, strict=True):
            np.testing.assert_allclose(output, one, atol=1e-5 * abs(one).max())
    return report


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("ending", TARGETS)
def test_models_compute_what_tensorflowjs_does(tfjs_models: Path, name: str, ending: str, tmp_path: Path) -> None:
    repaired(tfjs_models / name, tmp_path / f"made{ending}")


@pytest.mark.parametrize(
    ("release", "name"), [(release, name) for release, names in JAVASCRIPT.items() for name in names]
)
@pytest.mark.parametrize("ending", TARGETS)
def test_models_that_javascript_made_compute_the_same(
    javascript_models: Path, release: str, name: str, ending: str, tmp_path: Path
) -> None:
    repaired(javascript_models / release / name, tmp_path / f"made{ending}")


@pytest.mark.parametrize(
    ("name", "class_name", "wanted"),
    [
        ("adam", "Adam", {"learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}),
        ("momentum", "SGD", {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True}),
        ("rmsprop", "RMSprop", {"learning_rate": 0.01, "rho": 0.8, "centered": False}),
    ],
)
def test_optimizers_of_javascript_are_those_of_keras(
    javascript_models: Path, name: str, class_name: str, wanted: dict[str, object], tmp_path: Path
) -> None:
    result = tmp_path / "made.keras"
    report = repaired(javascript_models / "4.22.0" / name, result)
    optimizer = read(result).training.optimizer
    assert optimizer["class_name"] == class_name
    assert {key: optimizer["config"][key] for key in wanted} == wanted
    (lost,) = [change.message for change in report.changes if change.kind == LOSSY]
    assert "the optimizer's variables" in lost


def test_what_javascript_leaves_out_is_found_in_the_weights(javascript_models: Path, tmp_path: Path) -> None:
    report = repaired(javascript_models / "4.22.0" / "separable", tmp_path / "made.keras")
    assert any("depth_multiplier = 2 of separable" in change.message for change in report.changes)
