"""SavedModels: facts as TensorFlow's own messages have them, variables by layer as tf.keras loads them, damage."""

from __future__ import annotations

import hashlib
import json
import lzma
import shutil
from pathlib import Path

import pytest

from keras_doctor.artifacts import saved_model
from keras_doctor.artifacts.probe import Probe
from keras_doctor.document.model import walk_layers
from keras_doctor.wire.source import BytesSource

DATA = Path(__file__).parents[1] / "data"
# Read by TensorFlow 2.15.1: messages by its protocol buffers, layers by tf.keras.models.load_model.
READINGS = json.loads(lzma.decompress((DATA / "savedmodel-readings.json.xz").read_bytes()))
SAVERS = sorted({name.split("/")[0] for name in READINGS})


def read(path, **options):
    probe = Probe(str(path), **options)
    assert saved_model.recognises(probe)
    return saved_model.read(probe)


def damage(document):
    return [(damage.kind, damage.part) for damage in document.damage]


def digest(tensor) -> str:
    return hashlib.sha256(tensor.read()).hexdigest()[:16]


def flat(signatures):
    """Signatures as the readings have them: tensor, dtype, shape of each input and output."""
    return {
        name: {
            "method": signature["method"],
            **{
                side: {key: [info["tensor"], info["dtype"], info["shape"]] for key, info in signature[side].items()}
                for side in ("inputs", "outputs")
            },
        }
        for name, signature in signatures.items()
    }


@pytest.mark.parametrize("saver", SAVERS)
def test_models_are_read_as_tensorflow_reads_them(corpus, saver):
    for name, reading in READINGS.items():
        if not name.startswith(f"{saver}/"):
            continue
        document = read(corpus / name)
        facts = document.facts
        assert document.format == ("savedmodel-export" if name.endswith("export") else "savedmodel")
        assert not document.damage
        assert list(facts["tags"]) == reading["tags"]
        assert facts["tensorflow_version"] == reading["tensorflow_version"]
        assert list(facts["ops"]) == reading["ops"]
        assert facts["functions"] == reading["functions"]
        assert flat(facts["signatures"]) == reading["signatures"]
        assert {key: value for key, value in facts["fingerprint"].items() if int(value, 16)} == reading["fingerprint"]
        assert [asset.path for asset in document.assets] == [f"assets/{asset}" for asset in sorted(reading["assets"])]
        owned = {}
        for group in document.weights:
            owned.setdefault(group.owner, []).extend(map(digest, group.tensors))
        for layer, digests in reading.get("layers", {}).items():
            assert owned[layer] == digests, (name, layer)


def test_the_config_has_the_layers_of_the_architecture(corpus):
    compared = 0
    for name in list(READINGS)[::3]:
        architecture = corpus / name / ".." / "arch.json"
        if name.endswith("savedmodel") and architecture.exists() and "custom_registered" not in name:
            layers = read(corpus / name).layers
            wanted = tuple(walk_layers(json.loads(architecture.read_text())))
            assert [(layer.name, layer.class_name, layer.inbound) for layer in layers] == [
                (layer.name, layer.class_name, layer.inbound) for layer in wanted
            ]
            compared += 1
    assert compared > 50


def test_the_version_is_that_of_the_writer(corpus):
    for name in list(READINGS)[::7]:
        document = read(corpus / name)
        versions = json.loads((corpus / name / ".." / "meta.json").read_text())["versions"]
        assert document.provenance.tensorflow == versions["tf"]
        if document.format == "savedmodel":
            assert document.provenance.keras_version == versions["keras"]


def test_nested_models_own_their_layers(corpus):
    document = read(corpus / "py311_tf215/nested/savedmodel")
    names = {layer.name for layer in document.layers}
    assert all(group.owner in names for group in document.weights)
    assert any("/" in group.path for group in document.weights)


def test_training_state_is_kept_apart(corpus):
    document = read(corpus / "py37_tf28/mlp_seq/savedmodel")
    assert document.training.optimizer["class_name"] == "Adam"
    assert {slot.path.split("/")[-3] for slot in document.training.slots} >= {"m", "v"}
    assert all("keras_api/metrics" in tensor.path for tensor in document.training.metric_state)
    assert document.parameters == sum(tensor.size for tensor in document.tensors()) == 67


def test_exported_variables_are_counted_once_and_named(corpus):
    document = read(corpus / "py311_tf221_k3151/mlp_seq/export")
    assert document.config is None
    assert {group.owner for group in document.weights} >= {"sequential/dense", "sequential/dense_1"}
    assert sum(tensor.size for tensor in document.tensors() if tensor.dtype == "float32") == 67


def test_kinds_are_told_apart(tensorflow_files):
    readings = json.loads((tensorflow_files / "readings.json").read_text())["savedmodels"]
    forms = {}
    for name, reading in readings.items():
        document = read(tensorflow_files / name)
        forms[name.rpartition("/")[2]] = document.format
        assert {key: document.facts[key] for key in ("tensorflow_version", "functions", "signatures")} == {
            key: reading[key] for key in ("tensorflow_version", "functions", "signatures")
        }
        assert list(document.facts["ops"]) == reading["ops"]
    assert forms == {
        "sm_module": "savedmodel-tf",
        "sm_asset": "savedmodel-tf",
        "sm_v1": "savedmodel-tf1",
        "sm_keras_json": "savedmodel-tf1",
        "sm_keras_plain": "savedmodel",
        "exported": "savedmodel-export",
    }


