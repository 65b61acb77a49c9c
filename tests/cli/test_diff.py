"""`keras-doctor diff`: what real releases saved of one model in several formats is equal; what was changed is told."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import jsonschema
import numpy as np
import pytest

from keras_doctor import read
from keras_doctor.cli import main
from keras_doctor.rescue.differing import diff
from keras_doctor.rescue.differing.entries import Values
from keras_doctor.rescue.differing.values import compared

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/diff-1.json").read_text())
for _part in (SCHEMA, *SCHEMA["$defs"].values()):  # ours may grow, but not without being written down
    if "properties" in _part:
        _part["additionalProperties"] = False
FORMATS = ("model.h5", "model.keras", "legacy_weights.h5", "model.weights.h5", "savedmodel", "ckpt.index")
# Keras 3.0.5 gave the variables of a layer one name in HDF5, and so lost all but one of each.
LOST = {("py311_tf216_k305", "bilstm"), ("py311_tf216_k305", "mha_ln")}


def folders(corpus: Path, every: int):
    yield from [path for path in sorted(corpus.glob("py*/*")) if path.is_dir()][::every]


def test_one_model_in_several_formats(corpus):
    compared = 0
    for folder in folders(corpus, 8):
        paths = [folder / name for name in FORMATS if (folder / name).exists()]
        documents = [read(path) for path in paths]
        for path, document in zip(paths[1:], documents[1:], strict=True):
            found = diff(documents[0], document, ["weights"])
            lost = (folder.parent.name, folder.name) in LOST
            assert found.equal is not lost, (paths[0], path, found.entries[:3])
            compared += 1
            if paths[0].name == "model.h5" and path.name == "model.keras":
                assert diff(documents[0], document, ["config"]).entries == (), folder
    assert compared > 60


@pytest.fixture
def pair(corpus, tmp_path):
    """Return two copies of one model."""
    source = corpus / "py37_tf24/cnn/model.h5"
    return shutil.copy(source, tmp_path / "a.h5"), shutil.copy(source, tmp_path / "b.h5")


def changed_config(path, change) -> None:
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        change({layer["config"]["name"]: layer for layer in config["config"]["layers"]}, config["config"]["layers"])
        file.attrs["model_config"] = json.dumps(config)


def seen(capsys, *words) -> tuple[int, dict]:
    status = main(["diff", *map(str, words), "--json"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    return status, found


def short(found: dict) -> list:
    return [[one[key] for key in ("section", "where", "key", "change", "a", "b")] for one in found["differences"]]


def test_equal_files(pair, capsys):
    status, found = seen(capsys, *pair)
    assert (status, found["equal"], found["differences"], found["notation"]) == (0, True, [], [])
    assert found["tensors"]["equal"] == found["tensors"]["in_both"] > 10
    assert main(["diff", *map(str, pair)]) == 0
    assert "nothing differs" in capsys.readouterr().out


def test_what_was_changed_in_the_config(pair, capsys):
    def change(layers, _):
        layers["conv2d"]["config"]["activation"] = "tanh"
        layers["conv2d"]["config"]["kernel_initializer"]["config"]["seed"] = 3
        layers["dense"]["config"]["name"] = "head"
        layers["dropout"]["class_name"] = "SpatialDropout2D"

    changed_config(pair[1], change)
    status, found = seen(capsys, *pair, "--only", "config")
    assert status == 1
    assert short(found) == [
        ["config", "conv2d", "activation", "changed", "relu", "tanh"],
        ["config", "conv2d", "kernel_initializer.config.seed", "only-b", None, 3],
        ["config", "dropout", "", "changed", found["differences"][2]["a"], found["differences"][2]["b"]],
        ["config", "dense", "name", "changed", "dense", "head"],
    ]
    assert found["differences"][2]["b"]["class_name"] == "SpatialDropout2D"


def test_layers_that_came_went_and_moved(pair, capsys):
    def change(_, layers):
        names = [layer["config"]["name"] for layer in layers]
        layers.insert(1, layers.pop(names.index("dropout")))
        del layers[-1]
        layers.append({"class_name": "Flatten", "config": {"name": "another"}})

    changed_config(pair[1], change)
    _, found = seen(capsys, *pair, "--only", "config")
    assert [one[1:4] for one in short(found)] == [
        ["dense", "", "only-a"],
        ["another", "", "only-b"],
        ["dropout", "position", "moved"],
    ]


def test_what_was_changed_in_the_weights(pair, capsys):
    with h5py.File(pair[1], "r+") as file:
        weights = file["model_weights"]
        weights["conv2d/conv2d/kernel:0"][0, 0, 0, :2] += 0.5
        bias = weights["dense/dense/bias:0"][()]
        del weights["dense/dense/bias:0"]
        weights["dense/dense/bias:0"] = bias.astype("float64")
        gamma = weights["batch_normalization/batch_normalization/gamma:0"]
        gamma[0] = np.nan
        weights["batch_normalization/batch_normalization/beta:0"][0] = -0.0
        kernel = weights["dense/dense/kernel:0"][()]
        del weights["dense/dense/kernel:0"]
        weights["dense/dense/kernel:0"] = kernel.T
    with h5py.File(pair[0], "r+") as file:
        largest = float(abs(file["model_weights/conv2d/conv2d/kernel:0"][()]).max())
        file["model_weights/batch_normalization/batch_normalization/beta:0"][0] = 0.0
    status, found = seen(capsys, *pair)
    assert status == 1
    told = {(one["where"], one["key"]): one for one in found["differences"]}
    assert set(told) == {
        ("conv2d", "kernel"), ("batch_normalization", "gamma"), ("dense", "kernel"), ("dense", "bias"),
    }  # fmt: skip
    values = told["conv2d", "kernel"]["values"]
    assert (values["differing"], values["count"]) == (2, 108)
    assert values["max_abs"] == pytest.approx(0.5)
    assert values["scale"] == pytest.approx(largest)
    assert told["batch_normalization", "gamma"]["values"]["differing"] == 1
    assert told["batch_normalization", "gamma"]["values"]["max_abs"] is None
    assert (told["dense", "bias"]["a"]["dtype"], told["dense", "bias"]["b"]["dtype"]) == ("float32", "float64")
    assert "values" not in told["dense", "bias"]
    assert told["dense", "kernel"]["b"]["shape"] == told["dense", "kernel"]["a"]["shape"][::-1]
    assert main(["diff", *map(str, pair)]) == 1
    out = capsys.readouterr().out
    assert "conv2d: kernel  float32[3, 3, 3, 4], 2 of 108 values differ, by 0.5 at most" in out
    assert "dense: bias  float32[5] → float64[5]" in out


def test_without_numpy_it_is_only_said_that_values_differ(pair):
    with h5py.File(pair[1], "r+") as file:
        file["model_weights/conv2d/conv2d/kernel:0"][0, 0, 0, 0] += 0.5
    code = "import sys; sys.modules['numpy'] = None\nfrom keras_doctor.cli import main\nsys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", code, "diff", *pair], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "conv2d: kernel  float32[3, 3, 3, 4], values differ (NumPy is needed" in done.stdout
    assert "23 of 24 tensors equal" in done.stdout


def test_what_was_changed_in_the_training_state(pair, capsys):
    with h5py.File(pair[1], "r+") as file:
        config = json.loads(file.attrs["training_config"])
        config["optimizer_config"]["config"]["learning_rate"] = 0.5
        config["loss"] = "hinge"
        file.attrs["training_config"] = json.dumps(config)
        slot = next(name for name in file["optimizer_weights"].attrs["weight_names"] if b"conv2d/kernel/m" in name)
        file["optimizer_weights"][slot][0, 0, 0, 0] += 1
    _, found = seen(capsys, *pair)
    assert [(one["section"], one["where"], one["key"]) for one in found["differences"]] == [
        ("training", "", "optimizer.config.learning_rate"),
        ("training", "", "loss"),
        ("training", "optimizer", "Adam/conv2d/kernel/m"),
    ]


def test_assets_and_provenance(corpus, tmp_path, capsys):
    source = corpus / "py311_tf221_k3151/textvec/model.keras"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "b.keras", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("assets/"):
                data += b"\nword"
            if name == "metadata.json":
                data = data.replace(b"3.15.1", b"3.14.0")
            new.writestr(name, data)
    status, found = seen(capsys, source, tmp_path / "b.keras")
    assert status == 1
    assert {one["section"] for one in found["differences"]} == {"provenance", "assets"}
    assert seen(capsys, source, tmp_path / "b.keras", "--only", "weights", "--only", "config")[0] == 0


def test_notation_is_told_apart(corpus, capsys):
    folder = corpus / "py311_tf215/cnn"
    status, found = seen(capsys, folder / "model.h5", folder / "model.keras", "--only", "config")
    assert status == 0
    assert {one["key"] for one in found["notation"]} >= {"module", "registered_name"}
    main(["diff", str(folder / "model.h5"), str(folder / "model.keras"), "--only", "config", "--notation"])
    assert "written in another way" in capsys.readouterr().out


def test_damaged_tensors_are_told(corpus, tmp_path, capsys):
    from keras_doctor.writers import write

    source = corpus / "py37_tf24/cnn/model.h5"
    write(read(source), tmp_path / "b.h5")  # the bytes of the last tensor end the file
    os.truncate(tmp_path / "b.h5", (tmp_path / "b.h5").stat().st_size - 4)
    status, found = seen(capsys, source, tmp_path / "b.h5")
    assert status == 1
    assert [one["change"] for one in found["differences"]] == ["unreadable"]
    assert found["b"]["damage"]


@pytest.mark.parametrize("words", [[], ["a"], ["a", "b", "c"], ["-", "-"], ["a", "b", "--only", "colours"]])
def test_usage(words, capsys):
    assert main(["diff", *words]) == 2
    assert capsys.readouterr().err


def test_what_is_no_model(tmp_path, pair, capsys):
    (tmp_path / "notes.txt").write_text("hello")
    assert main(["diff", str(pair[0]), str(tmp_path / "notes.txt")]) == 2
    assert "holds neither a model nor weights" in capsys.readouterr().err


def test_standard_input(pair, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": io.BytesIO(Path(pair[0]).read_bytes())}))
    assert seen(capsys, "-", pair[1])[0] == 0


def test_a_type_without_a_name_is_no_float(corpus):
    damaged = read(corpus / "pathology/flip_64-tf215h5/model.h5")  # a flipped bit made float32 a float of its own
    odd = next(tensor for tensor in damaged.tensors() if tensor.dtype == "float")
    sound = next(tensor for tensor in damaged.tensors() if tensor.dtype == "float32" and tensor.shape == odd.shape)
    assert compared(odd, sound) == Values(4)


def test_what_is_nested_without_end(tmp_path, capsys):
    paths = []
    for number in range(2):
        value = "[" * 900 + str(number) + "]" * 900
        config = f'{{"class_name": "Dense", "config": {{"name": "d", "units": {value}}}}}'
        path = tmp_path / f"{number}.json"
        path.write_text(f'{{"class_name": "Sequential", "config": {{"name": "m", "layers": [{config}]}}}}')
        paths.append(str(path))
    assert main(["diff", paths[0], paths[0]]) == 0
    assert main(["diff", *paths]) == 1
    assert "d: units" in capsys.readouterr().out
