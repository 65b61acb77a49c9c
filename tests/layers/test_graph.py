"""`infer()` compared with what real releases said of thousands of models, and fed with hostile configs."""

from __future__ import annotations

import copy
import random
import time
from typing import Any

import pytest
from recorded import aligned, differences, is_known, known_differences, models

from keras_doctor.document.model import walk_layers
from keras_doctor.layers.graph import infer


@pytest.mark.parametrize("era", ["keras-1", "keras-2", "tf.keras", "keras-3"])
def test_every_recorded_layer(era: str) -> None:
    compared, wrong = 0, []
    for model in models():
        if model["era"] != era:
            continue
        shapes = {shape.path: shape for shape in infer(model["config"], era)}
        different = []
        for path, row in aligned(model["config"], "", model["layers"]):
            compared += 1
            different += [f"{path}: {text}" for text in differences(row, shapes[path])]
        if bool(different) and not is_known(model):
            wrong.append(f"{model['name']} in {model['releases']}: {different[0]}")
    assert not wrong, "\n".join(wrong[:20])
    assert compared > 400


def test_no_known_difference_is_stale() -> None:
    """An explained difference that is none any more must leave the list."""
    names = set()
    for model in models():
        name = model["name"].partition("/")[2]
        if name in known_differences() and name not in names:
            shapes = {shape.path: shape for shape in infer(model["config"], model["era"])}
            if any(differences(row, shapes[path]) for path, row in aligned(model["config"], "", model["layers"])):
                names.add(name)
    assert names == set(known_differences())


def test_entries_are_those_of_walk_layers() -> None:
    for model in models()[::20]:
        shapes = infer(model["config"], model["era"])
        assert [shape.path for shape in shapes] == [node.path for node in walk_layers(model["config"])]


def test_keras_3_states_the_same_shapes() -> None:
    """Every tensor reference of Keras 3 carries its shape: what feeds it must have been inferred as that."""
    compared = 0
    for model in models():
        if model["era"] != "keras-3" or "/lambda" in model["name"] or is_known(model):
            continue
        shapes = {shape.path: shape for shape in infer(model["config"], "keras-3")}
        for index, entry in enumerate(model["config"]["config"].get("layers", [])):
            stated = [tuple(shape) for shape in _stated(entry.get("inbound_nodes"))]
            taken = [shape for call in shapes[f"config.layers[{index}]"].calls for shape in call.input_shapes]
            if stated:
                assert sorted(map(str, stated)) == sorted(map(str, taken)), model["name"]
                compared += len(stated)
    assert compared > 2000


def _stated(value: Any) -> list[Any]:
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            return [value["config"]["shape"]]
        return [shape for item in value.values() for shape in _stated(item)]
    return [shape for item in value for shape in _stated(item)] if isinstance(value, list) else []


def _layer(name: str, class_name: str, inbound: Any, **config: Any) -> dict[str, Any]:
    return {"name": name, "class_name": class_name, "config": {"name": name, **config}, "inbound_nodes": inbound}


def _model(*layers: dict[str, Any], outputs: Any) -> dict[str, Any]:
    first = _layer("in", "InputLayer", [], batch_input_shape=[None, 4])
    config = {"name": "m", "layers": [first, *layers], "input_layers": [["in", 0, 0]], "output_layers": outputs}
    return {"class_name": "Functional", "config": config}


def test_unknown_class_leaves_the_rest_unknown_with_a_reason() -> None:
    mine = _layer("mine", "Mine", [[["in", 0, 0, {}]]])
    dense = _layer("dense", "Dense", [[["mine", 0, 0, {}]]], units=2)
    _, custom, after = infer(_model(mine, dense, outputs=[["dense", 0, 0]]), "tf.keras")
    assert (custom.known, custom.output_shape) == (False, None)
    assert "Mine" in custom.reason
    assert (after.known, after.parameters) == (False, 0)


def test_stated_shape_continues_after_an_unknown_class() -> None:
    """Keras 3 and the v3 format of tf.keras state what follows a custom layer."""
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 7], "dtype": "float32"}}
    tensor["config"]["keras_history"] = ["mine", 0, 0]
    mine = _layer("mine", "Mine", [[["in", 0, 0, {}]]])
    dense = _layer("dense", "Dense", [{"args": [tensor], "kwargs": {}}], units=2)
    *_, after = infer(_model(mine, dense, outputs=["dense", 0, 0]), "keras-3")
    assert (after.known, after.output_shape, after.parameters) == (True, (None, 2), 16)
    built = {**_layer("dense", "Dense", [[["mine", 0, 0, {}]]], units=2), "build_config": {"input_shape": [None, 7]}}
    *_, after = infer(_model(mine, built, outputs=[["dense", 0, 0]]), "tf.keras-v3")
    assert (after.known, after.output_shape, after.parameters) == (True, (None, 2), 16)


