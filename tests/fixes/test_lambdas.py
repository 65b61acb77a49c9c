"""Lambda layers that become operations: against what the release computed that wrote them (tools/record_lambdas.py)."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keras_doctor import Environment, read
from keras_doctor.fixes import plan
from keras_doctor.rescue.evaluation import evaluate

DATA = Path(__file__).parents[1] / "data"
RECORDS = ("keras-2.2.4", "tensorflow-2.15")
TARGETS = ("python==3.11 keras==3.15.1 tensorflow==2.21.0", "python==3.11 keras==3.15.1 torch==2.9.0")
TF_215 = "python==3.11 tensorflow==2.15.1"
# What operations of Keras 3 do not say, or not for sure.
LEFT: set[str] = set()
LEFT_OF_TF_1 = {"resize", "kresizeb"}


def cases(record: str) -> list[dict[str, Any]]:
    with lzma.open(DATA / f"lambdas-{record}.json.xz", "rt") as file:
        found: list[dict[str, Any]] = json.load(file)["cases"]
    return found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("record", RECORDS)
def test_operations_compute_what_the_function_computed(record: str, target: str, tmp_path: Path) -> None:
    environment = Environment.parse(target)
    left, wrong = set(), []
    for case in cases(record):
        path = tmp_path / "architecture.json"
        path.write_text(case["model"], encoding="utf-8")
        made = plan(read(path), environment, "keras-v3", "made.keras")
        if any(layer["class_name"] == "Lambda" for layer in made.document.config["config"]["layers"]):
            left.add(case["name"])
            continue
        found = evaluate(made.document, [np.array(one, np.float32) for one in case["inputs"]])
        expected = np.array(case["output"], np.float32)
        scale = max(float(np.abs(expected).max(initial=0)), 1e-3)
        if found.outputs is None:
            wrong.append((case["name"], found.reason))
        elif found.outputs[0].shape != expected.shape or np.abs(found.outputs[0] - expected).max() > 2e-6 * scale:
            wrong.append((case["name"], np.abs(found.outputs[0] - expected).max()))
    assert left == {case["name"] for case in cases(record)} & (LEFT_OF_TF_1 if record == "keras-2.2.4" else LEFT)
    assert wrong == []


def test_what_the_target_cannot_say_stays_a_lambda(tmp_path: Path) -> None:
    """An einsum has no layer in tf.keras 2.15: its Lambda is left as it is, not made an operation of Keras 3."""
    case = next(case for case in cases("tensorflow-2.15") if case["name"] == "eins")
    path = tmp_path / "architecture.json"
    path.write_text(case["model"], encoding="utf-8")
    made = plan(read(path), Environment.parse(TF_215), "hdf5-model", "made.h5")
    assert "Lambda" in [layer["class_name"] for layer in made.document.config["config"]["layers"]]
