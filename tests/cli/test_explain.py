"""`keras-doctor explain`: doors, exit status, JSON by its schema, and the price of a start."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from keras_doctor.cli import main

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/explanation-1.json").read_text())
TEXT = """Traceback (most recent call last):
  File "/v/lib/python3.9/site-packages/keras/engine/input_layer.py", line 136, in __init__
ValueError: Unrecognized keyword arguments: ['batch_shape', 'optional']"""


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "traceback.txt"
    path.write_text(TEXT)
    return str(path)


def test_a_file_is_explained(saved, capsys):
    assert main(["explain", saved]) == 1
    shown = capsys.readouterr().out
    assert shown.splitlines()[0].startswith("✗ InputLayer of this release does not take batch_shape")
    assert "unknown-keyword" in shown
    assert "Python 3.9 (a path in the text)" in shown
    assert 'pip install -U "keras>=3"' in shown


def test_standard_input_is_explained(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert main(["explain", "-"]) == 1
    assert "unknown-keyword" in capsys.readouterr().out


def test_what_tells_nothing_is_no_finding(tmp_path, capsys):
    path = tmp_path / "x.txt"
    path.write_text("all is well")
    assert main(["explain", str(path)]) == 0
    assert "Paste the whole traceback" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["explain", "/nowhere/x.txt"], ["explain", "a", "b"]])
def test_what_cannot_be_carried_out(words, capsys):
    assert main(words) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("text", [TEXT, "", "OSError: Unable to open file (file signature not found)"])
def test_the_json_follows_its_schema(tmp_path, capsys, text):
    path = tmp_path / "x.txt"
    path.write_text(text)
    main(["explain", str(path), "--json"])
    jsonschema.validate(json.loads(capsys.readouterr().out), SCHEMA)


def test_the_json_with_a_file_follows_its_schema(saved, corpus, capsys):
    model = str(corpus / "py311_tf221_k3151/cnn/model.h5")
    assert main(["explain", saved, "--model", model, "--env", "tensorflow==2.8.4", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert found["story"] == "agrees"
    assert found["diagnosis"]["verdict"] == "fails"


def test_control_characters_do_not_reach_the_terminal(tmp_path, capsys):
    path = tmp_path / "x.txt"
    path.write_bytes(b"ValueError: Unknown layer: Fo\x07o\x9b31m \xe2\x80\xaeevil\x1b]0;title\x07")
    main(["explain", str(path)])
    shown = capsys.readouterr().out
    assert shown.replace("\n", "").isprintable()


def test_an_explanation_starts_fast(saved):
    """Nothing dear but `re` is imported for a text alone."""
    code = "import sys; from keras_doctor.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, "explain", saved], capture_output=True, text=True, check=True)
    modules = done.stdout.splitlines()[-1].split()
    assert not {"argparse", "json", "dataclasses", "typing", "html"} & set(modules)


def test_what_is_ambiguous_is_shown_with_what_decides(tmp_path, capsys):
    path = tmp_path / "x.txt"
    path.write_text(
        "ValueError: File not found: filepath=m.keras. Please ensure the file is an accessible `.keras` zip file."
    )
    main(["explain", str(path)])
    shown = capsys.readouterr().out
    assert shown.startswith("? ")
    assert "1. path-problem, when " in shown
    assert "2. format-not-supported, when " in shown
    assert "What decides: " in shown


def test_a_file_speaks_for_a_text_that_says_nothing(tmp_path, corpus, capsys):
    path = tmp_path / "x.txt"
    path.write_text("it does not work")
    model = str(corpus / "py311_tf221_k3151/cnn/model.keras")
    assert main(["explain", str(path), "--model", model, "--env", "tensorflow==2.8.4"]) == 1
    assert "the file does" in capsys.readouterr().out
