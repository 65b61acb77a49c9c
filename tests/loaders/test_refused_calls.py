"""What later releases learnt since: files that standalone Keras before 3 does not put together.

Real releases decided (Keras 2.2.4 with TensorFlow 1.13.1, Keras 2.3.1 with 1.15.5, tf.keras 1.15.5), on these models
repaired for them without a look at what they raise: `ValueError: not enough values to unpack`, `expected min_ndim=3`,
`The shape of the input to "Flatten" is not fully defined`, `TypeError: tuple indices must be integers`, `Dimension 1 in
both shapes must be equal`, `Invalid padding: causal`, `NameError: name 'uses_learning_phase' is not defined`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_doctor import Environment, diagnose, read
from keras_doctor.fixes import plan

KERAS_224 = "python==3.6 keras==2.2.4 tensorflow==1.13.1"
KERAS_231 = "python==3.7 keras==2.3.1 tensorflow==1.15.5"
TF_115 = "python==3.7 tensorflow==1.15.5"

# The model, who refuses it, who does not, and what is said.
KNOWN = (
    ("dict_io", (KERAS_224, KERAS_231), (TF_115,), "does not read the form of input_layers"),
    ("nested_dict", (KERAS_224, KERAS_231), (TF_115,), "does not read the form of input_layers"),
    ("rnn_stack_state", (KERAS_224, KERAS_231), (TF_115,), "does not read the form of output_layers"),
    ("flatten_vector", (KERAS_224, KERAS_231), (TF_115,), "takes 3 dimensions or more"),
    ("flatten_unknown", (KERAS_224, KERAS_231), (TF_115,), "a size of what comes in is open"),
    ("bn_axes", (KERAS_224, KERAS_231), (TF_115,), "its axis is a list"),
    ("separable1d_causal", (KERAS_224, KERAS_231), (TF_115,), "causally"),
    ("td_batch", (KERAS_224,), (KERAS_231, TF_115), "cannot hold a recurrent layer"),
    ("dot_three", (KERAS_224, TF_115), (KERAS_231,), "as matrices"),
)


@pytest.mark.parametrize(
    ("name", "spec", "says"), [(name, spec, says) for name, refusing, _, says in KNOWN for spec in refusing]
)
def test_refused_by_name(evaluations: Path, name: str, spec: str, says: str) -> None:
    environment = Environment.parse(spec)
    made = plan(read(evaluations / f"py311_tf215/{name}/model.h5"), environment, "hdf5-model", "made.h5").document
    found = diagnose(made, environment)
    assert found.verdict == "fails"
    assert any(says in finding.message for finding in found.findings), found.findings


@pytest.mark.parametrize(("name", "spec"), [(name, spec) for name, _, taking, _ in KNOWN for spec in taking])
def test_taken_by_others(evaluations: Path, name: str, spec: str) -> None:
    environment = Environment.parse(spec)
    made = plan(read(evaluations / f"py311_tf215/{name}/model.h5"), environment, "hdf5-model", "made.h5").document
    assert diagnose(made, environment).verdict == "loads"


@pytest.mark.parametrize(
    ("layer", "refused"),
    [
        ({"class_name": "LSTM", "config": {"name": "l", "units": 2}}, True),
        ({"class_name": "LSTM", "config": {"name": "l", "units": 2, "dropout": 0.2}}, False),
        ({"class_name": "Dense", "config": {"name": "l", "units": 2}}, False),
        ({"class_name": "TimeDistributed", "config": {"name": "t", "layer": "inner"}}, True),
    ],
)
def test_a_known_number_of_samples(evaluations: Path, layer: dict[str, object], refused: bool) -> None:
    """Keras 2.2.4: `TimeDistributed(layer)(Input(batch_shape=(2, 3, 5, 6, 2)))`, each in a process of its own."""
    document = read(evaluations / "py311_tf215/td_batch/model.h5")
    environment = Environment.parse(KERAS_224)
    config = plan(document, environment, "hdf5-model", "made.h5").document.config
    held = config["config"]["layers"][1]["config"]
    if layer["class_name"] == "TimeDistributed":
        held["layer"] = {"class_name": "TimeDistributed", "config": {"name": "t", "layer": held["layer"]}}
        config["config"]["layers"][0]["config"]["batch_input_shape"] = [2, 3, 5, 6, 2]
    else:
        held["layer"] = layer
    found = diagnose(document.changed(config=config, weights=()), environment)
    assert any("recurrent" in finding.message for finding in found.findings) is refused
