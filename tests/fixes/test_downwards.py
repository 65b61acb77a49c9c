"""Repairs for releases that know less: what comes out computes what the saver's release computed.

The outputs that are expected were recorded by those; tests/data/layer-repairs.tsv records that the targets themselves
load such results with equal outputs.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from test_repairs import HALF, TOLERANCE, apart, ending

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.evaluation import evaluate
from keras_doctor.rescue.wishes import Wishes
from outputs import difference, inputs_of

KERAS_224 = "python==3.6 keras==2.2.4 tensorflow==1.13.1"
KERAS_315 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TF_215 = "python==3.11 tensorflow==2.15.1"
KERAS_305 = "python==3.11 keras==3.0.5 tensorflow==2.16.2"

EXACT = (
    ("bidirectional", "py311_tf221_k3151/bi_lstm_seq/model.keras", KERAS_224),
    ("", "py311_tf221_k3151/lstm_initial/model.keras", KERAS_224),
    ("", "py311_tf221_k3151/bi_initial/model.keras", TF_215),
    ("", "py311_tf221_k3151/nested_dict/model.keras", TF_215),
    ("masks-left", "py311_tf221_k3151/masked_lstm/model.keras", KERAS_224),
    ("masks-left", "py311_tf221_k3151/masked_nested_seq/model.keras", KERAS_224),
    ("masks-left", "py311_tf221_k3151/masked_gru_two/model.keras", KERAS_224),
    ("masks-left", "py311_tf221_k3151/masked_bn/model.keras", "python==3.7 tensorflow==2.4.4"),
)
PLAINLY = (
    ("composed-plainly", "py311_tf215/rescaling/model.h5"),
    ("composed-plainly", "py37_tf24/normalization_adapted/model.h5"),
    ("composed-plainly", "py311_tf221_k3151/k3_split/model.keras"),
    ("composed-plainly", "py37_tf24/op_slice/model.h5"),
    ("activation-composed", "py311_tf221_k3151/act_hard_silu/model.keras"),
    ("activation-composed", "py311_tf221_k3151/act_log_sigmoid/model.keras"),
)
TOLD = (
    ("bidirectional", "py311_tf215/masked_bi_seq/model.h5", KERAS_224),
    ("dtype-widened", "py311_tf215/float64/model.h5", KERAS_224),
    ("dtype-widened", "py311_tf221_k3151/float16/model.keras", KERAS_224),
)
REFUSED = (
    ("does not support masking", "py37_tf24/masked_conv/model.h5", KERAS_224),
    ("its cells are of several sizes", "py37_tf24/masked_stack/model.h5", KERAS_224),
    ("its steps put out images", "py311_tf221_k3151/masked_convlstm/model.keras", KERAS_224),
    ("backward_layer", "py311_tf221_k3151/bi_backward/model.keras", KERAS_224),
    ("TopK", "py311_tf221_k3151/k3_topk/model.keras", KERAS_224),
    ("gelu", "py311_tf215/act_gelu/model.h5", KERAS_224),
)


@pytest.mark.parametrize(("slug", "file", "spec"), EXACT)
def test_computes_the_same(evaluations: Path, tmp_path: Path, slug: str, file: str, spec: str) -> None:
    result = tmp_path / "mended.h5"
    report = repair(evaluations / file, result, Environment.parse(spec), verify="none")
    assert report.verdict == "loads", report.remaining
    assert not slug or (slug, "exact") in [(change.fix, change.kind) for change in report.changes]
    assert {change.kind for change in report.changes} == {"exact"}
    found = apart(result, (evaluations / file).with_name("golden.npz"))
    assert found is not None
    assert found <= TOLERANCE


@pytest.mark.parametrize(("slug", "file", "spec"), TOLD)
def test_says_what_differs(evaluations: Path, tmp_path: Path, slug: str, file: str, spec: str) -> None:
    report = repair(evaluations / file, tmp_path / "mended.h5", Environment.parse(spec), verify="none")
    assert report.verdict == "loads"
    assert (slug, "approximate") in [(change.fix, change.kind) for change in report.changes]


@pytest.mark.parametrize(("slug", "file"), PLAINLY)
def test_layers_in_the_place_of_operations(evaluations: Path, tmp_path: Path, slug: str, file: str) -> None:
    """Keras 2.2.4 has no layers for operations, and TensorFlow 1.13 loads these and computes the same."""
    result = tmp_path / "mended.h5"
    report = repair(evaluations / file, result, Environment.parse(KERAS_224), verify="none")
    assert report.verdict == "loads", report.remaining
    assert slug in [change.fix for change in report.changes]
    found = apart(result, (evaluations / file).with_name("golden.npz"))
    assert found is not None
    assert found <= TOLERANCE


@pytest.mark.parametrize(
    "file",
    [
        "py311_tf221_k3151/op_layers/model.keras",
        "py37_tf24/op_layers/model.h5",
        "py311_tf215/lambda_py/model.h5",
        "py311_tf215/lambda_tf/model.h5",
        "py36_keras224_tf113/lambda_tf/model.h5",
        "py311_tf221_k3151/lambda_py/model.keras",
    ],
)
def test_several_operations(corpus: Path, tmp_path: Path, file: str) -> None:
    result = tmp_path / "mended.h5"
    report = repair(corpus / file, result, Environment.parse(KERAS_224), verify="numpy")
    assert report.verdict == "loads", report.remaining
    assert report.verification.equal
    found = apart(result, (corpus / file).with_name("golden.npz"))
    assert found is not None
    assert found <= TOLERANCE


@pytest.mark.parametrize(("word", "file", "spec"), REFUSED)
def test_is_refused_by_name(evaluations: Path, tmp_path: Path, word: str, file: str, spec: str) -> None:
    report = repair(evaluations / file, tmp_path / "mended.h5", Environment.parse(spec), verify="none")
    assert not report.path
    assert any(word in finding.message for finding in report.remaining)


@pytest.mark.parametrize("file", ["py311_tf221_k3151/mixed_fp16/model.keras", "py37_tf24/mixed_fp16/model.h5"])
def test_half_precision_is_kept(file: str, corpus: Path, tmp_path: Path) -> None:
    """tf.keras 2.15 loads both results and computes outputs that differ from the savers' by 2e-5 and 3e-4."""
    result = tmp_path / "mended.h5"
    report = repair(corpus / file, result, Environment.parse(TF_215), verify="none")
    assert report.verdict == "loads"
    assert ("half-normalized", "approximate") in [(change.fix, change.kind) for change in report.changes]
    with np.load((corpus / file).with_name("golden.npz")) as recorded:
        made = evaluate(read(str(result)), inputs_of(recorded))
        assert made.outputs is not None
        assert difference(made.outputs, recorded) <= HALF


