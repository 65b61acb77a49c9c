"""Training configs of HDF5 files against what real releases made of them (tools/record_training.py)."""

import json
import lzma
from pathlib import Path

import pytest

from keras_doctor import Environment
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.rules.engine import diagnose

DATA = Path(__file__).parents[1] / "data" / "training.json.xz"
LIBRARIES = {"tf.keras": "tensorflow", "tf_keras": "tf_keras", "keras": "keras"}
CAUSES = {
    "optimizer_config": {"optimizer-unresolvable", "custom-object-missing"},
    "loss": {"loss-or-metric-unresolvable", "custom-object-missing"},
    "loss-of-two": {"loss-or-metric-unresolvable", "custom-object-missing"},
    "metrics": {"loss-or-metric-unresolvable", "custom-object-missing"},
    "metrics-of-two": {"loss-or-metric-unresolvable", "custom-object-missing"},
    "key": {"optimizer-unresolvable", "loss-or-metric-unresolvable"},
    "value": {"optimizer-unresolvable", "loss-or-metric-unresolvable", "custom-object-missing"},
}

with lzma.open(DATA, "rt") as file:
    RECORDED = json.load(file)


def release(versions):
    return f"{LIBRARIES[versions['module']]}=={versions[LIBRARIES[versions['module']]]}"


def environment(versions):
    words = [f"python=={versions['python']}", release(versions)]
    if versions.get("tensorflow") and versions["module"] != "tf.keras":
        words.append(f"tensorflow=={versions['tensorflow']}")
    return Environment.parse(" ".join(words).replace("tf_keras", "tf-keras"))


def model(outputs, modern):
    """The model that the tool made, without keywords that some release does not take."""
    dense = {"units": 3} if modern else {"output_dim": 3}
    layers = [
        {
            "class_name": "InputLayer",
            "name": "given",
            "config": {"batch_input_shape": [None, 4], "name": "given"},
            "inbound_nodes": [],
        }
    ]
    layers += [
        {
            "class_name": "Dense",
            "name": name,
            "config": {"name": name, **dense},
            "inbound_nodes": [[["given", 0, 0, *([{}] if modern else [])]]],
        }
        for name in "ab"[:outputs]
    ]
    ends = {"input_layers": [["given", 0, 0]], "output_layers": [[name, 0, 0] for name in "ab"[:outputs]]}
    return {"class_name": "Model", "config": {"name": "m", "layers": layers, **ends}}


def compile_findings(outputs, config, versions):
    modern = not str(versions.get("keras")).startswith("1.")
    document = ModelDocument(
        "model.h5",
        "hdf5-model",
        "hdf5",
        config=model(outputs, modern),
        training=TrainingState(config, "training_config"),
    )
    found = diagnose(document, environment(versions)).findings
    return [finding for finding in found if finding.stage == "compile" and finding.effect]


@pytest.mark.parametrize("load", RECORDED["loads"], ids=lambda load: release(load["versions"]))
def test_real_releases_agree(load):
    wrong = []
    for name, (outputs, config) in RECORDED["cases"].items():
        real = load["says"][name]
        found = compile_findings(outputs, config, load["versions"])
        if bool(real) != bool(found):
            wrong.append((name, real[:80], [finding.message for finding in found]))
        elif found and found[0].cause not in CAUSES[name.partition("/")[0]]:
            wrong.append((name, real[:80], found[0].cause))
    assert not wrong


def test_every_era_is_recorded():
    modules = {load["versions"]["module"] for load in RECORDED["loads"]}
    assert modules == {"keras", "tf.keras", "tf_keras"}
    assert len(RECORDED["loads"]) > 25


def test_nothing_is_compiled_where_the_call_says_so():
    config = {"optimizer_config": None}
    document = ModelDocument(
        "model.h5", "hdf5-model", "hdf5", config=model(1, True), training=TrainingState(config, "training_config")
    )
    compiled = diagnose(document, Environment.parse("python==3.11 tensorflow==2.15.1"))
    plain = diagnose(document, Environment.parse("python==3.11 tensorflow==2.15.1"), compile=False)
    assert any(finding.stage == "compile" for finding in compiled.findings)
    assert not any(finding.stage == "compile" for finding in plain.findings)


# tf.keras 2.13 and later write the function of a loss beside its keywords. 2.11 and 2.12 said "__init__() got an
# unexpected keyword argument 'fn'" to such a file; 2.13, 2.15 and tf-keras loaded it.
@pytest.mark.parametrize(
    ("packages", "raises"),
    [("tensorflow==2.11.1", True), ("tensorflow==2.13.1", False), ("tensorflow==2.21.0 tf-keras==2.21.0", False)],
)
def test_function_of_a_loss(packages, raises):
    loss = {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "m", "fn": "mean_squared_error"}}
    config = {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": loss, "loss_weights": None}
    document = ModelDocument(
        "model.h5", "hdf5-model", "hdf5", config=model(1, True), training=TrainingState(config, "training_config")
    )
    found = diagnose(document, Environment.parse(f"python==3.10 {packages}")).findings
    assert any(finding.code == "KD303" for finding in found) == raises
