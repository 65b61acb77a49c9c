"""Repairs of models of single layers, which real releases saved: what comes out computes what those releases computed.

tests/data/layer-repairs.tsv records that real targets load the results with equal outputs:

    python tools/check_repairs.py UNPACKED SETUPS.jsonl "py311_tf221_k3151=…" "py37_tf24=…" --only highway … --out …

UNPACKED: tests/data/evaluations.tar.xz. The architectures are those that the fixes named below deal with.
tests/data/variant-repairs.tsv records the same of all of tests/data/variants.tar.xz.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from test_repairs import TOLERANCE, apart, ending

from keras_doctor import Environment, repair

RECORDED = Path(__file__).resolve().parents[1] / "data/layer-repairs.tsv"
VARIANTS = RECORDED.with_name("variant-repairs.tsv")
KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TORCH = "python==3.11 keras==3.15.1 torch==2.13.0"
TF_24 = "python==3.7 tensorflow==2.4.4"

BY_FIX = (
    ("layer-replaced", "py311_tf215/thresholded_relu/model.h5", KERAS_3),
    ("dense-combined", "py36_keras122_tf14/highway/model.h5", KERAS_3),
    ("dense-combined", "py36_keras122_theano/maxout/model.h5", KERAS_3),
    ("locally-connected", "py311_tf215/local1d_2_first/model.h5", KERAS_3),
    ("locally-connected", "py37_tf24/local2d_3_same/model.h5", KERAS_3),
    ("causal-padding", "py37_tf24/separable1d_causal/model.h5", KERAS_3),
    ("spectral-embedding", "py311_tf215/spectral_embedding/model.h5", KERAS_3),
    ("batch-axes", "py37_tf24/bn_axes/model.h5", KERAS_3),
    ("virtual-batches", "py311_tf215/bn_virtual/model.h5", KERAS_3),
    ("batches-apart", "py37_tf24/conv2d_extra_rank/model.h5", KERAS_3),
    ("grouped", "py311_tf221_k3151/conv2d_groups/model.keras", TF_24),
    ("channels-turned", "py311_tf221_k3151/conv2d_first_same/model.keras", TF_24),
    ("resampled", "py311_tf215/up2_mitchell/model.h5", KERAS_3),
    ("resampled", "py311_tf215/up2_lanczos/model.h5", TORCH),
    ("shear-factor", "py311_tf221_k3151/random_shear/model.keras", KERAS_3),
    ("bias-axis", "py311_tf221_k3151/conv3d_first/model.keras", TF_24),
    ("dimensions-kept", "py311_tf215/gap2_keep/model.h5", TF_24),
    ("upsampling-moved", "py36_keras224_tf113/up2_bilinear/model.h5", KERAS_3),
    ("layer-composed", "py311_tf215/linear_model/model.h5", KERAS_3),
    ("layer-composed", "py311_tf215/random_fourier/model.h5", KERAS_3),
    ("layer-composed", "py37_tf24/category_encoding_tfidf/model.h5", KERAS_3),
    ("operation-composed", "py311_tf215/op_conv/model.h5", KERAS_3),
    ("operation-rewritten", "py311_tf215/op_norm/model.h5", KERAS_3),
    ("operation-rewritten", "py37_tf24/op_shape_of/model.h5", KERAS_3),
)


def rows(recorded: Path = RECORDED) -> list[dict[str, str]]:
    with recorded.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("part", range(2))
def test_results_are_as_they_were_recorded(evaluations: Path, tmp_path: Path, part: int) -> None:
    """Half of the files that a target loaded with equal outputs: we say that they load, and NumPy agrees."""
    apart_by: dict[tuple[str, str], float | None] = {}
    equal = [row for row in rows() if row["outcome"] == "equal"]
    for number, row in enumerate(equal[part::4]):
        environment = Environment.parse(row["env"])
        result = tmp_path / f"{number}{ending(environment)}"
        report = repair(evaluations / row["file"], result, environment, verify="none")
        assert report.verdict == "loads", (row, report.remaining)
        found = apart(result, (evaluations / row["file"]).with_name("golden.npz"))
        if found is None or found > TOLERANCE:
            apart_by[row["file"], row["env"]] = found
    assert not apart_by


def test_variants_compute_what_they_did(variants: Path, tmp_path: Path) -> None:
    """A third of the files that Keras 3.15.1 loaded with equal outputs, as NumPy computes them."""
    for number, row in enumerate(rows(VARIANTS)[1::3]):
        environment = Environment.parse(row["env"])
        result = tmp_path / f"{number}.keras"
        report = repair(variants / row["file"], result, environment, verify="none")
        assert report.verdict == "loads", (row["file"], report.remaining)
        found = apart(result, (variants / row["file"]).with_name("golden.npz"))
        assert found is not None, row["file"]
        assert found <= TOLERANCE, row["file"]


@pytest.mark.parametrize("name", ["bn_eps", "bn_eps_renorm", "bn_eps_3d"])
def test_an_epsilon_that_a_kernel_raises(variants: Path, tmp_path: Path, name: str) -> None:
    """Keras 2.2.4 takes no less than 1.001e-5 for images; what had a smaller one computes the same there."""
    environment = Environment.parse("python==3.6 keras==2.2.4 tensorflow==1.13.1")
    source = variants / "py311_tf215" / name / "model.h5"
    report = repair(source, tmp_path / "mended.h5", environment, verify="none")
    assert report.verdict == "loads"
    assert ("least-epsilon" in [change.fix for change in report.changes]) == (name != "bn_eps_3d")
    found = apart(tmp_path / "mended.h5", source.with_name("golden.npz"))
    assert found is not None
    assert found <= TOLERANCE


def test_all_variants_were_equal() -> None:
    assert {row["outcome"] for row in rows(VARIANTS)} == {"equal"}


def test_the_recorded_run() -> None:
    """What was not equal was refused, and said so."""
    outcomes = [row["outcome"].split(":")[0] for row in rows()]
    assert outcomes.count("equal") >= 0.95 * len(outcomes)
    assert outcomes.count("equal") + outcomes.count("refused") >= len(outcomes) - 8


@pytest.mark.parametrize(("slug", "file", "spec"), BY_FIX)
def test_a_fix(evaluations: Path, tmp_path: Path, slug: str, file: str, spec: str) -> None:
    environment = Environment.parse(spec)
    report = repair(evaluations / file, tmp_path / f"mended{ending(environment)}", environment, verify="none")
    assert slug in [change.fix for change in report.changes]
    assert report.verdict == "loads"
