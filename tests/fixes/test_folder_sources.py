"""Archives that were unzipped, and weights in shards, become one file; neither is written."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.evaluation import evaluate
from keras_doctor.rescue.wishes import kind_of
from outputs import difference, inputs_of

if TYPE_CHECKING:
    from pathlib import Path

KERAS_3 = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")


def apart(path: Path, golden: Path) -> float:
    with np.load(golden) as recorded:
        made = evaluate(read(str(path)), inputs_of(recorded))
        assert made.outputs is not None
        return float(difference(made.outputs, recorded))


@pytest.mark.parametrize("name", ["nested", "textvec"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_an_unzipped_archive(corpus: Path, name: str, ending: str, tmp_path: Path) -> None:
    model = corpus / "py311_tf221_k3151" / name
    with zipfile.ZipFile(model / "model.keras") as archive:
        archive.extractall(tmp_path / "folder")
    result = tmp_path / f"made{ending}"
    assert repair(tmp_path / "folder", result, KERAS_3, verify="none").verdict == "loads"
    assert apart(result, model / "golden.npz") <= 1e-5


@pytest.mark.parametrize("architecture", ["config.json", "model.keras"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_weights_in_shards(sharded: Path, architecture: str, ending: str, tmp_path: Path) -> None:
    result = tmp_path / f"made{ending}"
    index = sharded / "model.weights.json"
    report = repair(index, result, KERAS_3, verify="none", architecture=sharded / architecture)
    assert report.verdict == "loads"
    assert apart(result, sharded / "golden.npz") <= 1e-5


def test_what_is_only_read() -> None:
    with pytest.raises(ValueError, match=r"shards are read, not written: write one file, \.weights\.h5"):
        kind_of("out/model.weights.json", "", modern=True)
    with pytest.raises(ValueError, match="SavedModel is a folder"):
        kind_of("out/model.savedmodel", "", modern=True)