def test_the_architecture_of_an_experimental_export_is_found(tensorflow_files):
    document = read(tensorflow_files / "savedmodels/sm_keras_json")
    assert not document.damage
    assert [layer.class_name for layer in document.layers] == ["Dense"]
    assert document.provenance.keras_version == "2.2.4-tf"
    assert document.facts["meta_graphs"] == 3


def test_a_model_without_keras_metadata_says_how_that_comes(tensorflow_files):
    document = read(tensorflow_files / "savedmodels/sm_keras_plain")
    assert damage(document) == [("missing", "keras_metadata.pb")]
    assert "tf.saved_model.save" in document.damage[0].what
    assert not document.facts["has_keras_metadata"]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("sm_data_cut", [("truncated", "variables/variables.data-00000-of-00001")]),
        ("sm_no_metadata", [("missing", "keras_metadata.pb")]),
        ("sm_no_pb", [("missing", "saved_model.pb")]),
        ("sm_no_variables", [("missing", "variables")]),
        ("sm_pb_cut", [("truncated", "saved_model.pb")]),
    ],
)
@pytest.mark.parametrize("base", ["tf215sm", "tf28sm"])
def test_damage_is_named_and_read_past(corpus, case, expected, base):
    document = read(corpus / f"pathology/{case}-{base}/savedmodel")
    assert document.format == "savedmodel"
    assert damage(document) == expected
    if case != "sm_no_variables":
        assert document.parameters == {"tf215sm": 67, "tf28sm": 469}[base]
    if case != "sm_no_metadata":
        assert document.config["class_name"] == "Sequential"
        assert document.provenance.keras_version == {"tf215sm": "2.15.0", "tf28sm": "2.8.0"}[base]
        owners = {group.owner for group in document.weights}
        assert owners <= {layer.name for layer in document.layers}


def test_the_file_and_the_variables_folder_lead_to_the_model(corpus):
    folder = corpus / "py311_tf215/mlp_seq/savedmodel"
    whole = read(folder)
    by_file = read(folder / "saved_model.pb")
    assert (by_file.container, by_file.facts["given_path"]) == ("file", "saved_model.pb")
    by_variables = read(folder / "variables")
    assert (by_variables.container, by_variables.facts["given_path"]) == ("directory", "variables")
    for other in (by_file, by_variables):
        assert other.config == whole.config
        assert [tensor.path for tensor in other.tensors()] == [tensor.path for tensor in whole.tensors()]


def test_a_graph_as_text_is_named_and_not_missing(corpus, tmp_path):
    folder = tmp_path / "savedmodel"
    shutil.copytree(corpus / "py311_tf215/mlp_seq/savedmodel", folder)
    (folder / "saved_model.pb").unlink()
    (folder / "saved_model.pbtxt").write_text("saved_model_schema_version: 1\n")
    document = read(folder)
    assert document.facts["graph_as_text"]
    assert not document.damage
    assert document.config["class_name"] == "Sequential"


def test_bytes_alone_give_the_graph(corpus):
    data = (corpus / "py37_tf24/mlp_seq/savedmodel/saved_model.pb").read_bytes()
    document = read("<stdin>", source=BytesSource(data, "<stdin>"))
    assert document.config["class_name"] == "Sequential"
    assert damage(document) == [("missing", "variables")]


def test_other_protocol_buffers_are_none():
    for data in (b"", b"\x08\x01\x12", b"\x08\x01\x12\x07pytorch\x1a\x053.1.0:" + bytes(60)):
        assert not saved_model.recognises(Probe("model.pb", BytesSource(data)))


def test_missing_and_outside_assets_are_told(tensorflow_files, tmp_path):
    folder = tmp_path / "savedmodel"
    shutil.copytree(tensorflow_files / "savedmodels/sm_asset", folder)
    whole = read(folder)
    assert [(asset.path, asset.size, asset.read()) for asset in whole.assets] == [
        ("assets/vocabulary.txt", 4, b"a\nb\n")
    ]
    asset = folder / "assets/vocabulary.txt"
    data = (folder / "saved_model.pb").read_bytes()
    asset.unlink()
    assert damage(read(folder)) == [("missing", f"assets/{asset.name}")]
    outside = ("../" + "x" * len(asset.name))[: len(asset.name)]
    (folder / "saved_model.pb").write_bytes(data.replace(asset.name.encode(), outside.encode()))
    assert [oddity.kind for oddity in read(folder).oddities] == ["path-traversal"]


def test_checksums_are_compared_as_far_as_it_is_quick_and_all_when_asked(corpus, tmp_path):
    folder = tmp_path / "savedmodel"
    shutil.copytree(corpus / "py311_tf215/mlp_seq/savedmodel", folder)
    shard = folder / "variables/variables.data-00000-of-00001"
    data = bytearray(shard.read_bytes())
    data[7] ^= 1
    shard.write_bytes(data)
    for deep in (False, True):
        document = read(folder, deep=deep)
        assert [(item.kind, item.offset, item.length) for item in document.damage] == [("checksum", 0, 128)]
        others = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "variables"]
        assert document.unverified_bytes == sum(path.stat().st_size for path in others)  # which have no checksum
