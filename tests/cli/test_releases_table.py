"""`check --releases`: what every release makes of a file, and the way in for who has no Keras."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from keras_doctor.artifacts import read
from keras_doctor.rules import diagnose
from keras_doctor.rules.survey import environment_of, survey

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/releases-1.json").read_text())


def verdicts(out):
    return {entry["name"]: entry["verdict"] for entry in json.loads(out)["releases"]}


def test_a_keras_archive_fails_before_tensorflow_2_12(run, corpus):
    """TensorFlow 2.8 and 2.10 and Keras 2.2.4 really refuse the archive, by the matrix of real loads."""
    _, out, _ = run("check", corpus / "py311_tf221_k3151/cnn/model.keras", "--releases", "--json")
    jsonschema.validate(json.loads(out), SCHEMA)
    found = verdicts(out)
    assert {found["tf.keras of TensorFlow 2.10.1"], found["tf.keras of TensorFlow 2.8.4"]} == {"fails"}
    assert found["Keras 2.2.4"] == "fails"
    assert found["Keras 3.15.1"] == "loads"
    assert json.loads(out)["newest_that_loads"]["name"] == "Keras 3.15.1"


@pytest.mark.parametrize(
    "path",
    [
        "py37_tf24/lstm/model.h5",
        "py311_tf221_k3151/cnn/model.keras",
        "py36_keras224_tf113/nested/model.h5",
        "py37_tf24/mlp_seq/savedmodel",
        "pathology/cut_half-tf215h5/model.h5",
    ],
)
def test_the_table_says_what_a_whole_check_says(corpus, path):
    document = read(corpus / path)
    for answer in list(survey(document))[::7]:
        whole = diagnose(document, environment_of(answer.release))
        ours, theirs = answer.diagnosis, whole
        assert (ours.verdict, ours.cause, ours.decisive) == (theirs.verdict, theirs.cause, theirs.decisive)


def test_releases_with_one_answer_stand_in_one_line(run, corpus):
    _, out, err = run("check", corpus / "py37_tf24/mlp_seq/savedmodel", "--releases")
    assert err == ""
    heads = [line for line in out.splitlines() if line.startswith("    ") and "KD207" in line]
    assert any("3.15.1 to 3.0.0" in line for line in heads)
    assert any("1.14.0 to 1.2.1" in line for line in heads)
    assert len(out.splitlines()) < 40


def test_what_no_release_loads_takes_one_line(run, corpus):
    status, out, _ = run("check", corpus / "pathology/cut_half-tf215h5/model.h5", "--releases")
    assert status == 1
    assert len(out.splitlines()) == 1
    assert "KD104" in out


def test_several_files_are_a_list(run, corpus):
    files = [corpus / "py311_tf221_k3151/cnn/model.keras", corpus / "pathology/cut_half-tf215h5/model.h5"]
    _, out, _ = run("check", *files, "--releases", "--json")
    for entry in json.loads(out):
        jsonschema.validate(entry, SCHEMA)


def test_an_environment_makes_no_sense_beside_all_of_them(run):
    status, _, err = run("check", "x", "--releases", "--env", "keras==3.15.1")
    assert status == 2
    assert "--env" in err


def test_the_file_is_read_once(run, corpus, monkeypatch):
    from keras_doctor.cli.commands import check

    read = []
    whole = check.read_target
    monkeypatch.setattr(check, "read_target", lambda *words: read.append(words) or whole(*words))
    run("check", corpus / "py311_tf221_k3151/cnn/model.keras", "--releases")
    assert len(read) == 1


@pytest.fixture
def without_keras(tmp_path, monkeypatch):
    """Make the user's environment one in which NumPy alone is installed."""
    home = tmp_path / "environment"
    (home / "lib/python3.11/site-packages/numpy-2.3.3.dist-info").mkdir(parents=True)
    (home / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    (home / "bin").mkdir()
    (home / "bin/python").symlink_to(sys.executable)
    monkeypatch.setenv("VIRTUAL_ENV", str(home))


def test_who_has_no_keras_is_told_the_newest_that_loads(run, corpus, without_keras):
    """By the matrix of real loads: Keras 3 refuses this file (time_major), tf_keras 2.21.0 loads it."""
    path = corpus / "py37_tf24/lstm/model.h5"
    status, out, _ = run("check", path)
    assert status == 1
    assert "KD201" in out
    way_in = out.partition("→ the newest release that loads it: ")[2].splitlines()
    assert way_in[0] == "tf_keras 2.21.0 (tensorflow 2.21.0, Python 3.13)"
    assert way_in[1] == (
        '  uv run --no-project --python 3.13 --with "tf-keras==2.21.0" --with "tensorflow==2.21.0" python'
    )
    assert way_in[2] == f"  import tf_keras; model = tf_keras.models.load_model({str(path)!r})"


def test_what_nothing_loads_has_no_way_in(run, corpus, without_keras):
    _, out, _ = run("check", corpus / "pathology/cut_half-tf215h5/model.h5")
    assert "newest release" not in out


def test_who_checks_many_files_without_keras_is_told_how_to_name_an_environment(run, corpus, without_keras):
    folder = corpus / "py311_tf221_k3151"
    _, out, _ = run("check", folder / "cnn/model.keras", folder / "mlp_seq/model.keras")
    assert "--env SPEC" in out.splitlines()[-1]
    _, out, _ = run("check", folder / "cnn/model.keras", folder / "mlp_seq/model.keras", "--env", "keras==3.15.1")
    assert "--env SPEC" not in out
