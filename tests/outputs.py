"""What a model puts out, against what a release recorded: arrays in0 …, out0 … of a golden.npz."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from keras_doctor import Environment, RepairReport, read, repair
from keras_doctor.rescue.evaluation import evaluate

DATA = Path(__file__).parent / "data"


def difference(outputs: tuple[np.ndarray, ...], golden: np.lib.npyio.NpzFile) -> float:
    """Return the largest difference in units of the recorded outputs' scale."""
    worst, scale = 0.0, 0.0
    for place, output in enumerate(outputs):
        wanted = golden[f"out{place}"]
        if f"shape{place}" in golden.files:
            assert output.shape == tuple(golden[f"shape{place}"])
            output = output.ravel()[:: output.size // 60 + 1]
        assert output.shape == wanted.shape
        if wanted.dtype.kind in "OSU" or output.dtype.kind == "O":
            texts = [one.decode() if isinstance(one, bytes) else str(one) for one in wanted.ravel()]
            assert [str(one) for one in output.ravel()] == texts
            continue
        output, wanted = output.astype(np.float64), wanted.astype(np.float64)
        assert np.array_equal(np.isfinite(output), np.isfinite(wanted))
        known = np.isfinite(wanted)
        worst = max(worst, float(np.abs(output[known] - wanted[known]).max(initial=0)))
        scale = max(scale, float(np.abs(wanted)[known].max(initial=0)))
    return worst / (scale or 1.0)


def inputs_of(golden: np.lib.npyio.NpzFile) -> list[np.ndarray]:
    return [golden[f"in{place}"] for place in range(len(golden.files)) if f"in{place}" in golden.files]


def mended(name: str, target: str, result: Path, atol: float) -> RepairReport:
    """Repair DATA/NAME.h5 for a target; assert that it loads there and puts out what NAME.npz records."""
    report = repair(DATA / f"{name}.h5", result, Environment.parse(target), verify="none")
    assert report.diagnosis.verdict == "loads", report.remaining
    with np.load(DATA / f"{name}.npz") as recorded:
        made = evaluate(read(result), [recorded["in0"]])
        assert made.outputs is not None
        np.testing.assert_allclose(made.outputs[0], recorded["out0"], atol=atol)
    return report
