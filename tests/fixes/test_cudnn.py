"""CuDNN's layers, alone and inside of Bidirectional, become plain ones: against TensorFlow's own conversion
(tools/record_cudnn.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.evaluation import evaluate

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("python==3.11 keras==3.15.1 tensorflow==2.21.0", ".keras"),
        ("python==3.11 tensorflow==2.15.1", ".h5"),
        ("python==3.7 keras==2.3.1 tensorflow==1.15.5", ".h5"),
    ],
)
def test_plain_layers_compute_the_same(target: str, ending: str, tmp_path: Path) -> None:
    result = tmp_path / f"plain{ending}"
    report = repair(DATA / "cudnn.h5", result, Environment.parse(target), verify="none")
    assert report.diagnosis.verdict == "loads", report.remaining
    assert [change.fix for change in report.changes].count("cudnn") == 4
    with np.load(DATA / "cudnn.npz") as recorded:
        made = evaluate(read(result), [recorded["in0"]])
        assert made.outputs is not None
        np.testing.assert_allclose(made.outputs[0], recorded["out0"], atol=1e-6)
