"""Models of Keras 1 with options that few have: against what Keras 1 computed (tools/record_keras_1.py).

tests/data/keras-1-repairs.tsv records that real targets load the results with equal outputs:

    python tools/check_repairs.py UNPACKED SETUPS.jsonl "py311_tf221_k3151=…" … --out tests/data/keras-1-repairs.tsv

UNPACKED: tests/data/keras-1-models.tar.xz.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from test_repairs import TOLERANCE, apart, ending

from keras_doctor import Environment, RepairReport, repair
from outputs import mended as compared

DATA = Path(__file__).resolve().parents[1] / "data"
KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
WITH = "keras122_tensorflow"


def rows() -> list[dict[str, str]]:
    with (DATA / "keras-1-repairs.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def mended(keras_1_models: Path, name: str, folder: Path, target: str = KERAS_3, saver: str = WITH) -> RepairReport:
    environment = Environment.parse(target)
    result = folder / f"mended{ending(environment)}"
    return repair(keras_1_models / saver / name / "model.h5", result, environment, verify="none", force=True)


def test_results_are_as_they_were_recorded(keras_1_models: Path, tmp_path: Path) -> None:
    """What real targets loaded with equal outputs we say loads, and NumPy agrees."""
    wrong = {}
    for number, row in enumerate(rows()):
        environment = Environment.parse(row["env"])
        result = tmp_path / f"{number}{ending(environment)}"
        report = repair(keras_1_models / row["file"], result, environment, verify="none")
        if row["outcome"] != "equal":
            continue
        assert report.verdict == "loads", (row, report.remaining)
        found = apart(result, (keras_1_models / row["file"]).with_name("golden.npz"))
        if found is not None and found > TOLERANCE:
            wrong[row["file"], row["env"]] = found
    assert not wrong


def test_the_recorded_run() -> None:
    """What is not equal is refused, and says so; all but what nothing in the file tells."""
    outcomes = {(row["file"], row["env"]): row["outcome"].split(":")[0] for row in rows()}
    others = {file for (file, env), outcome in outcomes.items() if outcome != "equal" and env == KERAS_3}
    assert {file.split("/")[1] for file in others} <= {"dim_unknown"}
    assert Counter(outcomes.values())["equal"] > 0.85 * len(outcomes)


def test_channels_stand_where_the_file_says(keras_1_models: Path, tmp_path: Path) -> None:
    """The other layers, the stored arrays, or the axis of a BatchNormalization; else it is named as a guess."""
    for name, why, kind in (
        ("dim_conv", "as the stored arrays and the declared inputs want", "exact"),
        ("dim_each_step", "as the other layers say", "exact"),
        ("dim_axis", "as the axis of its BatchNormalization says", "exact"),
        ("dim_unknown", "no other layer tells", "approximate"),
    ):
        (change,) = (one for one in mended(keras_1_models, name, tmp_path).changes if one.fix == "dim-ordering")
        assert why in change.message
        assert change.kind == kind


def test_releases_before_1_1_took_channels_first(keras_1_models: Path, tmp_path: Path) -> None:
    report = mended(keras_1_models, "dim_unknown", tmp_path, saver="keras108_theano")
    (change,) = (one for one in report.changes if one.fix == "dim-ordering")
    assert 'dim_ordering="th"' in change.message
    assert apart(Path(report.path or ""), keras_1_models / "keras108_theano/dim_unknown/golden.npz") == 0


@pytest.mark.parametrize(
    ("name", "saver", "fix"),
    [
        ("srelu_shared", "keras122_tensorflow", "features-composed"),
        ("srelu_shared", "keras122_theano", "features-composed"),
        ("softplus", "keras122_theano", "features-composed"),
        ("batch_mode_2", "keras122_tensorflow", "features-composed"),
        ("prelu_shared", "keras122_tensorflow", "axes-shared"),
        ("merged_by_function", "keras122_tensorflow", "merge-function"),
        ("window_even_first", "keras122_theano", "theano-windows"),
        ("dim_nested", "keras122_tensorflow", "dim-ordering"),
        ("local_first", "keras122_tensorflow", "locally-connected"),
        ("merged_by_cosine", "keras122_tensorflow", "merge-cosine"),
        ("dense_each_step", "keras122_tensorflow", "dense-combined"),
        ("handed_on_three_times", "keras122_tensorflow", "input-named"),
    ],
)
def test_a_fix(keras_1_models: Path, tmp_path: Path, name: str, saver: str, fix: str) -> None:
    """What Keras 1 computed, by the fix that is meant for it."""
    report = mended(keras_1_models, name, tmp_path, saver=saver)
    assert fix in [change.fix for change in report.changes]
    found = apart(Path(report.path or ""), keras_1_models / saver / name / "golden.npz")
    assert found is not None
    assert found <= TOLERANCE


def test_a_mode_is_not_dropped_where_it_cannot_be_rewritten(keras_1_models: Path, tmp_path: Path) -> None:
    """Keras 2 has no EinsumDense: a BatchNormalization of mode 2 is refused by its keyword."""
    target = "python==3.6 keras==2.2.4 tensorflow==1.13.1"
    report = mended(keras_1_models, "batch_mode_2", tmp_path, target)
    assert any("mode" in finding.message for finding in report.remaining), report.remaining
    assert not report.path


@pytest.mark.parametrize("target", [KERAS_3, "python==3.7 tensorflow==2.4.4"])
def test_a_highway_of_keras_1_1_has_its_arrays_in_another_order(target: str, tmp_path: Path) -> None:
    """Against what Keras 1.1.2 computed (tools/record_highway.py)."""
    result = tmp_path / f"mended{ending(Environment.parse(target))}"
    report = compared("keras-1.1-highway", target, result, atol=1e-6)
    told = [change.message for change in report.changes if change.fix == "dense-combined"]
    assert sum("whose bias stood between" in one for one in told) == 2


@pytest.mark.parametrize("target", [KERAS_3, "python==3.7 tensorflow==2.4.4"])
def test_slopes_are_shared_over_the_axes_that_images_leave_open(target: str, tmp_path: Path) -> None:
    """Against what Keras 1.2.2 computed (tools/record_open_slopes.py)."""
    result = tmp_path / f"mended{ending(Environment.parse(target))}"
    report = compared("keras-1-open-slopes", target, result, atol=2e-6)
    assert {change.kind for change in report.changes} == {"exact"}
