"""Numbers as Keras 2.1 and TensorFlow 1 wrote them: arrays, None (tools/record_old_numbers.py)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keras_doctor import Environment, diagnose, read, repair
from keras_doctor.rescue.evaluation import evaluate

DATA = Path(__file__).parents[1] / "data/old-numbers"
LOADS = [tuple(line.split("\t")) for line in (DATA / "loads.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("name", "spec", "verdict"), LOADS)
def test_what_releases_make_of_them(name: str, spec: str, verdict: str) -> None:
    assert diagnose(DATA / f"{name}.h5", Environment.parse(spec)).verdict == verdict


@pytest.mark.parametrize(("name", "spec"), [(name, spec) for name, spec, _ in LOADS])
def test_they_are_repaired(name: str, spec: str, tmp_path: Path) -> None:
    result = tmp_path / "made.h5"
    report = repair(DATA / f"{name}.h5", result, Environment.parse(spec), verify="none")
    assert report.verdict == "loads", report.remaining
    with np.load(DATA / f"{name}.npz") as recorded:
        made = evaluate(read(str(result)), [recorded["in0"]])
        assert made.outputs is not None, made
        np.testing.assert_allclose(made.outputs[0], recorded["out0"], atol=1e-6)


def test_an_array_becomes_what_it_holds(tmp_path: Path) -> None:
    result = tmp_path / "made.h5"
    repair(DATA / "rows.h5", result, Environment.parse("python==3.11 tensorflow==2.15.1"), verify="none")
    config = read(str(result)).config["config"]["layers"][-1]["config"]
    assert config["embeddings_initializer"]["config"]["value"][1] == [0.25, 0.375]
