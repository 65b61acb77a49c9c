"""Repairs for releases that know less: what comes out computes what the saver's release computed.

The outputs that are expected were recorded by those; tests/data/layer-repairs.tsv records that the targets themselves
load such results with equal outputs.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from test_repairs import TOLERANCE, apart

from keras_doctor import Environment, repair

KERAS_224 = "python==3.6 keras==2.2.4 tensorflow==1.13.1"
TF_215 = "python==3.11 tensorflow==2.15.1"

EXACT = (
    ("bidirectional", "py311_tf221_k3151/bi_lstm_seq/model.keras", KERAS_224),
    ("", "py311_tf221_k3151/lstm_initial/model.keras", KERAS_224),
    ("", "py311_tf221_k3151/bi_initial/model.keras", TF_215),
)
TOLD = (("bidirectional", "py311_tf215/masked_bi_seq/model.h5", KERAS_224),)
REFUSED = (("backward_layer", "py311_tf221_k3151/bi_backward/model.keras", KERAS_224),)


@pytest.mark.parametrize(("slug", "file", "spec"), EXACT)
def test_computes_the_same(evaluations: Path, tmp_path: Path, slug: str, file: str, spec: str) -> None:
    result = tmp_path / "mended.h5"
    report = repair(evaluations / file, result, Environment.parse(spec), verify="none")
    assert report.verdict == "loads", report.remaining
    assert not slug or (slug, "exact") in [(change.fix, change.kind) for change in report.changes]
    found = apart(result, (evaluations / file).with_name("golden.npz"))
    assert found is not None
    assert found <= TOLERANCE


@pytest.mark.parametrize(("slug", "file", "spec"), TOLD)
def test_says_what_differs(evaluations: Path, tmp_path: Path, slug: str, file: str, spec: str) -> None:
    report = repair(evaluations / file, tmp_path / "mended.h5", Environment.parse(spec), verify="none")
    assert (slug, "approximate") in [(change.fix, change.kind) for change in report.changes]


@pytest.mark.parametrize(("word", "file", "spec"), REFUSED)
def test_is_refused_by_name(evaluations: Path, tmp_path: Path, word: str, file: str, spec: str) -> None:
    report = repair(evaluations / file, tmp_path / "mended.h5", Environment.parse(spec), verify="none")
    assert not report.path
    assert any(word in finding.message for finding in report.remaining)
