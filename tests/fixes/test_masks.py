"""Masks reach the same layers after a repair as in the release that saved the file, and recurrent layers that Keras 3
has no word for compute the same. The files and outputs are those of real releases (tests/data/evaluations.tar.xz).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_repairs import TOLERANCE, apart

from keras_doctor import Environment, diagnose, read, repair
from keras_doctor.layers.masking import Flow
from keras_doctor.loaders.masks import differing
from keras_doctor.releases.semantics import Semantics

STATE = Path(__file__).parents[1] / "data/masked-state"
KERAS_3 = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")
TF_215 = Environment.parse("python==3.11 tensorflow==2.15.1")

# What the fix does, by file.
MENDED = (
    ("masks-stated", "py311_tf215/masked_lambda/model.h5"),
    ("masks-stated", "py311_tf215/masked_add/model.h5"),
    ("masks-stated", "py37_tf24/masked_concat_one/model.h5"),
    ("masks-stated", "py37_tf24/masked_mha/model.h5"),
    ("masks-stated", "py37_tf24/masked_mha_cross/model.h5"),
    ("recurrent-unfolded", "py36_keras224_tf113/masked_bi_seq/model.h5"),
    ("recurrent-unfolded", "py311_tf215/lstm_time_major/model.h5"),
    ("recurrent-unfolded", "py37_tf24/rnn_residual_wrapper/model.h5"),
    ("recurrent-unfolded", "py311_tf215/rnn_device_wrapper/model.h5"),
    ("causal-stated", "py37_tf24/causal_attention_old/model.h5"),
)
# Files of tf.keras in which nothing has to be stated: Keras 3 hands on these masks as they did.
LEFT = ("masked_nested", "masked_td", "masked_dropout", "masked_attention", "masked_lstm_seq", "masked_stack")


@pytest.mark.parametrize(("slug", "file"), MENDED)
def test_the_outputs_stay(evaluations: Path, tmp_path: Path, slug: str, file: str) -> None:
    report = repair(evaluations / file, tmp_path / "mended.keras", KERAS_3, verify="none")
    assert slug in {change.fix for change in report.changes if change.kind == "exact"}
    assert report.verdict == "loads", report.remaining
    found = apart(tmp_path / "mended.keras", (evaluations / file).with_name("golden.npz"))
    assert found is not None
    assert found < TOLERANCE


@pytest.mark.parametrize("architecture", LEFT)
def test_nothing_is_stated_without_need(evaluations: Path, tmp_path: Path, architecture: str) -> None:
    file = evaluations / "py311_tf215" / architecture / "model.h5"
    report = repair(file, tmp_path / "mended.keras", KERAS_3, verify="none")
    assert "masks-stated" not in {change.fix for change in report.changes}
    assert differing(read(str(file)), KERAS_3) == ()


@pytest.mark.parametrize("architecture", ["masked_add", "masked_concat_one", "masked_multiply"])
def test_a_check_tells_of_them(evaluations: Path, architecture: str) -> None:
    file = str(evaluations / "py311_tf215" / architecture / "model.h5")
    assert [place.name for place in differing(read(file), KERAS_3) if not place.aside]
    assert differing(read(file), TF_215) == ()


def test_a_wrapper_that_drops_at_random_is_said_to_be_gone(evaluations: Path, tmp_path: Path) -> None:
    file = evaluations / "py311_tf215/rnn_dropout_wrapper/model.h5"
    report = repair(file, tmp_path / "mended.keras", KERAS_3, verify="none")
    assert report.verdict == "loads"
    assert [change.kind for change in report.changes if change.fix == "recurrent-unfolded"] == ["lossy"]


# Followed by hand, from keras/src/layers/merging (2.15, 3.15) and the `call` of MultiHeadAttention (3.15).


def _graph(*layers: dict[str, Any], output: str) -> dict[str, Any]:
    inputs = [
        {"class_name": "InputLayer", "name": name, "config": {"name": name, "batch_input_shape": [None, 6]}}
        for name in ("a", "b")
    ]
    ends = {"input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [[output, 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "model", "layers": [*inputs, *layers], **ends}}


def _layer(class_name: str, name: str, *sources: str, **config: Any) -> dict[str, Any]:
    nodes = [[[source, 0, 0, {}] for source in sources]]
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def _words(name: str, source: str, masked: bool) -> dict[str, Any]:
    return _layer("Embedding", name, source, input_dim=9, output_dim=4, mask_zero=masked)


def _mask_of(layer: str, config: dict[str, Any], era: str, library: str, version: str) -> tuple[Any, ...]:
    uses = Flow(era, Semantics(library, version, "tensorflow"), {}).follow(config)
    return uses[(), layer, 0].masks


OF_A, OF_B = (("unequal", 2, ((), "", number, 0), 0) for number in range(2))


@pytest.mark.parametrize(
    ("masked", "before", "after"),
    [
        ((True, True), ("all-of", 2, (OF_A, OF_B)), ("any-of", 2, (OF_A, OF_B))),
        ((True, False), OF_A, None),
        ((False, False), None, None),
    ],
)
def test_how_two_masks_become_one(masked: tuple[bool, bool], before: Any, after: Any) -> None:
    words = [_words("u", "a", masked[0]), _words("v", "b", masked[1])]
    model = _graph(*words, _layer("Add", "sum", "u", "v"), _layer("LSTM", "steps", "sum", units=2), output="steps")
    assert _mask_of("steps", model, "tf.keras", "tf.keras", "2.15") == (before,)
    assert _mask_of("steps", model, "keras-3", "keras", "3.15.1") == (after,)
    assert _mask_of("steps", model, "keras-3", "keras", "3.3.3") == (None,)


def test_a_multi_head_attention_takes_masks_away() -> None:
    heads = _layer("MultiHeadAttention", "heads", "u", num_heads=1, key_dim=2)
    heads["inbound_nodes"] = [[["u", 0, 0, {"value": ["u", 0, 0]}]]]
    model = _graph(_words("u", "a", True), heads, _layer("LSTM", "steps", "u", units=2), output="steps")
    assert _mask_of("steps", model, "tf.keras", "tf.keras", "2.15") == (OF_A,)
    assert _mask_of("steps", model, "keras-3", "keras", "3.7.0") == (OF_A,)
    assert _mask_of("steps", model, "keras-3", "keras", "3.8.0") == (("unsure", 2, OF_A),)


@pytest.mark.parametrize(("version", "words"), [("2.2.4", ("state",)), ("2.3.1", ())])
def test_what_a_masked_step_puts_out_beside_an_initial_state(version: str, words: tuple[str, ...]) -> None:
    """Source: `rnn` of keras/backend/tensorflow_backend.py (2.2.4 and 2.3.1)."""
    steps = _layer("LSTM", "steps", "u", "b", "b", units=2)
    model = _graph(_words("u", "a", True), steps, output="steps")
    assert _mask_of("steps", model, "keras-2", "keras", version) == (OF_A, *words)


def test_a_softmax_of_keras_2_goes_by_no_mask() -> None:
    model = _graph(_words("u", "a", True), _layer("Softmax", "soft", "u", axis=1), output="soft")
    assert _mask_of("soft", model, "keras-2", "keras", "2.2.4") == (None,)
    assert _mask_of("soft", model, "keras-3", "keras", "3.15.1") == (OF_A,)


def test_what_stands_at_masked_first_steps_is_told_and_no_more() -> None:
    """Keras 2.2.4 and tf.keras 2.15 differ there alone (tools/record_masked_state.py)."""
    with np.load(STATE / "save.npz") as before, np.load(STATE / "run.npz") as after:
        apart = np.abs(before["out0"] - after["out0"]).max(axis=-1) > TOLERANCE
        assert apart.tolist() == [[False] * 4, [False] * 4, [True, True, False, False]]
    diagnosis = diagnose(STATE / "model.h5", TF_215)
    assert diagnosis.verdict == "loads"
    assert "KD713" in [finding.code for finding in diagnosis.findings]
