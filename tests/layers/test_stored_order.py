"""Which variables stand where, compared with the groups and tensors that h5py finds in files of real releases."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import h5py
import pytest

from keras_doctor.layers.stored_order import hdf5_groups, snake_case, v3_groups

# Files that do not hold what their model owns: Keras 3.0 wrote the last of several variables of one name for all,
# TensorFlow 2.5 alone keeps the bins of a Discretization in a variable.
DIFFERENT = {("py311_tf216_k305", "mha_ln"), ("py311_tf216_k305", "nested"), ("py37_tf25", "discretization")}

# Models that are no graphs of stock layers, and one with CuDNN layers, which could not be saved where it was written.
OTHERS = ("custom_", "lambda_", "subclassed", "cudnn_rnn")


def era_of(saver: str) -> str:
    for part, era in (("keras122", "keras-1"), ("keras2", "keras-2"), ("_k3", "keras-3")):
        if part in saver:
            return era
    return "tf.keras"


def stock_models(corpus: Path, name: str) -> list[Path]:
    """Return the files of this name of the models that are graphs of stock layers."""
    files = sorted(corpus.glob(f"py*/*/{name}"))
    return [
        path
        for path in files
        if not path.parent.name.startswith(OTHERS) and (path.parents[1].name, path.parent.name) not in DIFFERENT
    ]


def text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def shapes(variables: Any) -> list[tuple[int, ...]]:
    return [variable.shape for variable in variables]


def test_legacy_hdf5(corpus: Path) -> None:
    groups = broken_off = 0
    for path in stock_models(corpus, "model.h5"):
        with h5py.File(path) as file:
            config = json.loads(text(file.attrs["model_config"]))
            weights = file["model_weights"]
            names = [text(name) for name in weights.attrs["layer_names"]]
            if any(name not in weights or "weight_names" not in weights[name].attrs for name in names):
                broken_off += 1  # several releases stop when they come to a vocabulary
                continue
            stored = [(name, _tensors(weights[name])) for name in names]
        found = hdf5_groups(config, era_of(path.parents[1].name))
        assert [(group.name, shapes(group.variables)) for group in found] == stored, path
        assert all(group.known for group in found)
        groups += len(found)
    assert groups > 3500
    assert broken_off < 20


def _tensors(group: h5py.Group) -> list[tuple[int, ...]]:
    return [group[text(name)].shape for name in group.attrs["weight_names"]]


@pytest.mark.parametrize("saver", ["py311_tf", "py311_jax", "py311_torch"])
def test_v3_store(corpus: Path, saver: str) -> None:
    groups = 0
    for path in stock_models(corpus, "model.keras"):
        if not path.parents[1].name.startswith(saver) or not zipfile.is_zipfile(path):
            continue
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            release = json.loads(archive.read("metadata.json"))["keras_version"]
            stored = _stored(archive.read("model.weights.h5"))
        era = "keras-3" if release.startswith("3") else "tf.keras-v3"
        found = {group.name: shapes(group.variables) for group in v3_groups(config, era, release)}
        assert found == stored, path
        groups += len(found)
    assert groups > 60


def _stored(data: bytes) -> dict[str, list[tuple[int, ...]]]:
    """Return the shapes of the model's own variables by the path of the object that owns them."""
    found: dict[str, dict[int, tuple[int, ...]]] = {}

    def visit(name: str, item: Any) -> None:
        owner, vars_, number = name.rpartition("/vars/")
        if vars_ and isinstance(item, h5py.Dataset) and not name.startswith(("optimizer/", "metrics/")):
            found.setdefault(owner, {})[int(number)] = item.shape

    with h5py.File(io.BytesIO(data)) as file:
        file.visititems(visit)
    return {owner: [variables[number] for number in sorted(variables)] for owner, variables in found.items()}


@pytest.mark.parametrize(
    "name",
    ["Conv2D", "Conv2DTranspose", "LSTMCell", "GRU", "ELU", "PReLU", "ConvLSTM2D", "RMSNormalization", "TFOpLambda"],
)
def test_snake_case(name: str) -> None:
    expected = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()
    assert snake_case(name) == expected
