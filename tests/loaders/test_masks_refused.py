"""Masks that releases before Keras 3.12 cannot join, against what tf.keras 2.15.0 and 2.4.4 did with each of these
models: "raises" is a ValueError of the shapes of ConcatV2 when the model is put together.
"""

import pytest

from keras_doctor import Environment, read
from keras_doctor.rules.engine import diagnose
from keras_doctor.rules.samples import sample

RELEASES = ("python==3.11 tensorflow==2.15.0", "python==3.7 tensorflow==2.4.4")
CASES = {  # which of the inputs are masked, their shapes, the axis, what real releases did
    "steps": ("10", [6, 4], [6, 4], 1, "raises"),
    "steps_from_the_end": ("01", [6, 4], [6, 4], -2, "raises"),
    "steps_of_other_length": ("01", [6, 4], [5, 4], 1, "raises"),
    "batch": ("01", [4, 2], [4, 2], 0, "raises"),
    "rows_of_images": ("01", [4, 3, 2], [4, 3, 2], 1, "raises"),
    "columns_of_images": ("01", [4, 3, 2], [4, 3, 2], 2, "raises"),
    "channels_of_images": ("01", [4, 3, 2], [4, 3, 2], 3, "loads"),
    "vectors": ("01", [6, 4], [6, 4], -1, "loads"),
    "both": ("11", [6, 4], [6, 4], 1, "loads"),
    "vectors_of_one": ("10", [6, 1], [6, 1], 1, "loads"),
}


def graph(masked, first, second, axis):
    """Return a config as tf.keras writes it."""
    layers, ends = [], []
    for number, shape in enumerate((first, second)):
        name, node = f"in{number}", f"in{number}"
        config = {"name": name, "batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False}
        layers.append({"class_name": "InputLayer", "name": name, "config": config, "inbound_nodes": []})
        if masked[number] == "1":
            node = f"masking{number}"
            config = {"name": node, "trainable": True, "dtype": "float32", "mask_value": 0.0}
            inbound = [[[name, 0, 0, {}]]]
            layers.append({"class_name": "Masking", "name": node, "config": config, "inbound_nodes": inbound})
        ends.append([node, 0, 0, {}])
    config = {"name": "joined", "trainable": True, "dtype": "float32", "axis": axis}
    layers.append({"class_name": "Concatenate", "name": "joined", "config": config, "inbound_nodes": [ends]})
    inputs = [["in0", 0, 0], ["in1", 0, 0]]
    config = {"name": "model", "layers": layers, "input_layers": inputs, "output_layers": [["joined", 0, 0]]}
    return {"class_name": "Functional", "config": config}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", CASES)
def test_masks_beside_none(name, release):
    masked, first, second, axis, outcome = CASES[name]
    document, environment = sample("hdf5-model", config=graph(masked, first, second, axis), env=release)
    found = diagnose(document, environment)
    told = [finding.message for finding in found.findings if "cannot join" in finding.message]
    assert bool(told) == (outcome == "raises"), found.findings
    assert not told or found.verdict == "fails"


@pytest.mark.parametrize("config", [None, [], 7, {"cells": 1}, {"cells": [3]}])
def test_layers_without_a_config_crash_nothing(config):
    masking = {"class_name": "Masking", "config": {"name": "m", "batch_input_shape": [None, 4, 3], "mask_value": None}}
    cell = {"class_name": "StackedRNNCells", "config": config}
    stacked = {"class_name": "RNN", "config": {"name": "r", "cell": cell}}
    wrapped = {
        "class_name": "Bidirectional",
        "config": {"name": "b", "layer": {"class_name": "LSTM", "config": config}},
    }
    for layer in (stacked, wrapped):
        model = {"class_name": "Sequential", "config": {"name": "s", "layers": [masking, layer]}}
        for release in ("keras==2.2.4 tensorflow==1.13.1", *RELEASES, "keras==3.15.1 tensorflow==2.21.0"):
            document, environment = sample("hdf5-model", config=model, env=release)
            assert diagnose(document, environment).verdict


@pytest.mark.parametrize(
    ("name", "release", "raises"),  # as Keras 3.8.0 and 3.11.3 predict with the model, its time_major left out
    [
        ("masked_concat", "3.8.0", True),
        ("masked_concat_one", "3.8.0", True),
        ("masked_concat_time", "3.11.3", True),
        ("masked_conv", "3.8.0", False),
        ("masked_concat", "3.12.4", False),
        ("masked_concat", "3.15.1", False),
    ],
)
def test_masks_laid_by_open_sizes(evaluations, name, release, raises):
    file = str(evaluations / "py311_tf215" / name / "model.h5")
    found = diagnose(read(file), Environment.parse(f"keras=={release} tensorflow==2.18.0"))
    assert any("lay the mask" in finding.message for finding in found.findings) == raises
