"""The evaluation by NumPy against what real releases computed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from keras_doctor.artifacts.opening import read
from keras_doctor.document.model import ModelDocument
from keras_doctor.rescue.evaluation import evaluate, make_inputs
from keras_doctor.rescue.evaluation.hashes import CROSS_KEY, combined, fingerprint64, keyed
from outputs import difference, inputs_of

TOLERANCE = 1e-5  # of the outputs' scale

# Why models of the packed corpus cannot be evaluated, or differ: by architecture.
CORPUS_REASONS = {
    "textvec": "its vocabulary does not stand in the file",  # in tf.keras's HDF5 there is none, nor in v3 weights
    "stringlookup": "its vocabulary does not stand in the file",  # of SavedModels from 2.12 on it is in the graph
    "bilstm": "the file does not hold",  # Keras 3.0 stores weights of one name once
    "mha_ln": "the file does not hold",
}
CORPUS_DIFFERENT = {
    "bfloat16_policy": "JAX and PyTorch round elsewhere than TensorFlow",
    "mixed_fp16": "TensorFlow 2.16 rounds each step; Keras 3 files do not say which TensorFlow wrote them",
    "deconv": "Keras 1 does not say that Theano turned its kernels around",
}

# The same for the packed single layers, by case.
LAYER_REASONS = {
    **dict.fromkeys(("clahe", "max_boxes"), "there is no computation of this class yet"),
    "k3_image3": "there is no computation of the operation",
    **dict.fromkeys(("quant_dense_fp8", "quant_einsum_fp8"), "quantized as float8"),
    **dict.fromkeys(("quant_dense_int4", "quant_einsum_int4"), "quantized as int4"),
    **dict.fromkeys(("quant_embedding_int4", "quant_reversible_int4"), "quantized as int4"),
    **dict.fromkeys(("op_nn_layers", "rnn_dropout_wrapper"), "at random, in use too"),
    "act_layer": "the file holds no architecture",  # the release could not write it
    "activity_regularization": "is made by nothing in the model",
    "merge_lambda": "a function of the user's own",
    "op_einsum": "there is no computation of tf.einsum",  # the file loses its operands
}
LAYER_DIFFERENT = {
    "causal_attention_old": "TensorFlow 2.10 to 2.15 do not write `causal`",
    "conv3d_first": "TensorFlow adds the bias to the wrong axis on a processor",
    "conv3d_transpose_first": "the same",
    "crop2_first": "Keras 1 does not write dim_ordering",
    "lora_quant": "what is saved is rounded anew",
    "pad2_first": "Keras 1 does not write dim_ordering",
    "up2_first": "Keras 1 does not write dim_ordering",
}


def stock_models(corpus: Path, every: int) -> list[Path]:
    """Return each `every`-th model file of the packed corpus without custom classes."""
    found = []
    for meta in sorted(corpus.glob("*/*/meta.json")):
        told = json.loads(meta.read_text(encoding="utf-8"))
        if "versions" not in told or told.get("custom") or not (meta.parent / "golden.npz").exists():
            continue
        found += [
            meta.parent / name for name in ("model.h5", "model.keras", "savedmodel") if (meta.parent / name).exists()
        ]
    return found[::every]


def test_corpus(corpus: Path) -> None:
    agreed, unexplained = 0, []
    models = stock_models(corpus, 7)
    for path in models:
        with np.load(path.parent / "golden.npz") as golden:
            result = evaluate(read(str(path)), inputs_of(golden))
            arch = path.parent.name
            if result.outputs is None:
                reason = CORPUS_REASONS.get(arch)
                if reason is None or reason not in result.reason:
                    unexplained.append((str(path), result.reason))
            elif difference(result.outputs, golden) <= TOLERANCE:
                agreed += 1
            elif arch not in CORPUS_DIFFERENT or not result.approximations:
                unexplained.append((str(path), "differs"))
    assert not unexplained
    assert agreed >= 0.95 * len(models)


@pytest.mark.parametrize("part", range(4))
def test_layers(evaluations: Path, part: int) -> None:
    unexplained, paths = [], sorted(evaluations.glob("*/*/golden.npz"))[part::4]  # in parts for several workers
    for golden_path in paths:
        saver, case = golden_path.parts[-3:-1]
        model = next(path for path in sorted(golden_path.parent.iterdir()) if path.name.startswith("model."))
        backend = "theano" if saver.endswith("_theano") else None  # Keras 1 does not say it
        with np.load(golden_path) as golden:
            result = evaluate(read(str(model)), inputs_of(golden), backend=backend)
            if result.outputs is None:
                if case not in LAYER_REASONS or LAYER_REASONS[case] not in result.reason:
                    unexplained.append((saver, case, result.reason))
            elif case not in LAYER_DIFFERENT and difference(result.outputs, golden) > TOLERANCE:
                unexplained.append((saver, case, f"differs by {difference(result.outputs, golden):.1e}"))
    assert not unexplained
    assert len(paths) > 400


def test_a_changed_weight_shows(corpus: Path) -> None:
    folder = corpus / "py311_tf215" / "cnn"
    document = read(str(folder / "model.h5"))
    with np.load(folder / "golden.npz") as golden:
        given = [x * 1.001 for x in inputs_of(golden)]
        outputs = evaluate(document, given).outputs
        assert outputs is not None
        assert difference(outputs, golden) > TOLERANCE


# Recorded with TensorFlow 2.15.1: `tf.strings.to_hash_bucket_fast(s, 2**63 - 1)`, `to_hash_bucket_strong(…, [7, 99])`.
HASHES: list[tuple[str, int, int]] = [
    ("", 1936946117179621456, 6549659194475695147),
    ("a", 3694432073954588132, 1470745389906069033),
    ("ab", 3066228220894225695, 5575442320968682403),
    ("abcd", 1897425971756105985, 7851182189163057959),
    ("hello", 3786372426573024489, 9006995794708360917),
    ("12345678", 3430003927990384362, 4828898761487689252),
    ("0123456789abcdef", 6105018409752412263, 3706901998118982067),
    ("the quick brown fox jumps", 6000648049570618899, 660520254404286608),
    ("the quick brown fox jumps over the lazy dog and more", 8541644229926627608, 4425832770598530512),
    ("x" * 64, 6916188127298655160, 6983634459187669303),
    ("y" * 65, 4023130470993650269, 7825827813902043549),
    ("keras " * 40, 7147459146419593271, 1720580782522361709),
]


@pytest.mark.parametrize(("text", "plain", "with_key"), HASHES)
def test_hashes(text: str, plain: int, with_key: int) -> None:
    most = 2**63 - 1
    assert fingerprint64(text.encode()) % most == plain
    assert keyed(text.encode(), (7, 99)) % most == with_key


def test_crossed_hashes() -> None:
    # TensorFlow 2.15.1: tf.sparse.cross_hashed([[["A"], ["B"]], [[101], [102]]], 10**9)
    found = [combined(combined(CROSS_KEY, fingerprint64(s)), n) % 10**9 for s, n in ((b"A", 101), (b"B", 102))]
    assert found == [188794891, 400409576]


def test_made_inputs_fit(corpus: Path) -> None:
    for path in stock_models(corpus, 61):
        document = read(str(path))
        inputs = make_inputs(document, 3)
        again = make_inputs(document, 3)
        assert all(np.array_equal(one, two) for one, two in zip(inputs, again, strict=True))
        result = evaluate(document, inputs)
        assert result.outputs is not None or CORPUS_REASONS.get(path.parent.name, "?") in result.reason
        for output in result.outputs or ():
            assert len(output) == len(inputs[0])


def test_wrong_number_of_inputs(corpus: Path) -> None:
    result = evaluate(read(str(corpus / "py311_tf215" / "cnn" / "model.h5")), [])
    assert result.outputs is None
    assert result.reason == "the model takes 1 inputs and is given 0"


HOSTILE = [
    {"class_name": "UpSampling2D", "config": {"size": [10**6, 10**6]}},
    {"class_name": "ZeroPadding2D", "config": {"padding": 10**9}},
    {"class_name": "MaxPooling2D", "config": {"pool_size": 10**6, "strides": 1, "padding": "same"}},
    {"class_name": "Resizing", "config": {"height": 10**6, "width": 10**6}},
    {"class_name": "Reshape", "config": {"target_shape": [-5, {}]}},
    {"class_name": "TimeDistributed", "config": {"layer": 7}},
    {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None]}},
    {"class_name": "Activation", "config": {"activation": {"class_name": "function", "config": ["x"]}}},
    {"class_name": "Dense", "config": {"units": 3}},
    {"class_name": "Nothing", "config": {}},
    {"class_name": "MaxPooling2D", "config": {"pool_size": 7, "strides": 1}},
    {"class_name": "AveragePooling2D", "config": {"pool_size": 2, "strides": -(10**9)}},
    {"class_name": "Rescaling", "config": {"scale": [None, 2.0, "x"]}},
]


@pytest.mark.parametrize("entry", HOSTILE, ids=lambda entry: entry["class_name"])
def test_what_makes_no_sense_is_a_reason(entry: dict) -> None:
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4, 4, 3], "name": "i"}}
    config = {"class_name": "Sequential", "config": {"layers": [first, entry]}}
    result = evaluate(
        ModelDocument("x", "json-architecture", "text", config=config), [np.ones((2, 4, 4, 3), "float32")]
    )
    assert result.outputs is None
    assert entry["class_name"] in result.reason


def test_text_is_not_multiplied() -> None:
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "i", "dtype": "string"}},
        {"class_name": "UnitNormalization", "config": {}},
    ]
    document = ModelDocument(
        "x", "json-architecture", "text", config={"class_name": "Sequential", "config": {"layers": layers}}
    )
    result = evaluate(document, [np.full((2, 4), "a", object)])
    assert "text where numbers belong" in result.reason


def test_inputs_beyond_memory() -> None:
    layers = [{"class_name": "InputLayer", "config": {"batch_shape": [None, 10**9], "name": "i"}}]
    config = {"class_name": "Sequential", "config": {"layers": layers}}
    with pytest.raises(ValueError, match="too large"):
        make_inputs(ModelDocument("x", "json-architecture", "text", config=config))
