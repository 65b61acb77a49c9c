"""What optimizers keep, against what real releases saved (tools/record_optimizers.py)."""

import json
import lzma
from pathlib import Path

import pytest

from keras_doctor.layers.optimizers import state_variables
from keras_doctor.loaders.load import api_of
from keras_doctor.loaders.optimizer_state import generation_of
from keras_doctor.releases.behaviours import has

DATA = Path(__file__).parents[1] / "data" / "optimizers.json.xz"
LIBRARIES = {"tf.keras": "tf.keras", "tf_keras": "tf-keras", "keras": "keras"}
TRAINED = ((2, 3, 4), (4,), (16, 2), (2,))
IN_KERAS_1 = ((15, 4), (4,), (4, 2), (2,))
# Wrappers hold another optimizer; Muon leaves out layers by their names.
NOT_KNOWN = ("LossScaleOptimizer", "LossScaleOptimizerV3", "Muon")

with lzma.open(DATA, "rt") as file:
    RECORDED = json.load(file)
CASES = [
    pytest.param(told, case, id=f"{told['module']}-{told['version']}-{case['optimizer']}-{case['keywords']}")
    for told in RECORDED
    for case in told["cases"]
]


def test_every_generation_was_recorded():
    assert {(told["module"], told["version"].partition(".")[0]) for told in RECORDED} == {
        ("keras", "1"), ("keras", "2"), ("keras", "3"), ("tf.keras", "1"), ("tf.keras", "2"), ("tf_keras", "2"),
    }  # fmt: skip
    assert len(CASES) > 300


@pytest.mark.parametrize(("told", "case"), CASES)
def test_an_optimizer_keeps_what_the_release_saved(told, case):
    api = api_of(LIBRARIES[told["module"]], told["version"])
    name = case["config"]["class_name"]
    config = case["config"]["config"]
    table = "optimizers.legacy" if config.get("is_legacy_optimizer", True) else "optimizers.new"
    found = api.find(name, table if table in api.tables() else "optimizers")
    definition = found or api.definition("keras.optimizers", name)
    trained = IN_KERAS_1 if api.line == "keras-1" else TRAINED
    found = state_variables(
        generation_of(api, definition),
        definition.class_name,
        config,
        trained,
        lambda behaviour: has(behaviour, api.library, api.version),
    )
    if definition.class_name in NOT_KNOWN:
        assert found is None
        return
    for saved in (case[key] for key in ("h5", "store") if key in case):
        assert [list(variable.shape) for variable in found] == [shape for _, shape in saved]
    for variable, (name, _) in zip(found, case.get("h5", ()), strict="h5" in case):
        spoken = name.rpartition("/")[2]
        if api.line == "keras-3" and variable.slot not in ("rows", "columns", "momentum_product"):
            assert spoken.endswith(variable.slot)
