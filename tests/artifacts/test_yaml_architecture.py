"""Architectures in YAML: the same config as in the JSON that the same model wrote."""

from __future__ import annotations

import json
import math

import pytest

from keras_doctor.artifacts import yaml_architecture
from keras_doctor.artifacts.probe import Probe
from keras_doctor.wire.source import BytesSource

ARRAY = "!!python/object/apply:numpy.core.multiarray._reconstruct"


def read(data):
    source = BytesSource(data.encode() if isinstance(data, str) else data)
    probe = Probe("model.yaml", source)
    assert yaml_architecture.recognises(probe)
    return yaml_architecture.read(probe)


def same(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


def test_every_text_of_the_corpus_is_the_config_of_the_json_beside_it(corpus):
    compared = 0
    for path in sorted(corpus.glob("py*/*/arch.yaml")):
        document = read(path.read_bytes())
        wanted = json.loads(path.with_name("arch.json").read_text())
        stated = wanted.pop("keras_version", None), wanted.pop("backend", None)
        assert same(document.config, wanted), path
        assert not document.damage
        assert (document.provenance.keras_version, document.provenance.backend) == stated
        assert {oddity.kind for oddity in document.oddities} <= {"yaml-tag"}
        compared += 1
    assert compared > 250


def test_flow_style_is_recognised_and_json_is_not():
    assert read("{backend: tensorflow, class_name: Sequential, config: []}").config["class_name"] == "Sequential"
    for other in ('{"class_name": "Sequential", "config": []}', "a: 1\n", "config:\n  x: 1\n", "", "text"):
        assert not yaml_architecture.recognises(Probe("x", BytesSource(other.encode())))


def test_code_in_tags_is_named_and_never_run(tmp_path):
    document = read(
        "class_name: Sequential\nconfig:\n- class_name: Dense\n  config:\n"
        f"    units: !!python/object/apply:os.mkdir ['{tmp_path}/ran']\n"
    )
    assert [dict(oddity.detail)["tag"] for oddity in document.oddities] == ["python/object/apply:os.mkdir"]
    assert document.layers[0].config == {"units": [f"{tmp_path}/ran"]}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("!!python/object/apply:tensorflow.python.framework.tensor_shape.Dimension [5]", 5),
        ("!!python/object/apply:tensorflow.python.framework.tensor_shape.Dimension [1, 2]", [1, 2]),
        ("!!python/object/apply:numpy.core.multiarray.scalar [f4, !!binary 'AACAPw==']", 1.0),
        ("!!python/object/apply:numpy.core.multiarray.scalar [O8, !!binary 'AACAPw==']", ["O8", "AACAPw=="]),
        ("!!python/object/apply:numpy.core.multiarray.scalar [f4, !!binary '***']", ["f4", "***"]),
        ("!!python/object/apply:numpy.dtype {args: [i8, 0, 1]}", "i8"),
        (f"{ARRAY} {{state: [1, [2], i2, false, !!binary AQACAA==]}}", [1, 2]),
        (f"{ARRAY} {{state: [1, [3], i2, false, x]}}", {"state": [1, [3], "i2", False, "x"]}),
    ],
)  # fmt: skip
def test_objects_that_keras_let_slip_in_are_read_from_their_parts(value, meaning):
    document = read(f"class_name: Sequential\nconfig: {{a: {value}}}\n")
    assert document.config["config"]["a"] == meaning


def test_damage():
    broken = read("class_name: Sequential\nconfig:\n- class_name: 'Dense\n")
    assert [(damage.kind, damage.offset) for damage in broken.damage] == [("text", 45)]
    assert broken.config is None
    empty = read("class_name:\nconfig: {}\n")
    assert [damage.kind for damage in empty.damage] == ["structure"]
