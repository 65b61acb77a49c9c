"""Folders that are no model themselves: what kind they are, and which models lie in them."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest

from keras_doctor.artifacts import read
from keras_doctor.artifacts.formats import TITLES
from keras_doctor.environments import Environment
from keras_doctor.rules import diagnose

NEWEST = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")


@pytest.fixture
def model(corpus):
    return corpus / "py311_tf215/mlp_seq/model.h5"


def test_models_in_a_folder_are_named(corpus, tmp_path, model):
    (tmp_path / "a").mkdir()
    shutil.copy(model, tmp_path / "a/model.h5")
    shutil.copy(corpus / "py311_tf221_k3151/mlp_seq/model.keras", tmp_path / "best.keras")
    shutil.copytree(corpus / "py311_tf215/mlp_seq/savedmodel", tmp_path / "a/saved")
    (tmp_path / ".git").mkdir()
    shutil.copy(model, tmp_path / ".git/model.h5")
    (tmp_path / "notes.txt").write_text("x")
    document = read(str(tmp_path))
    assert document.format == "folder"
    assert document.facts["models"] == (
        ("a/saved", "savedmodel"),
        ("best.keras", "keras-v3"),
        ("a/model.h5", "hdf5-model"),
    )
    diagnosis = diagnose(document, NEWEST)
    assert (diagnosis.verdict, diagnosis.cause, diagnosis.decisive.code) == ("fails", "path-problem", "KD113")


def test_a_folder_with_a_files_name(tmp_path, model):
    folder = tmp_path / "model.h5"
    folder.mkdir()
    shutil.copy(model, folder / "model.h5")
    diagnosis = diagnose(str(folder), NEWEST)
    assert "although its name is a file's; the model is inside: model.h5" in diagnosis.decisive.message
    assert diagnosis.decisive.remedies[0].command.endswith("model.h5/model.h5")


def test_empty(tmp_path):
    assert "it is empty" in diagnose(str(tmp_path), NEWEST).decisive.message


@pytest.mark.parametrize(
    ("files", "form"),
    [
        (("MLmodel", "data/model.keras"), "mlflow-model"),
        (("config.json", "tf_model.h5", "tokenizer_config.json"), "transformers-model"),
        (("blobs/x", "refs/main", "snapshots/abc/model.keras"), "huggingface-cache"),
        ((".zgroup",), "zarr"),
        (("_CHECKPOINT_METADATA", "pytree/_METADATA"), "orbax-step"),
    ],
)
def test_kinds(tmp_path, corpus, files, form):
    for name in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".keras"):
            shutil.copy(corpus / "py311_tf221_k3151/mlp_seq/model.keras", path)
        else:
            path.write_text("{}")
    document = read(str(tmp_path))
    assert document.format == form
    if any(name.endswith(".keras") for name in files):
        assert [form for _, form in document.facts["models"]] == ["keras-v3"]
    assert diagnose(document, NEWEST).verdict == "fails"


def test_core_ml_package(tmp_path):
    folder = tmp_path / "a.mlpackage"
    folder.mkdir()
    (folder / "Manifest.json").write_text("{}")
    assert read(str(folder)).format == "coreml-package"
    assert diagnose(str(folder), NEWEST).cause == "not-a-model"


def test_links_and_unreadable_parts_do_not_stop_it(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.h5").symlink_to(tmp_path / "nowhere.h5")
    assert read(str(tmp_path)).format == "folder"


def orbax(folder, config):
    """Make what keras.callbacks.OrbaxCheckpoint of 3.15.1 writes with orbax-checkpoint 0.12.8, without the arrays."""
    for step in ("9", "10"):
        for part in ("model_config", "pytree"):
            (folder / step / part).mkdir(parents=True)
            (folder / step / part / "_METADATA").write_text("{}")
        (folder / step / "_CHECKPOINT_METADATA").write_text("{}")
        (folder / step / "model_config/_strings.json").write_text(json.dumps({"config": json.dumps(config[step])}))


def test_orbax(tmp_path):
    layers = [{"class_name": "Dense", "module": "keras.layers", "config": {"units": 3}, "registered_name": None}]
    configs = {
        step: {"module": "keras", "class_name": "Sequential", "config": {"name": step, "layers": layers}}
        for step in ("9", "10")
    }
    orbax(tmp_path, configs)
    document = read(str(tmp_path))
    assert document.format == "orbax"
    assert document.format in TITLES
    assert document.config == configs["10"]
    assert document.config_locus.part == "10/model_config/_strings.json"
    assert document.facts["steps"] == ("9", "10")
    assert len(document.layers) == 1
    diagnosis = diagnose(str(tmp_path / "10"), NEWEST)
    assert diagnosis.cause == "path-problem"
    assert "the folder around the steps" in diagnosis.decisive.message
    (tmp_path / "10/model_config/_strings.json").write_text('{"config": "{"}')
    assert [damage.kind for damage in read(str(tmp_path)).damage] == ["text"]


def test_a_preset_of_keras_hub_is_named(corpus, tmp_path):
    """Its parts have the names of a Keras model's; keras_hub/src/utils/preset_utils.py (0.32) writes what is here."""
    with zipfile.ZipFile(corpus / "py311_tf221_k3151/mlp_seq/model.keras") as archive:
        archive.extractall(tmp_path)
    metadata = json.loads((tmp_path / "metadata.json").read_text())
    (tmp_path / "metadata.json").write_text(json.dumps({**metadata, "keras_hub_version": "0.32.0", "tasks": []}))
    (tmp_path / "tokenizer.json").write_text("{}")
    document = read(str(tmp_path))
    assert document.format == "keras-v3-directory"
    assert document.title == "preset of KerasHub 0.32.0, which from_preset loads"
    (tmp_path / "metadata.json").write_text(json.dumps(metadata))
    assert read(str(tmp_path)).title == ""
