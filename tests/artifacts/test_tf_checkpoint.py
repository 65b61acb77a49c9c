"""Checkpoints by prefix, by each of their files, by the state file, by their folder."""

from __future__ import annotations

import json
import shutil

import pytest

from keras_doctor.artifacts import tf_checkpoint
from keras_doctor.artifacts.probe import Probe
from keras_doctor.wire.source import BytesSource


def read(path, source=None):
    probe = Probe(str(path), source)
    assert tf_checkpoint.recognises(probe)
    return tf_checkpoint.read(probe)


def names(document):
    return [(group.owner, [tensor.name for tensor in group.tensors]) for group in document.weights]


@pytest.fixture
def folder(corpus, tmp_path):
    """A folder with nothing but a checkpoint."""
    for path in (corpus / "py37_tf24/mlp_seq").glob("ckpt.*"):
        shutil.copy(path, tmp_path)
    shutil.copy(corpus / "py37_tf24/mlp_seq/checkpoint", tmp_path)
    return tmp_path


def test_every_path_leads_to_the_same_tensors(folder):
    by_prefix = read(folder / "ckpt")
    assert by_prefix.format == "tf-checkpoint"
    assert not by_prefix.damage
    assert names(by_prefix) == [
        ("layer_with_weights-0", ["kernel", "bias"]),
        ("layer_with_weights-1", ["kernel", "bias"]),
    ]
    assert by_prefix.facts["full_names"]["layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE"] == "dense/kernel"
    for name in ("ckpt.index", "ckpt.data-00000-of-00001", "checkpoint", ""):
        document = read(folder / name)
        assert [tensor.read() for tensor in document.tensors()] == [tensor.read() for tensor in by_prefix.tensors()]
        assert document.facts["prefix"] == str(folder / "ckpt")
        assert not document.damage
    assert read(folder / "checkpoint").facts["given_path"] == "checkpoint"


def test_optimizer_state_is_kept_apart_whatever_it_is_called(tensorflow_files):
    document = read(tensorflow_files / "checkpoints/manager-1")
    wanted = json.loads((tensorflow_files / "readings.json").read_text())["tensors"]["checkpoints/manager-1"]
    assert names(document) == [
        ("net/_functional/_operations/1", ["_kernel", "bias"]),
        ("net/_functional/_operations/2", ["_kernel", "bias"]),
        ("", ["step"]),
    ]
    slots = [slot.path for slot in document.training.slots]
    assert all(path.startswith("opt/") and "_trainable_variables" not in path for path in slots)
    everything = [*(tensor.path for tensor in document.tensors()), *slots]
    everything += [tensor.path for tensor in document.training.metric_state]
    assert sorted([*everything, "_CHECKPOINTABLE_OBJECT_GRAPH"]) == sorted(wanted)


def test_name_based_checkpoints(tensorflow_files):
    document = read(tensorflow_files / "checkpoints/v1_sharded")
    assert document.format == "tf-checkpoint-v1"
    assert names(document) == [("emb", ["table"]), ("dense", ["bias", "kernel"])]
    assert {slot.path for slot in document.training.slots} == {
        *("beta1_power", "beta2_power", "global_step", "dense/kernel/Adam", "dense/kernel/Adam_1"),
        *("dense/bias/Adam", "dense/bias/Adam_1"),
    }
    assert document.facts["tensorflow_version"] == "2.21.0"
    assert "ResourceApplyAdam" in document.facts["ops"]


def test_tensorflow_1_13_stored_the_config_too(corpus):
    document = read(corpus / "py36_tf113/cnn/ckpt")
    assert document.config["class_name"] == "Sequential"
    assert [layer.class_name for layer in document.layers][:2] == ["Conv2D", "BatchNormalizationV1"]
    assert read(corpus / "py37_tf24/cnn/ckpt").config is None


def test_a_folder_with_a_model_in_it_is_not_taken(corpus):
    assert not tf_checkpoint.recognises(Probe(str(corpus / "py37_tf24/mlp_seq")))
    assert not tf_checkpoint.recognises(Probe(str(corpus / "py37_tf24/mlp_seq/nothing")))


def test_the_state_file_leads_nowhere_else(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for path in folder.glob("ckpt.*"):
        shutil.move(path, elsewhere)
    (folder / "checkpoint").write_text(f'model_checkpoint_path: "{elsewhere}/ckpt"\n')
    document = read(folder / "checkpoint")
    assert not list(document.tensors())
    assert "missing" in [damage.kind for damage in document.damage]


def test_the_latest_of_several_is_read(folder):
    for path in list(folder.glob("ckpt.*")):
        shutil.copy(path, folder / path.name.replace("ckpt", "zlast"))
    assert read(folder).facts["prefix"] == str(folder / "ckpt")  # the state file says so
    (folder / "checkpoint").unlink()
    document = read(folder)
    assert document.facts["prefix"] == str(folder / "zlast")
    assert document.facts["checkpoints"] == ("ckpt", "zlast")


@pytest.mark.parametrize(
    ("gone", "given", "kinds"),
    [
        ("ckpt.index", "ckpt.data-00000-of-00001", ["missing"]),
        ("ckpt.data-00000-of-00001", "ckpt.index", ["missing"]),
        ("ckpt.data-00000-of-00001", "ckpt", ["missing"]),
    ],
)
def test_missing_files_are_named(folder, gone, given, kinds):
    (folder / gone).unlink()
    document = read(folder / given)
    assert [damage.kind for damage in document.damage] == kinds
    assert gone in document.damage[0].what


def test_cut_files_give_what_is_there(folder):
    index = folder / "ckpt.index"
    index.write_bytes(index.read_bytes()[:400])
    document = read(index)
    assert list(document.tensors())
    assert document.damage
    shard = folder / "ckpt.data-00000-of-00001"
    shard.write_bytes(shard.read_bytes()[:100])
    assert "truncated" in [damage.kind for damage in read(folder / "ckpt").damage]


def test_an_index_without_a_file_names_its_tensors(folder):
    data = (folder / "ckpt.index").read_bytes()
    document = read("<stdin>", BytesSource(data, "<stdin>"))
    assert len(list(document.tensors())) == 4
    assert [damage.kind for damage in document.damage] == ["missing"]