def test_bfloat16_is_mixed_where_it_cannot_be_filled(corpus: Path, tmp_path: Path) -> None:
    """TensorFlow 2.4.4 loads the result, and computes in bfloat16."""
    file = corpus / "py311_tf221_k3151/bfloat16_policy/model.keras"
    report = repair(file, tmp_path / "mended.h5", Environment.parse("python==3.7 tensorflow==2.4.4"), verify="none")
    assert report.verdict == "loads"
    layers = read(report.path).config["config"]["layers"]
    assert [layer["config"]["dtype"] for layer in layers if layer["config"]["dtype"] != "float32"] == [
        {"class_name": "Policy", "config": {"name": "mixed_bfloat16"}}
    ]
    stored = [tensor.dtype for group in read(report.path).weights for tensor in group.tensors]
    assert set(stored) == {"float32"}


@pytest.mark.parametrize(
    ("file", "spec", "told"),
    [
        ("py311_tf221_k3151/lambda_named/model.keras", TF_215, {"function_type": "function", "module": "__main__"}),
        ("py37_tf24/lambda_py/model.h5", "python==3.7 keras==2.3.1 tensorflow==1.15.5", {"function_type": "lambda"}),
    ],
)
def test_the_function_of_a_lambda(file: str, spec: str, told: dict[str, str], corpus: Path, tmp_path: Path) -> None:
    """As tf.keras 2.15 and Keras 2.3 say what it is: `get_config` of their Lambda."""
    report = repair(corpus / file, tmp_path / "mended.h5", Environment.parse(spec), verify="none")
    assert report.path, report.remaining
    held = read(report.path).config["config"]["layers"]
    config = next(layer["config"] for layer in held if layer["class_name"] == "Lambda")
    assert {key: config.get(key) for key in ("function_type", "module") if key in config} == told
    assert config["output_shape"] is None
    assert config["output_shape_type"] == "raw"


