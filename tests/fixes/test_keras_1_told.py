"""Configs as Keras 1.2.2 wrote them with TensorFlow, and the shapes that its models put out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keras_doctor import Environment, repair
from keras_doctor.layers.graph import infer

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"


def layer(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": name, "config": {"name": name.lower(), "trainable": True, **config}}


def mended(tmp_path: Path, class_name: str, config: Any) -> tuple[list[tuple[str, str, str]], Any]:
    """Return the changes of a repair (fix, kind, message), and the config that came out."""
    source, result = tmp_path / "source.json", tmp_path / "mended.json"
    source.write_text(json.dumps({"class_name": class_name, "config": config, "keras_version": "1.2.2"}))
    report = repair(source, result, Environment.parse(KERAS_3), verify="none")
    assert report.verdict == "loads"
    return [(one.fix, one.kind, one.message) for one in report.changes], json.loads(result.read_text())


@pytest.mark.parametrize(
    ("declared", "ordering", "output"), [([3, 8, 9], "th", (None, 3, 8, 9)), ([5, 10, 5], "tf", (None, 5, 10, 5))]
)
def test_what_a_nested_model_declares_tells_where_channels_stand(
    tmp_path: Path, declared: list[int], ordering: str, output: tuple[int | None, ...]
) -> None:
    padded = layer("ZeroPadding2D", batch_input_shape=[None, 3, 6, 5], input_dtype="float32", padding=[1, 2])
    nested = layer("Activation", batch_input_shape=[None, *declared], input_dtype="float32", activation="tanh")
    changes, config = mended(tmp_path, "Sequential", [padded, {"class_name": "Sequential", "config": [nested]}])
    ((kind, message),) = ((kind, message) for fix, kind, message in changes if fix == "dim-ordering")
    assert kind == "exact"
    assert f'dim_ordering="{ordering}"' in message
    assert infer(config, "keras-3")[-1].output_shape == output


@pytest.mark.parametrize(("sizes", "kind"), [([3, 4, 5], "approximate"), ([3, 4], None)])
def test_a_product_that_put_out_another_shape_is_named(tmp_path: Path, sizes: list[int], kind: str | None) -> None:
    """Keras 1.2.2 declared (None, 3, 4, 3, 4) for the first and put out (batch, 3, 4, 4); the second it put out as it
    declared.
    """
    names = ("input_1", "input_2")
    layers = [
        {**layer("InputLayer", batch_input_shape=[None, *sizes], input_dtype="float32"), "name": name} for name in names
    ]
    for one, name in zip(layers, names, strict=True):
        one.update(inbound_nodes=[], config={**one["config"], "name": name})
    product = layer("Merge", mode="dot", mode_type="raw", concat_axis=-1, dot_axes=-1, output_shape=None)
    layers.append({**product, "name": "merge", "inbound_nodes": [[[name, 0, 0] for name in names]]})
    ends = {"input_layers": [[name, 0, 0] for name in names], "output_layers": [["merge", 0, 0]]}
    changes, _ = mended(tmp_path, "Model", {"name": "model", "layers": layers, **ends})
    assert [found for fix, found, _ in changes if fix == "merge-dot"] == [kind] * (kind is not None)
