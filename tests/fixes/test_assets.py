"""Files beside the config: HDF5 has no place for them, and the plan says that they are left out."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from keras_doctor import Environment, read, repair
from keras_doctor.fixes import plan

CONFIG = {
    "class_name": "Sequential",
    "config": {
        "name": "s",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "name": "i"}},
            {"class_name": "Dense", "config": {"name": "d", "units": 2}},
        ],
    },
    "keras_version": "2.15.0",
    "backend": "tensorflow",
}


def test_dropped_assets_are_told(tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text(json.dumps(CONFIG), encoding="utf-8")
    asset = SimpleNamespace(path="assets/layers/d/words.txt", size=1)
    document = read(path).changed(assets=(asset,))
    made = plan(document, Environment.parse("python==3.11 tensorflow==2.15.1"), "hdf5-model", "made.h5")
    told = [change for change in made.changes if change.fix == "assets-dropped"]
    assert [change.kind for change in told] == ["lossy"]
    assert "words.txt" in told[0].message
    assert made.document.assets == ()
    kept = plan(document, Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0"), "keras-v3", "made.keras")
    assert kept.document.assets == (asset,)


def test_an_archive_for_tf_keras_without_the_vocabulary_cannot_look_up(corpus: Path, tmp_path: Path) -> None:
    """tf.keras 2.12, 2.13 and 2.15 and tf-keras 2.16 and 2.21 load it, and predict raises: Table not initialized."""
    source = corpus / "py311_tf221_k3151/textvec/model.h5"
    target = Environment.parse("python==3.11 tensorflow==2.15.1")
    report = repair(source, tmp_path / "made.keras", target, verify="none")
    assert report.verdict == "loads-not-runnable"
    assert [finding.code for finding in report.remaining] == ["KD318"]
