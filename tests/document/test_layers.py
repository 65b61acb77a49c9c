"""`walk_layers` finds every layer of every era's config; truth is what real releases wrote."""

from __future__ import annotations

import json

import pytest

from keras_doctor.document.model import walk_layers

# Era → saver of the corpus. The architectures' layers are the same whoever saves them.
SAVERS = [
    "py36_keras122_tf14",
    "py36_keras208_tf14",
    "py36_keras224_tf113",
    "py37_tf115",
    "py37_tf24",
    "py38_tf210",
    "py311_tf215",
    "py311_tf221_k3151",
]


def config(corpus, saver, arch):
    path = corpus / saver / arch / "arch.json"
    if not path.exists():
        pytest.skip(f"{saver} wrote no {arch}")
    return json.loads(path.read_text())


@pytest.mark.parametrize("saver", SAVERS)
def test_layers_of_a_nested_model(corpus, saver):
    layers = list(walk_layers(config(corpus, saver, "nested")))
    holders = [layer for layer in layers if layer.class_name in ("Model", "Functional", "Sequential")]
    assert holders
    assert all(any(other.parent == holder.path for other in layers) for holder in holders)


@pytest.mark.parametrize("saver", SAVERS)
def test_connections_of_a_graph(corpus, saver):
    layers = [layer for layer in walk_layers(config(corpus, saver, "func_two_input")) if not layer.depth]
    names = {layer.name for layer in layers}
    inputs = [layer for layer in layers if layer.class_name == "InputLayer"]
    assert len(inputs) == 2
    assert all(not layer.inbound for layer in inputs)
    assert all(layer.inbound and names.issuperset(layer.inbound) for layer in layers if layer not in inputs)


@pytest.mark.parametrize("saver", SAVERS)
def test_wrapped_layers(corpus, saver):
    layers = list(walk_layers(config(corpus, saver, "bilstm")))
    assert [layer.class_name for layer in layers if layer.depth == 1][:1] == ["LSTM"]


@pytest.mark.parametrize(
    "config", [None, 3, [], {}, {"config": 3}, {"config": {"layers": [None, 3, {"class_name": 5}]}}]
)
def test_what_is_no_config_has_no_layers(config):
    assert list(walk_layers(config)) == []


def test_hostile_nesting_is_bounded():
    config = {"class_name": "Sequential", "config": {"layers": []}}
    inner = config["config"]["layers"]
    for _ in range(5000):
        inner.append({"class_name": "Sequential", "config": {"layers": []}})
        inner = inner[0]["config"]["layers"]
    assert len(list(walk_layers(config))) <= 65
    node = {"inbound_nodes": []}
    inner = node["inbound_nodes"]
    for _ in range(5000):
        inner.append([])
        inner = inner[0]
    assert next(walk_layers({"config": [{"class_name": "Dense", **node}]})).inbound == ()
