"""The command line as a user meets it: words in, text and exit status out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from keras_doctor.cli import main

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/diagnosis-1.json").read_text())


def closed(schema):
    """Return a schema that takes no key which it does not list: ours may grow, but not without being written down."""
    if isinstance(schema, dict):
        schema = {key: closed(value) for key, value in schema.items()}
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
        return schema
    return [closed(value) for value in schema] if isinstance(schema, list) else schema


CLOSED = closed(SCHEMA)
SPEC = "python==3.11 keras==3.15.1 tensorflow==2.21.0"


@pytest.fixture
def model(corpus, tmp_path):
    path = tmp_path / "model.keras"
    shutil.copy(corpus / "py311_tf221_k3151/cnn/model.keras", path)
    return path


def test_the_decisive_line_comes_first(run, corpus):
    status, out, err = run("check", corpus / "pathology/cut_half-tf215h5/model.h5", "--env", SPEC)
    assert (status, err) == (1, "")
    first, second = out.splitlines()[:2]
    assert "does not load in Keras 3.15.1" in first
    assert "KD104" in second


def test_a_pipe_gets_no_colour_and_a_terminal_does(run, model, monkeypatch):
    _, plain, _ = run("check", model, "--env", SPEC)
    assert "\x1b" not in plain
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, coloured, _ = run("check", model, "--env", SPEC)
    assert "\x1b[" in coloured


def test_a_missing_path_is_found_out_not_an_error_of_use(run, model):
    status, out, _ = run("check", model.with_name("modle.keras"), "--env", SPEC)
    assert status == 1
    assert "KD101" in out
    assert "model.keras" in out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("chekc", "x"),
        ("check",),
        ("check", "--nonsense", "x"),
        ("check", "x", "--env", "keras>=3"),
        ("check", "x", "--env", "keras==2.99"),
        ("check", "x", "--requirements", "/nowhere/requirements.txt"),
        ("rules", "KD999"),
        ("check", "x", "--env", "keras==3.15.1", "--python", "python"),
    ],
)
def test_bad_usage_is_told_apart_and_never_a_traceback(run, words):
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.startswith("keras-doctor: ")
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [("--help",), ("check", "--help"), ("--version",)])
def test_help_is_help(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    assert stopped.value.code == 0
    assert "keras-doctor" in capsys.readouterr().out


def test_json_follows_the_published_schema_for_every_kind_of_file(run, corpus, tmp_path):
    folders = sorted((corpus / "pathology").iterdir())
    paths = [
        next(path for path in sorted(folder.iterdir()) if path.name not in ("meta.json", "golden.npz"))
        for folder in folders
    ]
    paths = [path for path in paths if path.is_file()] + [tmp_path / "nothing.h5", tmp_path]
    status, out, _ = run("check", "--json", *paths, "--env", SPEC)
    assert status == 1
    shown = json.loads(out)
    assert len(shown) >= len(paths) - 1
    for diagnosis in shown:
        jsonschema.validate(diagnosis, CLOSED)


def test_json_of_odd_documents_and_environments_follows_the_schema(run, corpus, tmp_path, monkeypatch):
    old = tmp_path / "keras-0.json"
    old.write_text(json.dumps({"name": "Graph", "node_config": [], "input_config": [], "output_config": []}))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    for words in (
        [old],
        [old, "--env", "keras==1.2.2"],
        [old, "--python", sys.executable],
        [corpus / "pathology/cut_half-tf215h5/model.h5", "--env", "tensorflow==2.4.4", "--ignore", "KD104=ours"],
    ):
        jsonschema.validate(json.loads(run("check", "--json", *words)[1]), CLOSED)


def test_one_file_is_one_object_and_several_are_a_list(run, model):
    _, one, _ = run("check", "--json", model, "--env", SPEC)
    _, two, _ = run("check", "--json", model, model.with_name("other.keras"), "--env", SPEC)
    assert isinstance(json.loads(one), dict)
    assert [entry["format"] for entry in json.loads(two)] == ["keras-v3", "missing"]


def test_a_folder_is_searched_and_counted(run, corpus):
    status, out, _ = run("check", corpus / "py311_tf215/cnn", "--env", SPEC)
    lines = out.splitlines()
    named = {line.split()[1] for line in lines if line[:1] in "✓✗?!" and line.strip()}
    names = {os.path.relpath(name, corpus / "py311_tf215/cnn") for name in named}
    assert {"model.h5", "model.keras", "model.weights.h5", "legacy_weights.h5", "savedmodel", "arch.json"} <= names
    assert "golden.npz" not in names
    assert "files checked for Keras 3.15.1" in out
    assert status == 1


def test_standard_input(model):
    done = subprocess.run(
        [sys.executable, "-m", "keras_doctor", "check", "-", "--env", SPEC, "--json"],
        input=model.read_bytes(),
        capture_output=True,
        check=False,
    )
    assert json.loads(done.stdout)["format"] == "keras-v3"


def test_names_cannot_steer_the_terminal(run, model, tmp_path):
    hostile = tmp_path / "a\x1b[2Jb\u202e.keras"
    shutil.copy(model, hostile)
    _, out, _ = run("check", hostile, "--env", SPEC)
    assert "\x1b" not in out
    assert "\u202e" not in out
    _, out, _ = run("inspect", hostile)
    assert "\x1b" not in out


def test_a_reader_that_goes_away_is_no_error(corpus):
    command = f"{sys.executable} -m keras_doctor rules | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_fault_of_ours_is_named_as_ours(run, model, monkeypatch):
    monkeypatch.setattr("keras_doctor.cli.commands.check.diagnose", lambda *_, **__: 1 / 0)
    status, _, err = run("check", model, "--env", SPEC)
    assert status == 2
    assert "fault of keras-doctor" in err
    assert "Traceback" not in err


def test_rules_are_listed_and_have_pages(run):
    status, out, _ = run("rules")
    assert status == 0
    assert "KD104" in out
    status, page, _ = run("rules", "kd104")
    assert "How to mend" in page
    assert run("rules", "truncated")[1] == page
    assert json.loads(run("rules", "KD104", "--json")[1])[0]["page"]
    assert len(json.loads(run("rules", "--json")[1])) > 17


def test_demo_needs_nothing(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run("demo")
    assert status == 0
    for code in ("KD104", "KD207", "KD105", "KD109", "KD119"):
        assert code in out
    assert Path.cwd() == tmp_path


def test_env_tells_what_was_taken(run):
    status, out, _ = run("env", "--env", SPEC)
    assert status == 0
    assert "3.15.1" in out


def test_no_compile_and_unsafe_reach_the_diagnosis(run, model, monkeypatch):
    seen = {}
    from keras_doctor.cli.commands import check

    real = check.diagnose

    def spy(document, environment, **options):
        seen.update(options)
        return real(document, environment, **options)

    monkeypatch.setattr(check, "diagnose", spy)
    run("check", model, "--env", SPEC, "--no-compile", "--unsafe", "--custom-objects", "A, B")
    assert seen == {"compile": False, "safe_mode": False, "custom_objects": ("A", "B")}


def test_weights_are_judged_against_an_architecture(run, corpus):
    folder = corpus / "py311_tf215/cnn"
    words = ("check", folder / "legacy_weights.h5", "--env", "python==3.11 tensorflow==2.15.1")
    _, out, _ = run(*words, "--json")
    assert {finding["code"] for finding in json.loads(out)["findings"]} >= {"KD109"}
    _, out, _ = run(*words, "--json", "--architecture", folder / "arch.json")
    shown = json.loads(out)
    jsonschema.validate(shown, CLOSED)
    assert "KD109" not in {finding["code"] for finding in shown["findings"]}
    assert shown["verdict"] != "fails"
    assert shown["architecture"] == str(folder / "arch.json")
    other = corpus / "py311_tf215/lstm/arch.json"
    status, out, _ = run(*words, "--architecture", other)
    assert status == 1
    assert "does not load" in out
    assert f"model of   {other}" in out


def test_an_architecture_without_one_is_bad_usage(run, corpus):
    folder = corpus / "py311_tf215/cnn"
    for other in (folder / "legacy_weights.h5", folder / "nothing.json"):
        status, out, err = run("check", folder / "legacy_weights.h5", "--architecture", other, "--env", SPEC)
        assert (status, out) == (2, "")
        assert "no architecture" in err


def test_weights_are_never_told_to_be_copied_onto_themselves(run, corpus):
    folder = corpus / "py37_tf24/cnn"
    path = folder / "model.weights.h5"
    _, out, _ = run("check", path, "--architecture", folder / "model.h5", "--env", SPEC)
    assert f"cp {path} {folder / 'model_weights.h5'}" in out


def test_an_old_architecture_is_not_said_to_have_unknown_layers(run, corpus):
    """`model_from_json` of Keras 3.15.1 says of it: Could not locate class 'Sequential'."""
    folder = corpus / "py37_tf24/cnn"
    _, out, _ = run("check", folder / "legacy_weights.h5", "--architecture", folder / "arch.json", "--env", SPEC)
    assert "looks for the layer Sequential by its module, which the config does not state" in out


def test_a_loss_is_called_by_its_name(run, corpus):
    """Keras 3.15.1 says: Could not locate function 'my_loss'."""
    path = corpus / "py311_tf221_k3151/custom_loss_metric/model.keras"
    _, out, _ = run("check", path, "--env", SPEC)
    assert "the loss my_loss is not part of Keras" in out
    assert "custom_objects={'my_loss': my_loss}" in out


@pytest.mark.parametrize(("release", "verdict"), [("3.0.5", "fails"), ("3.2.1", "fails"), ("3.3.3", "unknown")])
def test_custom_objects_do_not_reach_the_hdf5_reader_before_3_3(run, corpus, release, verdict):
    """Keras 3.0.5: Unknown layer, though it is given; 3.3.3 takes it (its code is still not known to us)."""
    path = corpus / "py311_tf216_k305/custom_layer/model.h5"
    names = ",".join(json.loads((path.parent / "meta.json").read_text())["custom"])
    words = ("check", path, "--env", f"keras=={release} tensorflow==2.17.1", "--custom-objects", names)
    _, out, _ = run(*words, "--json")
    assert json.loads(out)["verdict"] == verdict
    if verdict == "fails":
        assert "with keras.utils.custom_object_scope(" in run(*words)[1]
