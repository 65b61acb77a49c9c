"""Which classes have rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recorded import DATA, models

from keras_doctor.layers import families, stock
from keras_doctor.layers._index import CLASSES
from keras_doctor.layers.operations import keras3


def test_every_family_is_listed() -> None:
    modules = {path.stem for path in Path(str(families.__path__[0])).glob("*.py")} - {"__init__"}
    assert modules == set(CLASSES.values())


def test_every_class_that_a_release_ships_is_stock() -> None:
    """The lists come from the releases themselves: every subclass of `Layer` that they define and that can stand in a
    file.
    """
    classes = json.loads((DATA / "classes.json").read_text(encoding="utf8"))
    missing = [name for name in classes["layers"] if not stock.is_stock(name)]
    assert sorted(missing) == sorted(classes["without a rule"])


def test_every_operation_class_is_covered() -> None:
    classes = json.loads((DATA / "classes.json").read_text(encoding="utf8"))
    missing = [name for name in classes["operations"] if keras3.rule_of(name) is None]
    assert sorted(missing) == sorted(classes["operations without a rule"])


def test_recorded_classes_are_many() -> None:
    """The rules are verified by what releases recorded, not only written down."""
    seen = {row["class"] for model in models() for row in model["layers"]}
    ruled = {name for name in stock.class_names() if name not in UNRECORDED}
    names = {stock.ALIASES.get(name, name) for name in seen}
    inner = {"GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells", "PeepholeLSTMCell", "ConvLSTM2DCell"}
    inner |= {"DropoutWrapper", "ResidualWrapper", "DeviceWrapper"}
    assert ruled - names - inner == set()


# Rules that no recorded model has: what is not exported, not built from a config, or runs something from elsewhere.
UNRECORDED = {
    "AddLoss", "AddMetric", "ClassMethod", "ConvLSTMCell", "ConvRNN", "DenseFeatures",
    "Equalization", "FlaxLayer", "IndexLookup", "InstanceMethod", "InstanceProperty", "JaxLayer", "KerasLayer",
    "ModuleWrapper", "SequenceFeatures", "StochasticDepth", "TFDIdentity", "TFSMLayer",
    "TorchModuleWrapper", "Wrapper",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "stock_class"),
    [
        ("Dense", True),
        ("Convolution2D", True),
        ("Functional", True),
        ("Sequential", True),
        ("Scale", False),
        ("", False),
    ],
)
def test_is_stock(name: str, stock_class: bool) -> None:
    assert stock.is_stock(name) is stock_class


def test_other_packages_have_no_stock_classes() -> None:
    assert stock.rule_of("Dense", "keras.layers") is not None
    assert stock.rule_of("Dense", "tf_keras.src.layers.core.dense") is not None
    assert stock.rule_of("Dense", "keras_hub.src.layers.dense") is None
    assert stock.rule_of("Dense", "__main__") is None
