"""Repairs of files of real releases: what comes out computes what those releases computed.

The outputs that are expected are the recorded ones of the release that saved a file. That the targets themselves load
the results, and compute the same, is recorded in tests/data/repairs.tsv by tools/check_repairs.py, which the test
marked `lab` runs anew.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.evaluation import evaluate
from outputs import difference, inputs_of

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests/data/repairs.tsv"
ARCHIVES = ROOT / "tests/data/archive-repairs.tsv"  # of `.keras` files for tf.keras and tf-keras, by --ending .keras
TOLERANCE = 1e-5  # of the outputs' scale
HALF = 1e-3  # models that compute with half precision
SETUPS = "KERAS_DOCTOR_SETUPS"

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TF_215 = "python==3.11 tensorflow==2.15.1"
TF_24 = "python==3.7 tensorflow==2.4.4"
KERAS_224 = "python==3.6 keras==2.2.4 tensorflow==1.13.1"

# A file in which each fix has something to do, and for whom.
BY_FIX = (
    ("bins-written", "py37_tf25/discretization/model.h5", KERAS_3),
    ("call-stated", "py37_tf24/mha_ln/model.h5", TF_215),
    ("channels-turned", "py311_jax_k3151/channels_first/model.keras", TF_24),
    ("class-renamed", "py311_tf216_k305/simple_rnn/model.h5", TF_215),
    ("default-written", "py36_keras122_tf14/lstm/model.h5", KERAS_3),
    ("discretization", "py311_tf213/discretization/model.h5", KERAS_3),
    ("hard-sigmoid", "py311_tf212/convlstm/model.h5", KERAS_3),
    ("initializer-dropped", "py311_tf221_k333/gru_default/model.h5", TF_215),
    ("input-declared", "py36_keras122_tf14/cnn/model.h5", KERAS_3),
    ("keras-1", "py36_keras122_tf14/cnn/model.h5", KERAS_3),
    ("keyword-dropped", "py311_tf212/bilstm/model.h5", KERAS_3),
    ("keyword-renamed", "py38_tf210/func_two_input/model.h5", KERAS_224),
    ("lambda-rewritten", "py311_tf213/lambda_py/model.h5", KERAS_3),
    ("locally-connected", "py311_tf213/locally_connected/model.keras", KERAS_3),
    ("name-replaced", "py311_torch_k3151/nonascii_names/model.keras", KERAS_3),
    ("operation-rewritten", "py311_tf213/op_layers/model.h5", KERAS_3),
    ("lambda-rewritten", "py311_tf213/lambda_tf/model.h5", KERAS_3),
    ("operation-rewritten", "py313_tf221_k3151/op_layers/model.keras", TF_24),
    ("sequential-config", "py311_tf212/nested/savedmodel", KERAS_3),
    ("theano-kernels", "py36_keras122_theano/deconv/model.h5", TF_215),
    ("training-rewritten", "py311_jax_k3151/mlp_seq/model.h5", KERAS_3),
    ("vocabulary-written", "py311_tf214/textvec/savedmodel", KERAS_3),
)
UNEVALUATED = {"textvec", "deconv"}  # their sources have no recorded outputs, or cannot be computed


def apart(path: Path, golden: Path) -> float | None:
    """Return how far the outputs of a model are from the recorded ones, in units of their scale; None: not computed."""
    with np.load(golden) as recorded:
        made = evaluate(read(str(path)), inputs_of(recorded))
        return None if made.outputs is None or made.approximations else difference(made.outputs, recorded)


def ending(environment: Environment) -> str:
    return ".keras" if (environment.keras or "").startswith("3") else ".h5"


@pytest.mark.parametrize(("slug", "file", "spec"), BY_FIX)
def test_a_fix(slug: str, file: str, spec: str, corpus: Path, tmp_path: Path) -> None:
    environment = Environment.parse(spec)
    result = tmp_path / f"mended{ending(environment)}"
    report = repair(corpus / file, result, environment, verify="none")
    assert slug in [change.fix for change in report.changes]
    assert report.path, [finding.message for finding in report.remaining]
    assert report.diagnosis.verdict == "loads"
    if (corpus / file).parent.name not in UNEVALUATED:
        found = apart(result, (corpus / file).with_name("golden.npz"))
        assert found is not None
        assert found <= TOLERANCE


def rows(recorded: Path = RECORDED) -> list[dict[str, str]]:
    with recorded.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_results_that_the_targets_load_are_as_they_were_recorded(corpus: Path, tmp_path: Path) -> None:
    """Every 12th file that a target loaded with equal outputs: we say so, and NumPy finds its outputs equal as well."""
    agreed = told = 0
    for number, row in enumerate([row for row in rows() if row["outcome"] == "equal"][::12]):
        environment = Environment.parse(row["env"])
        result = tmp_path / f"{number}{ending(environment)}"
        report = repair(corpus / row["file"], result, environment, verify="none")
        assert report.path, row
        if "mixed_fp16" not in row["file"]:  # oneDNN stops some in tf.keras 2.10 to 2.15 (KD315): not each process
            assert report.diagnosis.verdict == "loads", (row, report.remaining)
        found = apart(result, (corpus / row["file"]).with_name("golden.npz"))
        told += 1
        agreed += found is not None and found <= (HALF if "16" in row["file"].split("/")[1] else TOLERANCE)
    assert agreed >= 0.9 * told > 0


def test_archives_for_tf_keras_are_as_they_were_recorded(corpus: Path, tmp_path: Path) -> None:
    """Every 20th archive that a tf.keras or tf-keras loaded with equal outputs: by NumPy they are equal as well."""
    agreed = told = 0
    for number, row in enumerate([row for row in rows(ARCHIVES) if row["outcome"] == "equal"][::20]):
        result = tmp_path / f"{number}.keras"
        report = repair(corpus / row["file"], result, Environment.parse(row["env"]), verify="none")
        assert report.verdict == "loads", (row, report.remaining)
        found = apart(result, (corpus / row["file"]).with_name("golden.npz"))
        told += 1
        agreed += found is not None and found <= (HALF if "16" in row["file"].split("/")[1] else TOLERANCE)
    assert agreed >= 0.9 * told > 0


@pytest.mark.parametrize("recorded", [RECORDED, ARCHIVES], ids=lambda path: path.stem)
def test_the_recorded_run(recorded: Path) -> None:
    shares: dict[str, list[bool]] = {}
    for row in rows(recorded):
        if not row["outcome"].startswith("refused"):
            shares.setdefault(row["env"], []).append(row["outcome"] == "equal")
    assert len(shares) >= 4
    for env, found in shares.items():
        assert sum(found) >= 0.93 * len(found) > 0, env


def test_the_source_stays_and_the_result_is_the_same_each_time(corpus: Path, tmp_path: Path) -> None:
    source = corpus / "py36_keras122_tf14/lstm/model.h5"
    before = source.read_bytes()
    environment = Environment.parse(KERAS_3)
    first, second = tmp_path / "a.keras", tmp_path / "b.keras"
    repair(source, first, environment)
    repair(source, second, environment)
    assert source.read_bytes() == before
    assert first.read_bytes() == second.read_bytes()
    with pytest.raises((OSError, ValueError), match="force"):
        repair(source, first, environment)


def test_a_plan_writes_nothing(corpus: Path, tmp_path: Path) -> None:
    report = repair(
        corpus / "py36_keras122_tf14/lstm/model.h5", tmp_path / "a.keras", Environment.parse(KERAS_3), dry=True
    )
    assert report.changes
    assert not report.path
    assert not list(tmp_path.iterdir())


@pytest.mark.lab
@pytest.mark.parametrize(
    ("setup", "spec", "ending"),
    [
        ("py311_tf221_k3151", KERAS_3, ""),
        ("py311_tf215", "python==3.11 tensorflow==2.15.1", ".keras"),
        ("py311_tfkeras221", "python==3.11 tf-keras==2.21.0 tensorflow==2.21.0", ".keras"),
    ],
)
def test_targets_load_the_results(corpus: Path, setup: str, spec: str, ending: str, tmp_path: Path) -> None:
    setups = os.environ.get(SETUPS)
    if not setups:
        pytest.skip(f"{SETUPS} names no file of environments (tools/in_releases.py says what is in it)")
    out = tmp_path / "repairs.tsv"
    tool = [sys.executable, ROOT / "tools/check_repairs.py", corpus, setups, f"{setup}={spec}"]
    subprocess.run([*tool, "--every", "40", "--ending", ending, "--out", out], check=True)
    with out.open(encoding="utf-8", newline="") as file:
        outcomes = [row["outcome"] for row in csv.DictReader(file, delimiter="\t")]
    assert outcomes.count("equal") >= 0.93 * len(outcomes) > 0
