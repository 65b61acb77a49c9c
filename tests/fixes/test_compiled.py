"""Training configs in the words of other releases.

What the savers were told
(tests/data/corpus.tar.xz: Adam with a learning rate of 0.01, binary cross-entropy smoothed by 0.1 …) is in the result.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keras_doctor import Environment, read, repair

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TF_215 = "python==3.11 tensorflow==2.15.1"
KERAS_224 = "python==3.6 keras==2.2.4 tensorflow==1.13.1"


def compiled(source: Path, spec: str, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the training config of a repaired file, and what was lost of it."""
    result = folder / ("mended.keras" if "keras==3" in spec else "mended.h5")
    report = repair(source, result, Environment.parse(spec), verify="none")
    config = read(str(result)).training.config
    assert config is not None
    return config, [c.message for c in report.changes if c.kind == "lossy"]


@pytest.mark.parametrize(
    ("file", "spec"),
    [
        ("py36_keras122_tf14/mlp_seq/model.h5", KERAS_3),
        ("py37_tf24/mlp_seq/model.h5", KERAS_3),
        ("py311_tf221_k3151/mlp_seq/model.h5", TF_215),
        ("py311_tf221_k3151/mlp_seq/model.h5", KERAS_224),
    ],
)
def test_the_optimizer_goes_with_the_model(file: str, spec: str, corpus: Path, tmp_path: Path) -> None:
    config, lost = compiled(corpus / file, spec, tmp_path)
    optimizer = config.get("optimizer") or config["optimizer_config"]
    assert optimizer["class_name"].removeprefix("Custom>") == "Adam"
    rate = optimizer["config"].get("learning_rate", optimizer["config"].get("lr"))
    assert rate == pytest.approx(0.01)
    assert config["loss"] == "categorical_crossentropy"
    assert config["metrics"] == ["accuracy"] or config["metrics"][0]["config"]["name"] == "accuracy"
    assert lost == []  # the optimizer's variables go along


def test_wrapped_functions_become_metrics_of_keras_3(corpus: Path, tmp_path: Path) -> None:
    config, _ = compiled(corpus / "py37_tf24/compile_dense_metrics/model.h5", KERAS_3, tmp_path)
    assert config["loss"]["config"]["label_smoothing"] == 0.1
    assert config["loss"]["config"]["reduction"] == "sum_over_batch_size"
    assert [(m["class_name"], m["config"]["name"]) for m in config["metrics"]] == [
        ("BinaryAccuracy", "acc"),
        ("MeanAbsoluteError", "mae"),
        ("AUC", "auc"),
        ("Precision", "precision"),
    ]


def test_what_the_target_has_no_word_for_is_named(corpus: Path, tmp_path: Path) -> None:
    source = corpus / "py311_tf216_k305/compile_dense_metrics/model.h5"
    config, lost = compiled(source, KERAS_224, tmp_path)
    assert config["loss"] == "binary_crossentropy"
    assert config["metrics"] == ["acc", "mean_absolute_error"] or config["metrics"] == ["acc", "mae"]
    assert lost == [
        "leave out label_smoothing = 0.1 of BinaryCrossentropy",
        "leave out a metric: AUC is not known there",
        "leave out a metric: Precision is not known there",
    ]


def test_a_decay_becomes_the_schedule_that_computes_the_same(corpus: Path, tmp_path: Path) -> None:
    """Keras 3 takes the keyword, warns, and ignores it."""
    from keras_doctor.fixes.training import _Rewriting
    from keras_doctor.loaders.load import api_of

    entry = {"class_name": "SGD", "config": {"lr": 0.1, "momentum": 0.9, "decay": 1e-3, "nesterov": True}}
    made = _Rewriting(api_of("keras", "3.15.1"), archive=True).entry(entry, "optimizers")
    rate = made["config"]["learning_rate"]
    assert rate["class_name"] == "InverseTimeDecay"
    assert rate["config"] == {"initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 1e-3}
    assert "decay" not in made["config"]
    assert made["config"]["nesterov"] is True