@pytest.mark.parametrize(
    ("file", "most"),
    [("py311_tf221_k3151/quant_dense/model.keras", 0.01), ("py311_tf221_k3151/quant_einsum/model.keras", 0.01)],
)
def test_int8_becomes_plain_when_it_is_asked_for(evaluations: Path, tmp_path: Path, file: str, most: float) -> None:
    """Keras 3.15.1 computed in int8 what is compared with."""
    environment, result = Environment.parse(TF_215), tmp_path / "mended.h5"
    assert not repair(evaluations / file, result, environment, verify="none").path
    report = repair(evaluations / file, result, environment, verify="none", wishes=Wishes(dequantize=True))
    assert report.verdict == "loads", report.remaining
    assert ("dequantized", "approximate") in [(change.fix, change.kind) for change in report.changes]
    found = apart(result, (evaluations / file).with_name("golden.npz"))
    assert found is not None
    assert TOLERANCE < found <= most


def test_an_int8_embedding_computes_the_same(evaluations: Path, tmp_path: Path) -> None:
    file, result = evaluations / "py311_tf221_k3151/quant_embedding/model.keras", tmp_path / "mended.h5"
    report = repair(file, result, Environment.parse(TF_215), verify="none")
    assert report.verdict == "loads", report.remaining
    assert ("dequantized", "exact") in [(change.fix, change.kind) for change in report.changes]
    found = apart(result, file.with_name("golden.npz"))
    assert found is not None
    assert found <= TOLERANCE


def test_a_flatten_behind_texts_states_its_size(corpus: Path, tmp_path: Path) -> None:
    """Keras 3.0.5 and 3.8.0 compute with the result what the savers computed."""
    for saver in ("py311_tf215", "py311_tf221_k3151"):
        file = corpus / saver / "textvec/model.keras"
        report = repair(file, tmp_path / "mended.keras", Environment.parse(KERAS_305), verify="none", force=True)
        assert report.verdict == "loads", report.remaining
        assert "flatten-sized" in [change.fix for change in report.changes]


@pytest.mark.parametrize(
    ("file", "spec"),
    [
        ("py37_tf24/random_crop/model.h5", KERAS_315),
        ("py311_tf215/random_crop/model.h5", KERAS_315),
        ("py311_tf221_k3151/random_crop/model.keras", TF_215),
        ("py311_tf215/random_crop/model.h5", "python==3.11 keras==3.6.0 tensorflow==2.21.0"),
        ("py311_tf215/random_crop/model.h5", "python==3.7 tensorflow==2.4.4"),
    ],
)
def test_random_crop_predicts_the_same(evaluations: Path, tmp_path: Path, file: str, spec: str) -> None:
    """Each of these releases loads the result and computes what the saver computed."""
    environment = Environment.parse(spec)
    result = tmp_path / f"mended{ending(environment)}"
    report = repair(evaluations / file, result, environment, verify="none")
    assert report.verdict == "loads", report.remaining
    assert ("random-crop", "lossy") in [(change.fix, change.kind) for change in report.changes]
    found = apart(result, (evaluations / file).with_name("golden.npz"))
    assert found is not None
    assert found <= TOLERANCE


@pytest.mark.parametrize("name", ["random_rotation", "dropout"])
def test_whether_a_layer_trains_is_not_fixed(evaluations: Path, tmp_path: Path, name: str) -> None:
    """Keras 3 notes `training` in each call and does not go by it when it predicts; tf.keras goes by it always."""
    file = evaluations / f"py311_tf221_k3151/{name}/model.keras"
    report = repair(file, tmp_path / "mended.h5", Environment.parse(TF_215), verify="none")
    assert report.verdict == "loads", report.remaining
    assert '"training"' not in json.dumps(read(report.path).config["config"]["layers"])
    assert '"training"' in json.dumps(read(file).config["config"]["layers"])


def test_augmentation_that_a_release_lacks_is_left_out(evaluations: Path, tmp_path: Path) -> None:
    file = evaluations / "py311_tf221_k3151/random_hue/model.keras"
    report = repair(file, tmp_path / "mended.h5", Environment.parse(TF_215), verify="none")
    assert report.verdict == "loads", report.remaining
    assert ("layer-replaced", "lossy") in [(change.fix, change.kind) for change in report.changes]


def test_a_model_without_layers_in_its_config(corpus: Path, tmp_path: Path) -> None:
    """A subclassed model: it stays what it is, and its class has to be given."""
    file = corpus / "py311_tf221_k3151/subclassed/model.keras"
    report = repair(file, tmp_path / "mended.h5", Environment.parse(TF_215), verify="none")
    assert [finding.code for finding in report.remaining][:1] == ["KD401"]
