"""TensorFlow.js models become Keras files: what TensorFlow.js's own Python reader makes of the same weights, quantized,
in groups and cut across files, is what the result computes (tools/record_tfjs.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.evaluation import evaluate

if TYPE_CHECKING:
    from pathlib import Path

MODELS = ("uint8", "uint16", "float16", "groups", "heads", "bare", "other-names", "store", "store-213")
TARGETS = {".keras": "python==3.11 keras==3.15.1 tensorflow==2.21.0", ".h5": "python==3.11 tensorflow==2.15.1"}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("ending", TARGETS)
def test_models_compute_what_tensorflowjs_does(tfjs_models: Path, name: str, ending: str, tmp_path: Path) -> None:
    result = tmp_path / f"made{ending}"
    report = repair(tfjs_models / name, result, Environment.parse(TARGETS[ending]), verify="none")
    assert report.verdict == "loads", (report.refused, report.remaining)
    with np.load(tfjs_models / name / "outputs.npz") as recorded:
        made = evaluate(read(result), [recorded[key] for key in sorted(recorded) if key.startswith("in")])
        assert made.outputs is not None, made
        wanted = [recorded[key] for key in sorted(recorded) if key.startswith("out")]
        assert len(made.outputs) == len(wanted)
        for output, one in zip(made.outputs, wanted, strict=True):
            np.testing.assert_allclose(output, one, atol=1e-5 * abs(one).max())
