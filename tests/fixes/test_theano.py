"""Padding as Theano does it: against what Keras 2.2.4 computed with Theano (tools/record_theano.py)."""

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
        ("python==3.7 tensorflow==2.4.4", ".h5"),
    ],
)
def test_tensorflow_pads_as_theano_did(target: str, ending: str, tmp_path: Path) -> None:
    result = tmp_path / f"padded{ending}"
    report = repair(DATA / "theano-same.h5", result, Environment.parse(target), verify="none")
    assert report.diagnosis.verdict == "loads", report.remaining
    assert {change.fix for change in report.changes if "pad" in change.message} == {"theano-padding"}
    with np.load(DATA / "theano-same.npz") as recorded:
        made = evaluate(read(result), [recorded["in0"]])
        assert made.outputs is not None
        np.testing.assert_allclose(made.outputs[0], recorded["out0"], atol=2e-6)


@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("python==3.11 keras==3.15.1 tensorflow==2.21.0", ".keras"),
        ("python==3.7 tensorflow==2.4.4", ".h5"),
        ("python==3.6 keras==2.2.4 tensorflow==1.13.1", ".h5"),
    ],
)
def test_images_grow_as_theano_made_them(target: str, ending: str, tmp_path: Path) -> None:
    """Against what Keras 1.2.2 computed with Theano (tools/record_theano_1.py)."""
    result = tmp_path / f"grown{ending}"
    report = repair(DATA / "theano-deconv.h5", result, Environment.parse(target), verify="none")
    assert report.diagnosis.verdict == "loads", report.remaining
    assert [change.kind for change in report.changes if change.fix == "theano-padding"] == ["exact"]
    with np.load(DATA / "theano-deconv.npz") as recorded:
        made = evaluate(read(result), [recorded["in0"]])
        assert made.outputs is not None
        np.testing.assert_allclose(made.outputs[0], recorded["out0"], atol=2e-6)
