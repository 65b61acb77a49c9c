"""Operations on Keras tensors that become operations of Keras 3: against what the release computed that made the layers
(tools/record_operation_layers.py).
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keras_doctor import Environment, read
from keras_doctor.fixes import plan
from keras_doctor.rescue.evaluation import evaluate

DATA = Path(__file__).parents[1] / "data"
KERAS_3 = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")
LAYERS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
# What the nodes of a graph say otherwise than the functions: constants that are turned, and shapes taken apart.
LEFT = {
    "2.15": set(),
    "2.3": {
        "K.dot(x,K.ones((6,2)))",
        "K.dot(x,tf.constant(np.arange(12).reshape(6,2),dtype='float32'))",
        "K.dot(x,tf.ones((6,3)))",
        "tf.linalg.solve(x[:,:,:4]+4.*tf.eye(4),x)",
        "tf.nn.dropout(x,rate=0.0)",
        "tf.nn.softmax_cross_entropy_with_logits(labels=x,logits=y)",
        "tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(x),x,axis=1)",
        "x[:,tf.shape(x)[1]//2]",
    },
}
NOT_COMPUTED = ("InTopK", "its kernel")  # no rule for it here; a layer without weights in these records


def cases(release: str) -> list[dict[str, Any]]:
    with lzma.open(DATA / f"operation-layers-tensorflow-{release}.json.xz", "rt") as file:
        found: list[dict[str, Any]] = json.load(file)["cases"]
    return found


def differs(made: np.ndarray, expected: np.ndarray) -> bool:
    finite = expected[np.isfinite(expected)]
    scale = max(float(np.abs(finite).max(initial=0)), 1e-3)
    return made.shape != expected.shape or not np.allclose(made, expected, 1e-4, 2e-6 * scale, equal_nan=True)


@pytest.mark.parametrize("release", LEFT)
def test_operations_compute_what_the_layers_computed(release: str, tmp_path: Path) -> None:
    left, wrong = set(), []
    for case in cases(release):
        path = tmp_path / "architecture.json"
        path.write_text(case["model"], encoding="utf-8")
        made = plan(read(path), KERAS_3, "keras-v3", "made.keras").document
        if any(layer["class_name"] in LAYERS for layer in made.config["config"]["layers"]):
            left.add(case["source"])
            continue
        given = zip(case["inputs"], case["dtypes"], strict=True)
        found = evaluate(made, [np.array(one, dtype) for one, dtype in given])
        if found.outputs is None:
            if not any(word in found.reason for word in NOT_COMPUTED):
                wrong.append((case["source"], found.reason))
            continue
        expected = [np.array(values).reshape(shape) for shape, values in case["outputs"]]
        if any(differs(np.asarray(one), other) for one, other in zip(found.outputs, expected, strict=True)):
            wrong.append((case["source"], "differs"))
    assert wrong == []
    assert left == {case["source"] for case in cases(release)} & LEFT[release]


def architecture(release: str, source: str, tmp_path: Path) -> Path:
    case = next(case for case in cases(release) if case["source"] == source)
    path = tmp_path / "architecture.json"
    path.write_text(case["model"], encoding="utf-8")
    return path


def test_a_column_that_is_added_stands_first(tmp_path: Path) -> None:
    """Keras 3.15 on TensorFlow takes a column behind a tensor for a bias, and adds it along another axis."""
    path = architecture("2.15", "x+np.arange(4,dtype='float32').reshape(4,1)", tmp_path)
    made = plan(read(path), KERAS_3, "keras-v3", "made.keras").document
    added = made.config["config"]["layers"][-1]
    assert added["class_name"] == "Add"
    assert [one["class_name"] for one in added["inbound_nodes"][0]["args"]] == ["__numpy__", "__keras_tensor__"]


def test_what_a_file_left_out_is_not_made_up(tmp_path: Path) -> None:
    """tf.keras 2.15 leaves out the number of `x == 2`, and what an einsum works on."""
    path = architecture("2.15", "K.reshape(x,(K.shape(x)[0],24))", tmp_path)
    model = json.loads(path.read_text(encoding="utf-8"))
    layer = model["config"]["layers"][-1]
    layer["config"]["function"] = "__operators__.eq"
    layer["inbound_nodes"] = [["in0", 0, 0, {}]]
    path.write_text(json.dumps(model), encoding="utf-8")
    made = plan(read(path), KERAS_3, "keras-v3", "made.keras").document
    assert made.config["config"]["layers"][-1]["class_name"] == "TFOpLambda"


def test_calls_with_a_dict_of_tensors_are_those_of_tf_keras(tmp_path: Path) -> None:
    """A model that tf.keras called with a dict is no file of Keras 3, whose calls are dicts of arguments."""
    path = architecture("2.15", "K.reshape(x,(K.shape(x)[0],24))", tmp_path)
    model = json.loads(path.read_text(encoding="utf-8"))
    assert read(path).provenance.era != "keras-3"
    model["config"]["layers"][-1]["inbound_nodes"] = [{"p": ["in0", 0, 0, {}]}]
    path.write_text(json.dumps(model), encoding="utf-8")
    assert read(path).provenance.era != "keras-3"
