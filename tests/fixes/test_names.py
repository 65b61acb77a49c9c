"""Names that a target does not take are replaced, wherever they stand; calls and outputs go with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_doctor import Environment, read
from keras_doctor.fixes import plan
from keras_doctor.rules import diagnose

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TORCH = "python==3.11 keras==3.15.1 torch==2.10.0 backend=torch"


def model(names: list[str]) -> str:
    """Return the JSON of a functional model as tf.keras 2.10 writes it; the last name is the model's own."""
    first, conv, inner, wrapper, own = names
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8, 3], "dtype": "float32", "name": first}},
        {"class_name": "Conv1D", "config": {"name": conv, "filters": 4, "kernel_size": [3]}},
        {
            "class_name": "Bidirectional",
            "config": {"name": wrapper, "layer": {"class_name": "LSTM", "config": {"name": inner, "units": 2}}},
        },
    ]
    for number, layer in enumerate(layers):
        layer["name"] = layer["config"]["name"]
        layer["inbound_nodes"] = [[[layers[number - 1]["name"], 0, 0, {}]]] if number else []
    ends = {"input_layers": [[first, 0, 0]], "output_layers": [[wrapper, 0, 0]]}
    config = {"name": own, "layers": layers, **ends}
    return json.dumps(
        {"class_name": "Functional", "config": config, "keras_version": "2.10.0", "backend": "tensorflow"}
    )


@pytest.mark.parametrize(
    ("target", "names", "made"),
    [
        (
            KERAS_3,
            ["a/b", "conv1/conv", "cell/x", "bi/di", "mo/del"],
            ["a_b", "conv1_conv", "cell_x", "bi_di", "mo_del"],
        ),
        (KERAS_3, ["in", "in/1", "c", "in_1", "m"], ["in", "in_1_1", "c", "in_1", "m"]),
        (TORCH, ["in.put", "conv.1", "c", "bi.di", "m"], ["in.put", "conv_1", "c", "bi_di", "m"]),
    ],
)
def test_names_are_replaced(target: str, names: list[str], made: list[str], tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text(model(names), encoding="utf-8")
    environment = Environment.parse(target)
    before = diagnose(read(path), environment)
    assert "name-invalid" in [finding.cause for finding in before.findings]
    result = plan(read(path), environment, "keras-v3", "made.keras").document
    config = result.config["config"]
    first, conv, wrapper = config["layers"]
    found = [first, conv, wrapper["config"]["layer"], wrapper]
    assert [layer["config"]["name"] for layer in found] + [config["name"]] == made
    assert made[3] in (config["output_layers"][0], config["output_layers"][0][0])
    assert "name-invalid" not in [finding.cause for finding in diagnose(result, environment).findings]
