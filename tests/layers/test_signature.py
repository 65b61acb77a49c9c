"""`signature()` of single layers, compared with what real releases said of them."""

from __future__ import annotations

import pytest
from recorded import is_known, models, outputs

from keras_doctor.layers.signature import Signature, Variable, signature


def test_every_recorded_model_of_one_layer() -> None:
    compared = 0
    for model in models():
        config = model["config"]["config"]
        layers = config.get("layers", []) if isinstance(config, dict) else []
        entries = [entry for entry in layers if entry["class_name"] != "InputLayer"]
        if len(entries) != 1 or is_known(model) or not _plain(entries[0]):
            continue
        (entry,) = entries
        (row,) = [row for row in model["layers"] if row["class"] != "InputLayer"]
        if len(row.get("calls", [])) != 1 or any(shape is None for shape in row["calls"][0][0]):
            continue
        shapes = tuple(tuple(shape) for shape in row["calls"][0][0])
        found = signature(entry["class_name"], entry["config"], shapes, model["era"], entry.get("module"))
        assert found.known, (model["name"], found.reason)
        assert outputs(found.output_shape) == tuple(tuple(shape) for shape in row["calls"][0][1]), model["name"]
        if "weights" in row:
            assert [list(variable.shape) for variable in found.variables] == [shape for _, shape, *_ in row["weights"]]
        compared += 1
    assert compared > 3000


def _plain(entry: dict) -> bool:
    """Whether a layer is called with tensors by position alone, and not as an operation."""
    if ".ops" in (entry.get("module") or "") or "OpL" in entry["class_name"]:
        return False
    nodes = entry.get("inbound_nodes", [])
    node = nodes[0] if len(nodes) == 1 else None
    if isinstance(node, dict):
        return not node["kwargs"]
    return isinstance(node, list) and not any(leaf[3] for leaf in node if isinstance(leaf, list) and len(leaf) > 3)


def test_variables_say_which_object_holds_them() -> None:
    """The parts are the attributes under which Keras 3's weights file has the variables (FORMAT: keras 3.15.1,
    Bidirectional).
    """
    lstm = {"class_name": "LSTM", "config": {"units": 4, "trainable": True}}
    found = signature("Bidirectional", {"layer": lstm, "merge_mode": "concat"}, ((None, 7, 3),), "keras-3")
    assert [variable.part for variable in found.variables] == ["forward_layer/cell"] * 3 + ["backward_layer/cell"] * 3


def test_keras_1_has_its_own_names() -> None:
    found = signature("Dense", {"output_dim": 5, "bias": True}, ((None, 4),), "keras-1")
    assert found == Signature((None, 5), (Variable("W", (4, 5)), Variable("b", (5,))))
    assert found.parameters == 25


@pytest.mark.parametrize(
    ("class_name", "config", "shapes", "reason"),
    [
        ("Mine", {}, ((None, 4),), "not a layer that Keras ships"),
        ("Dense", {}, ((None, 4),), "no number 'units'"),
        ("Dense", {"units": "many"}, ((None, 4),), "'units' is no number"),
        ("Dense", {"units": -3}, ((None, 4),), "negative"),
        ("Dense", {"units": 3}, ((None, None),), "not known"),
        ("Dense", {"units": 3}, (), "not known"),
        ("Dense", {"units": 1 << 61}, ((None, 1 << 61),), "too large"),
        ("Conv2D", {"filters": 3, "kernel_size": [3, 3]}, ((None, 2, 2, 1),), "larger than its input"),
        ("Conv2D", {"filters": 3, "kernel_size": [3]}, ((None, 2, 2),), "takes 4 dimensions"),
        ("Reshape", {"target_shape": [5, -1]}, ((None, 4),), "does not fit"),
        ("Add", {}, ((None, 4), (None, 5)), "do not fit together"),
        ("Lambda", {"function": "x"}, ((None, 4),), "the user's own"),
        ("TFSMLayer", {}, ((None, 4),), "does not describe"),
        ("Bidirectional", {"layer": {"class_name": "Mine", "config": {}}}, ((None, 4, 4),), "Mine"),
    ],
)
def test_reasons(class_name: str, config: dict, shapes: tuple, reason: str) -> None:
    found = signature(class_name, config, shapes, "keras-3")
    assert not found.known
    assert found.variables == ()
    assert reason in found.reason
