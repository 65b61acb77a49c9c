"""A Sequential that begins with a Merge: against what Keras 1.2.2 computed (tools/record_merge.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.evaluation import evaluate

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize(
    ("target", "ending"),
    [("python==3.11 keras==3.15.1 tensorflow==2.21.0", ".keras"), ("python==3.7 tensorflow==2.4.4", ".h5")],
)
def test_the_graph_computes_the_same(target: str, ending: str, tmp_path: Path) -> None:
    result = tmp_path / f"merged{ending}"
    report = repair(DATA / "keras-1-merge.h5", result, Environment.parse(target), verify="none")
    assert report.diagnosis.verdict == "loads", report.remaining
    assert [change.fix for change in report.changes].count("merge-first") == 2
    with np.load(DATA / "keras-1-merge.npz") as recorded:
        made = evaluate(read(result), [recorded[f"in{number}"] for number in range(3)])
        assert made.outputs is not None
        np.testing.assert_allclose(made.outputs[0], recorded["out0"], atol=1e-6)
