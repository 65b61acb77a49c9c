"""TensorFlow.js models, their tensors as tensorflowjs 4.22 reads them; missing, cut and hostile weights files."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

from keras_doctor.artifacts import tfjs
from keras_doctor.artifacts.probe import Probe
from keras_doctor.wire.errors import FormatError

MODELS = ("plain", "sharded", "uint8", "uint16", "float16", "graph")


def read(path):
    probe = Probe(str(path))
    assert tfjs.recognises(probe)
    return tfjs.read(probe)


def content(tensor):
    """The bytes of a tensor, None where they are not to be had."""
    try:
        return tensor.read()
    except FormatError:
        return None


def damage(document):
    return [(damage.kind, damage.part) for damage in document.damage]


@pytest.fixture
def sharded(tensorflow_files, tmp_path):
    return shutil.copytree(tensorflow_files / "tfjs/sharded", tmp_path / "sharded")


@pytest.mark.parametrize("name", MODELS)
def test_tensors_are_those_that_tensorflowjs_read(tensorflow_files, name):
    reading = json.loads((tensorflow_files / "tfjs-readings.json").read_text())[name]
    for path in (tensorflow_files / "tfjs" / name, tensorflow_files / "tfjs" / name / "model.json"):
        document = read(path)
        assert not document.damage
        assert not document.oddities
        tensors = {tensor.path: tensor for tensor in document.tensors()}
        assert set(tensors) == set(reading)
        for key, (dtype, shape, content) in reading.items():
            tensor = tensors[key]
            assert (tensor.dtype, list(tensor.shape)) == (dtype, shape)
            if dtype == "string":
                assert tensor.read() == "".join(content).encode()
            else:
                assert hashlib.sha256(tensor.read()).hexdigest()[:32] == content, key
                assert tensor.nbytes == len(tensor.read())


def test_layers_models_have_a_config_and_a_writer(tensorflow_files):
    document = read(tensorflow_files / "tfjs/plain")
    assert (document.format, document.container) == ("tfjs-layers", "directory")
    assert [layer.name for layer in document.layers] == ["dense_input", "first/dense", "norm", "last"] or [
        layer.name for layer in document.layers
    ][-3:] == ["first/dense", "norm", "last"]
    assert [group.owner for group in document.weights] == ["first/dense", "last", "norm"]
    assert document.provenance.keras_version == "2.15.0"
    assert document.training.loss == "mse"
    assert document.unverified_bytes == 268
    assert read(tensorflow_files / "tfjs/uint8").facts["quantized"] == {"uint8": 8}


def test_graph_models_have_operations_and_a_signature(tensorflow_files):
    document = read(tensorflow_files / "tfjs/graph/model.json")
    assert (document.format, document.container) == ("tfjs-graph", "text")
    assert document.config is None
    assert document.facts["ops"] == ("Identity", "Placeholder", "Relu")
    assert document.facts["signatures"]["serving_default"]["inputs"] == {
        "x": {"tensor": "x:0", "dtype": "float32", "shape": [None, 2]}
    }
    assert document.provenance.tensorflow == "2.15.1"


def test_a_missing_shard_takes_only_its_tensors_along(sharded):
    whole = {tensor.path: tensor.read() for tensor in read(sharded).tensors()}
    (sharded / "group1-shard2of5.bin").unlink()
    document = read(sharded)
    assert damage(document) == [("missing", "group1-shard2of5.bin")]
    assert "64 bytes" in document.damage[0].what
    lost = [tensor.path for tensor in document.tensors() if content(tensor) is None]
    assert all(content(tensor) in (None, whole[tensor.path]) for tensor in document.tensors())
    assert lost
    assert len(lost) < len(whole)
    assert f"{len(lost)} tensors" in document.damage[0].what


@pytest.mark.parametrize("name", ["group1-shard1of5.bin", "group1-shard5of5.bin"])
def test_a_cut_shard_is_measured(sharded, name):
    path = sharded / name
    path.write_bytes(path.read_bytes()[:7])
    document = read(sharded)
    assert damage(document) == [("truncated", name)]
    assert document.damage[0].length == {"group1-shard1of5.bin": 57, "group1-shard5of5.bin": 5}[name]


def test_json_that_breaks_off_is_still_a_model(sharded):
    path = sharded / "model.json"
    path.write_text(path.read_text()[:900])
    document = read(path)
    assert document.format == "tfjs-layers"
    assert damage(document) == [("text", "model.json")]


def edited(folder, change):
    path = folder / "model.json"
    model = json.loads(path.read_text())
    change(model)
    path.write_text(json.dumps(model))
    return read(path)


def test_files_outside_the_folder_are_named_and_not_read(sharded):
    for name in ("../x.bin", "/etc/passwd", "https://example.org/x.bin", "C:\\x", "a/../../b", "\0"):
        document = edited(sharded, lambda model, name=name: model["weightsManifest"][0].update(paths=[name]))
        assert [oddity.kind for oddity in document.oddities] == ["path-traversal"]
        assert damage(document) == [("missing", name)]


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.update(weightsManifest="x"),
        lambda model: model.update(weightsManifest=[1, {"paths": 3, "weights": {}}]),
        lambda model: model.update(modelTopology=[]),
        lambda model: model["modelTopology"].update(model_config="text", keras_version=5, training_config=[]),
        lambda model: model["weightsManifest"][0]["weights"][0].update(shape=[-1, "x"]),
        lambda model: model["weightsManifest"][0]["weights"][0].update(shape=[1 << 47] * 30),
        lambda model: model["weightsManifest"][0]["weights"][0].update(dtype=["float32"], name=4),
        lambda model: model["weightsManifest"][0]["weights"][0].update(dtype="string", shape=[1 << 40]),
        lambda model: model["weightsManifest"][0]["weights"][0].update(
            quantization={"dtype": "uint8", "scale": "x", "min": 10**400}
        ),
        lambda model: model["weightsManifest"][0].update(paths=["group1-shard1of5.bin"] * 5000),
    ],
)
def test_other_json_raises_nothing(sharded, change):
    document = edited(sharded, change)
    for tensor in document.tensors():
        content(tensor)