def test_class_of_another_package_is_not_keras_own() -> None:
    dense = {**_layer("dense", "Dense", [[["in", 0, 0, {}]]], units=2), "module": "my_layers"}
    *_, shape = infer(_model(dense, outputs=[["dense", 0, 0]]), "keras-3")
    assert not shape.known


def test_circle_ends() -> None:
    one = _layer("one", "Add", [[["two", 0, 0, {}], ["in", 0, 0, {}]]])
    two = _layer("two", "Dense", [[["one", 0, 0, {}]]], units=4)
    shapes = infer(_model(one, two, outputs=[["two", 0, 0]]), "tf.keras")
    assert [shape.known for shape in shapes] == [True, False, False]


def _nested(depth: int, times: int) -> dict[str, Any]:
    """A model that calls a model that calls a model … each `times` times."""
    model = _layer("m", "Dense", [], units=4)
    for level in range(depth):
        inner = {**model, "name": "m", "inbound_nodes": [[["in", 0, 0, {}]]] * times}
        shift = 1 if level else 0
        total = _layer("sum", "Add", [[["m", call + shift, 0, {}] for call in range(times)]])
        model = _model(inner, total, outputs=[["sum", 0, 0]])
    return model


def _wrapped(class_name: str, depth: int) -> dict[str, Any]:
    layer: dict[str, Any] = {"class_name": "LSTM", "config": {"units": 3}}
    for _ in range(depth):
        layer = {"class_name": class_name, "config": {"layer": layer}}
    layer["config"]["batch_input_shape"] = [None] * 30
    return {"class_name": "Sequential", "config": [layer]}


_LOCAL = {"filters": 1, "kernel_size": [1], "implementation": 3, "batch_input_shape": [1, 10**9, 1]}


@pytest.mark.parametrize(
    "config",
    [
        _nested(20, 4),
        _nested(200, 2),
        _wrapped("Bidirectional", 40),
        _wrapped("TimeDistributed", 300),
        _model(_layer("d", "Dense", [[["d", 10**9, 0, {}]]] * 3000, units=4), outputs=[["d", 0, 0]]),
        _model(_layer("d", "Dense", [[["in", 0, 0, {}]]], units=10**4000), outputs=[["d", 0, 0]]),
        _model(_layer("f", "Flatten", [[["in", 0, 0, {}]]]), outputs=[["f", 0, 0]] * 100_000),
        {"class_name": "Sequential", "config": [{"class_name": "LocallyConnected1D", "config": _LOCAL}]},
        _model(
            _layer("s", "TFOpLambda", [["in", 0, 0, {"num_or_size_splits": list(range(50_000))}]], function="split"),
            outputs=[["s", 0, 0]],
        ),
    ],
)  # fmt: skip
def test_expensive_configs_are_bounded(config: dict[str, Any]) -> None:
    start = time.process_time()
    infer(config, "tf.keras")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "config", [None, [], "x", {}, {"config": 3}, {"class_name": 1, "config": []}, {"config": {"layers": {}}}]
)
def test_what_is_no_model_has_no_layers(config: Any) -> None:
    assert infer(config, "keras-3") == ()


_JUNK = [
    None, True, -1, 0, 1, 3, 10**12, 10**40, 1.5, 1e300, float("nan"), "", "same", [], {}, [[]], [None], [1, 2],
    [[1, 2], [3, 4]], ["in", 0, 0], {"items": [1, 2]}, {"class_name": "Dense", "config": {}}, [10**30] * 3, "\ud800",
    {"class_name": "Sequential", "config": []}, [[[[[]]]]],
]  # fmt: skip


def _places(value: Any, found: list[tuple[Any, Any]]) -> None:
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found.append((value, key))
        _places(value[key], found)


def test_mutated_configs_raise_nothing() -> None:
    chance = random.Random(20)
    small = [model for model in models() if "/app_" not in model["name"]]
    for _ in range(3000):
        model = chance.choice(small)
        config = copy.deepcopy(model["config"])
        for _ in range(chance.choice([1, 1, 2, 5])):
            places: list[tuple[Any, Any]] = []
            _places(config, places)
            if not places:
                break
            holder, key = chance.choice(places)
            if chance.random() < 0.75:
                holder[key] = copy.deepcopy(chance.choice(_JUNK))
            else:
                del holder[key]
        era = model["era"] if chance.random() < 0.8 else chance.choice(["keras-1", "keras-3", "?"])
        infer(config, era)
