"""What an optimizer keeps, on its way to another release: exact where one more step is the same in both.

tools/check_training.py does that step in real releases.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_doctor import Environment, repair
from keras_doctor.fixes.training import _Rewriting
from keras_doctor.loaders.load import api_of

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TF_215 = "python==3.11 tensorflow==2.15.1"
SCALED = "weights scaled by 1.2 move by 0.83 to 0.69 of what they did"
COUNTED = "Keras 1 and 2 may count a step before they take it"
EPSILON = "RMSprop adds its epsilon elsewhere"


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
