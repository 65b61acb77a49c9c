"""What people expect of a checker in CI: formats of output, what fails a run, what is ignored and why."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from keras_doctor.cli import project, project_settings
from keras_doctor.document.model import ModelDocument
from keras_doctor.environments import Environment
from keras_doctor.findings import Diagnosis, Finding

ROOT = Path(__file__).parents[2]
SPEC = "python==3.11 keras==3.15.1 tensorflow==2.21.0"


@pytest.fixture
def run(run, monkeypatch):
    monkeypatch.setattr(project, "_found", {})
    monkeypatch.setattr(project_settings, "_read", {})
    return run


@pytest.fixture
def folder(corpus, tmp_path, monkeypatch):
    """A project with a good model, one that is cut short and one whose name is wrong."""
    (tmp_path / "models/old").mkdir(parents=True)
    shutil.copy(corpus / "py311_tf221_k3151/cnn/model.keras", tmp_path / "models/good.keras")
    shutil.copy(corpus / "py37_tf24/cnn/model.h5", tmp_path / "models/good.model")
    shutil.copy(corpus / "pathology/cut_half-tf215h5/model.h5", tmp_path / "models/old/cut.h5")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(out):
    return {finding["code"]: finding for finding in json.loads(out)["findings"]}


def judged(verdict="loads", *severities, ignored=None, effect=None):
    """Return a diagnosis with findings of some severities; the first brings the verdict about."""
    effects = [verdict if verdict != "loads" else ""] if effect is None else [effect]
    findings = [
        Finding("KD999", "x", "other", "open", severity, "m", effect=each, ignored=ignored)
        for severity, each in zip(severities, [*effects, *[""] * 9], strict=False)
    ]
    return Diagnosis(ModelDocument("x", "keras-v3", "zip"), Environment(), findings)


@pytest.mark.parametrize(
    ("diagnosis", "error", "warning", "info"),
    [
        (judged(), True, True, True),
        (judged("loads", "info"), True, True, False),
        (judged("loads", "warning"), True, False, False),
        (judged("loads", "error"), False, False, False),
        (judged("fails", "error"), False, False, False),
        (judged("unknown", "info"), False, False, False),
        (judged("loads-differently", "warning"), False, False, False),
        (judged("loads", "error", ignored="ours"), True, True, True),
        (judged("fails", "error", ignored="ours"), False, False, False),
        (judged("loads-differently", "warning", ignored="known"), True, True, True),
        (judged("loads-not-runnable", "warning", ignored="known"), False, False, False),
        (judged("unknown", "warning", ignored="known"), False, False, False),
    ],
)
def test_what_fails_a_check(diagnosis, error, warning, info):
    assert [diagnosis.passes(), diagnosis.passes("warning"), diagnosis.passes("info")] == [error, warning, info]
    assert diagnosis.passes("never")


def test_never_is_never(run, folder):
    assert run("check", "models/old/cut.h5", "--env", SPEC)[0] == 1
    assert run("check", "models/old/cut.h5", "--env", SPEC, "--fail-on", "never")[0] == 0


def test_ignoring_makes_no_model_load(run, folder):
    status, out, _ = run("check", "models/old/cut.h5", "--env", SPEC, "--ignore", "KD104=we know, it is cut", "--json")
    assert status == 1
    assert json.loads(out)["verdict"] == "fails"
    assert found(out)["KD104"]["ignored"] == "we know, it is cut"
    assert found(out)["KD114"]["ignored"] is None


def test_an_ignored_finding_is_counted_in_the_text(run, folder):
    old = "python==3.8 tensorflow==2.4.4"  # which opens a model whatever its name
    _, out, _ = run("check", "models/good.model", "--env", old)
    assert "! KD111" in out
    _, out, _ = run("check", "models/good.model", "--env", old, "--ignore", "misleading-name=renamed on purpose")
    assert "! KD111" not in out
    assert "1 finding of KD111 ignored: renamed on purpose" in out


@pytest.mark.parametrize("code", ["KD999", "nonsense", "KD104,KD999=no"])
def test_an_unknown_code_is_bad_usage(run, folder, code):
    status, out, err = run("check", "models/good.keras", "--env", SPEC, "--ignore", code)
    assert (status, out) == (2, "")
    assert "there is no rule" in err


def test_the_project_file_is_found_upwards(run, folder):
    (folder / "pyproject.toml").write_text(
        "[project]\nname = 'x'\n"
        "[tool.keras-doctor]\n"
        "env = 'python==3.8 tensorflow==2.4.4'\n"
        "fail-on = 'never'\n"
        "ignore = {KD114 = 'checked when fetched'}\n"
        "[tool.keras-doctor.per-file-ignores]\n"
        "'models/old/*.h5' = {KD104 = 'a test file'}\n"
        "'good.*' = ['KD105']\n"
    )
    status, out, _ = run("check", "models/old/cut.h5", "--json")
    assert status == 0
    assert json.loads(out)["environment"]["packages"] == {"tensorflow": "2.4.4"}
    assert json.loads(out)["environment"]["origin"].endswith("pyproject.toml names")
    assert found(out)["KD104"]["ignored"] == "a test file"
    assert found(out)["KD114"]["ignored"] == "checked when fetched"
    # What the command line says comes first; --isolated passes over the file.
    status, out, _ = run("check", "models/old/cut.h5", "--json", "--env", SPEC, "--fail-on", "error")
    assert status == 1
    assert json.loads(out)["environment"]["packages"]["keras"] == "3.15.1"
    _, out, _ = run("check", "models/old/cut.h5", "--json", "--env", SPEC, "--isolated")
    assert found(out)["KD104"]["ignored"] is None


def test_a_project_that_says_nothing_is_passed_over(run, folder):
    (folder / "pyproject.toml").write_text("[tool.keras-doctor]\nfail-on = 'never'\n")
    (folder / "models/pyproject.toml").write_text("[project]\ndependencies = ['keras-doctor']\n")
    assert run("check", "models/old/cut.h5", "--env", SPEC)[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        "[tool.keras-doctor]\nignroe = []",
        "[tool.keras-doctor]\nignore = ['KD999']",
        "[tool.keras-doctor]\nignore = 3",
        "[tool.keras-doctor]\nfail-on = 'sometimes'",
        "[tool.keras-doctor]\nenv = 'keras==2.99'",
        "[tool.keras-doctor]\nenv = 3",
        "[tool.keras-doctor]\nper-file-ignores = ['KD104']",
        "[tool.keras-doctor\n",
        "tool.keras-doctor = 3",
    ],
)
def test_a_project_file_that_makes_no_sense_is_bad_usage(run, folder, text):
    (folder / "pyproject.toml").write_text(text)
    status, out, err = run("check", "models/good.keras")
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert err.count("\n") == 1


def test_sarif_of_several_files_is_one_log(run, folder):
    status, out, _ = run("check", "models", "--env", SPEC, "--output-format", "sarif", "--ignore", "KD114=fine")
    assert status == 1
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    results = log["runs"][0]["results"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert "models/old/cut.h5" in places
    assert [r["suppressions"][0]["justification"] for r in results if r["ruleId"] == "KD114"] == ["fine"]


def test_annotations_are_commands_of_a_workflow(run, folder):
    _, out, _ = run("check", "models/old/cut.h5", "--env", SPEC, "--output-format", "github", "--ignore", "KD114")
    lines = out.splitlines()
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines)
    cut = next(line for line in lines if "KD104" in line)
    head, _, message = cut[2:].partition("::")
    assert head.startswith("error file=models/old/cut.h5,title=KD104 truncated")
    assert "%0A" in message
    assert not any("KD114" in line for line in lines)
    assert sum("KD104" in line.partition("::")[2] for line in lines) == 1


def test_output_goes_to_a_file(run, folder):
    status, out, _ = run("check", "models/old/cut.h5", "--env", SPEC, "--json", "--output-file", "out.json")
    assert (status, out) == (1, "")
    assert json.loads((folder / "out.json").read_text())["verdict"] == "fails"
    status, _, err = run("check", "models/old/cut.h5", "--env", SPEC, "--output-file", "nowhere/out.json")
    assert status == 2
    assert "nowhere/out.json" in err


@pytest.mark.parametrize("words", [("--fail-on", "info"), ("--ignore", "KD104"), ("--output-format", "sarif")])
def test_the_table_of_releases_ignores_nothing(run, folder, words):
    assert run("check", "models/good.keras", "--releases", *words)[0] == 2


def test_the_documented_settings_make_sense(run, folder):
    text = (ROOT / "docs/ci.md").read_text()
    tables = [block.partition("```")[0] for block in text.split("```toml\n")[1:]]
    assert len(tables) == 2
    for table in tables:
        (folder / "pyproject.toml").write_text(table)
        project_settings._read.clear()
        settings = project_settings.settings_of(str(folder / "pyproject.toml"))
        assert settings.env or settings.ignore
    assert settings.ignored_in("models/legacy/a.h5").keys() == {"KD114", "KD804"}
    assert settings.architecture_of("models/a.weights.h5") == str(folder / "models/model.json")


def test_the_hook_takes_the_endings_of_models():
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text()
    pattern = next(line.split(": ")[1].split("  #")[0] for line in hook.splitlines() if line.startswith("  files: "))
    for name in ("a.keras", "b/c.h5", "c.weights.h5", "d.hdf5"):
        assert re.search(pattern, name)
    assert not re.search(pattern, "a.h5.txt")


def test_weights_are_judged_against_the_architecture_that_the_project_names(run, folder, corpus):
    shutil.copy(corpus / "py311_tf221_k3151/cnn/model.weights.h5", folder / "models/cnn.weights.h5")
    shutil.copy(corpus / "py311_tf221_k3151/cnn/arch.json", folder / "models/cnn.json")
    assert run("check", "models/cnn.weights.h5", "--env", SPEC)[0] == 1
    table = "[tool.keras-doctor.architectures]\n'*.weights.h5' = 'models/cnn.json'\n"
    (folder / "pyproject.toml").write_text(table)
    project._found.clear()
    status, out, _ = run("check", "models/cnn.weights.h5", "--env", SPEC)
    assert status == 0, out
    (folder / "pyproject.toml").write_text(table.replace("cnn.json", "nothing.json"))
    project_settings._read.clear()
    status, _, err = run("check", "models/cnn.weights.h5", "--env", SPEC)
    assert status == 2
    assert "no architecture" in err
