"""What a repair is asked for beyond a file that loads, on files that real releases wrote."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keras_doctor.artifacts import read
from keras_doctor.environments import Environment
from keras_doctor.layers.stored_variables import stored_variables
from keras_doctor.rescue.repairing import repair
from keras_doctor.rescue.wishes import Wishes, kind_of

h5py = pytest.importorskip("h5py")
KERAS_3 = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")
TF_2_4 = Environment.parse("python==3.7 tensorflow==2.4.0")


@pytest.fixture
def cnn(corpus: Path) -> Path:
    """Return a compiled and trained model of Keras 3.15.1."""
    return corpus / "pathology/trailing_garbage-k3k/model.keras"


@pytest.fixture
def graph(corpus: Path) -> Path:
    """Return a functional model with two inputs, of Keras 3.15.1."""
    return corpus / "pathology/no_versions-k3h5/model.h5"


def values(path: Path) -> list[bytes]:
    """Return the tensors of a model as h5py reads them, the optimizer's left out, in no order."""
    content = path.read_bytes()
    if content.startswith(b"PK"):
        content = zipfile.ZipFile(path).read("model.weights.h5")
    with h5py.File(io.BytesIO(content), "r") as file:
        names: list[str] = []
        file.visit(names.append)
        return sorted(
            np.asarray(file[name]).tobytes()
            for name in names
            if isinstance(file[name], h5py.Dataset) and not name.startswith("optimizer")
        )


def test_weights_only_has_the_layout_that_its_name_promises(cnn: Path, tmp_path: Path) -> None:
    store, legacy = tmp_path / "out.weights.h5", tmp_path / "out.h5"
    assert repair(cnn, store, KERAS_3).holds == "weights"
    assert repair(cnn, legacy, KERAS_3, wishes=Wishes(to="weights")).holds == "weights"
    assert values(store) == values(legacy) == values(cnn)
    with h5py.File(store, "r") as file:
        assert "layers" in file
        assert "optimizer" not in file
    with h5py.File(legacy, "r") as file:
        assert "layer_names" in file.attrs
        assert "model_config" not in file.attrs


def test_weights_for_a_release_without_the_store_are_legacy(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.weights.h5"
    repair(corpus / "pathology/no_versions-tf215h5/model.h5", path, TF_2_4)
    with h5py.File(path, "r") as file:
        assert "layer_names" in file.attrs


def test_json_is_the_architecture(cnn: Path, tmp_path: Path) -> None:
    report = repair(cnn, tmp_path / "out.json", KERAS_3)
    assert report.holds == "architecture"
    found = json.loads((tmp_path / "out.json").read_text())
    names = [layer["config"]["name"] for layer in found["config"]["layers"]]
    assert names == [layer["config"]["name"] for layer in config(cnn)["config"]["layers"]]
    assert "compile_config" not in found or not found["compile_config"]


def test_safetensors_has_every_tensor(cnn: Path, tmp_path: Path) -> None:
    repair(cnn, tmp_path / "out.safetensors", KERAS_3)
    content = (tmp_path / "out.safetensors").read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = {key: entry for key, entry in json.loads(content[8 : 8 + size]).items() if key != "__metadata__"}
    body = content[8 + size :]
    found = sorted(body[slice(*entry["data_offsets"])] for entry in header.values())
    assert found == values(cnn)


def config(path: Path) -> dict[str, Any]:
    if path.suffix == ".h5":
        with h5py.File(path, "r") as file:
            found: dict[str, Any] = json.loads(file.attrs["model_config"])
            return found
    made: dict[str, Any] = json.loads(zipfile.ZipFile(path).read("config.json"))
    return made


def test_inference_only_and_strip_optimizer(cnn: Path, tmp_path: Path) -> None:
    before = read(cnn).training
    assert before.config
    assert before.slots
    bare, stripped = tmp_path / "bare.keras", tmp_path / "stripped.keras"
    first = repair(cnn, bare, KERAS_3, wishes=Wishes(inference_only=True))
    second = repair(cnn, stripped, KERAS_3, wishes=Wishes(strip_optimizer=True))
    assert [change.kind for change in (*first.changes, *second.changes)] == ["lossy", "lossy"]
    assert not config(bare).get("compile_config")
    assert config(stripped)["compile_config"]["loss"] == before.loss
    for path in (bare, stripped):
        assert not read(path).training.slots
        assert values(path) == values(cnn)
    assert first.diagnosis.verdict == second.diagnosis.verdict == "loads"


def test_a_layer_is_renamed_everywhere(graph: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.h5"
    report = repair(graph, path, KERAS_3, wishes=Wishes(renames=(("dense_1", "right"), ("out", "answer"))))
    assert report.path
    assert report.diagnosis.verdict == "loads"
    assert report.verification.equal
    assert '"dense_1"' not in json.dumps(config(path)["config"])
    assert '"out"' not in json.dumps(config(path)["config"])
    assert config(path)["config"]["output_layers"] in (["answer", 0, 0], [["answer", 0, 0]])
    with h5py.File(path, "r") as file:
        names = [
            name if isinstance(name, str) else name.decode() for name in file["model_weights"].attrs["layer_names"]
        ]
        assert {"right", "answer"} <= set(names)
        assert not {"dense_1", "out"} & set(names)
    assert variables(path, "right") == variables(graph, "dense_1")


def variables(path: Path, layer: str) -> list[bytes]:
    document = read(path)
    place = next(
        f"layers[{i}]" for i, node in enumerate(document.config["config"]["layers"]) if node["config"]["name"] == layer
    )
    return [tensor.read() for where, _, tensor in stored_variables(document, "keras-3") if where == place]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("nowhere", "x", "no layer nowhere"), ("dense_1", "out", "a layer out already"), ("dense_1", "a/b", "cannot be")],
)
def test_names_that_cannot_be(graph: Path, tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        repair(graph, tmp_path / "out.h5", KERAS_3, wishes=Wishes(renames=((old, new),)))
    assert not (tmp_path / "out.h5").exists()


def test_an_ending_that_contradicts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"end it with \.keras"):
        kind_of("out.h5", "keras", modern=True)
    with pytest.raises(ValueError, match="names no format"):
        kind_of("out.bin", "", modern=True)
    assert kind_of("out.bin", "keras", modern=True).written == "keras-v3"
