"""What an optimizer keeps, on its way to another release: exact where one more step is the same in both.

tests/data/training-steps.tsv records that step in real releases (tools/check_training.py).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from keras_doctor import Environment, repair
from keras_doctor.fixes.training import _Rewriting
from keras_doctor.loaders.load import api_of

RECORDED = Path(__file__).parents[1] / "data/training-steps.tsv"
KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TF_215 = "python==3.11 tensorflow==2.15.1"
SCALED = "weights scaled by 1.2 move by 0.83 to 0.69 of what they did"
COUNTED = "Keras 1 and 2 may count a step before they take it"
EPSILON = "RMSprop adds its epsilon elsewhere"
SAME = 1e-3  # of how far the step moved the outputs


def rows() -> list[dict[str, str]]:
    with RECORDED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_what_is_said_to_be_exact_was_the_same_step_in_real_releases() -> None:
    exact = [row for row in rows() if row["kind"] == "exact"]
    assert len(exact) > 100
    assert len({(row["source"], row["env"]) for row in exact}) > 5
    for row in exact:
        if row["model"] == "normalized":  # a bias before a normalization has no gradient, and Adam makes rounding large
            continue
        known = row["again"] in ("", "0.0e+00") or float(row["again"]) < SAME
        assert not known or float(row["step"]) < SAME, row


def test_steps_of_another_size_are_said_to_be_approximate() -> None:
    """Such a step is not the same by far, so that the test above can fail."""
    notes = {note: [] for note in (SCALED, COUNTED)}
    for row in rows():
        for note, steps in notes.items():
            if note in row["note"] and row["kind"] == "approximate":
                steps.append(float(row["step"]))
    for note, steps in notes.items():
        assert steps, note
        assert sum(step > SAME for step in steps) > 0.5 * len(steps), note


def test_what_is_dropped_says_why() -> None:
    dropped = [row for row in rows() if row["kind"] == "dropped"]
    assert dropped
    assert all(row["note"].startswith("leave out") for row in dropped)


@pytest.mark.parametrize(
    ("file", "spec", "notes"),
    [
        ("py36_keras224_tf113/lstm/model.h5", KERAS_3, [SCALED, COUNTED]),
        ("py37_keras231_tf115/mlp_seq/model.h5", TF_215, [COUNTED]),
        ("py38_tf210/opt_rmsprop/model.h5", KERAS_3, [EPSILON]),
        ("py37_tf24/mlp_seq/model.h5", KERAS_3, []),
    ],
)
def test_how_exact_a_file_goes(file: str, spec: str, notes: list[str], corpus: Path, tmp_path: Path) -> None:
    result = tmp_path / f"out{'.keras' if spec == KERAS_3 else '.h5'}"
    report = repair(corpus / file, result, Environment.parse(spec), verify="none")
    (change,) = [change for change in report.changes if change.fix == "optimizer-state-carried"]
    assert change.kind == ("approximate" if notes else "exact")
    assert change.note.count(";") == max(len(notes) - 1, 0)
    assert all(note in change.note for note in notes)


@pytest.mark.parametrize("name", ["AdamW", "Lion"])
def test_newer_optimizers_have_one_name_in_hdf5(name: str) -> None:
    """`deserialize` of tf.keras 2.15 finds these as registered classes only."""
    entry = {"class_name": name, "config": {"learning_rate": 0.1, "weight_decay": 0.01}}
    made = _Rewriting(api_of("tf.keras", "2.15.1"), archive=False).entry(entry, "optimizers")
    assert made["class_name"] == f"Custom>{name}"
    assert made["config"]["weight_decay"] == 0.01
