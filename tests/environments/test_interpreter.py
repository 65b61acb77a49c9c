"""Asking another interpreter."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from trees import executable

from keras_doctor import Environment
from keras_doctor.environments.interpreter import SCRIPT, ProbeError, environment_of, probe


def script(path: Path, text: str) -> str:
    executable(path).write_text("#!/bin/sh\n" + text)
    return str(path)


def test_this_python_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    found = Environment.of(sys.executable)
    assert found.problem == ""
    assert (found.python, found.complete) == (".".join(map(str, sys.version_info[:3])), True)
    assert dict(found.packages) == dict(Environment.current().packages)


def test_a_folder_is_taken_for_its_python() -> None:
    assert Environment.of(sys.prefix).python == Environment.of(sys.executable).python


def test_the_working_folder_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("json", "site", "sitecustomize"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('ran')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    monkeypatch.setenv("PYTHONINSPECT", "1")
    assert Environment.of(sys.executable).problem == ""


def test_pythonpath_counts_without_being_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keras-3.6.0.dist-info").mkdir()
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('ran')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = Environment.of(sys.executable)
    assert (found.problem, found.keras) == ("", "3.6.0")


def test_an_old_python_knows_no_isolated_mode(tmp_path: Path) -> None:
    old = script(
        tmp_path / "python2",
        f'[ "$1" = -I ] && {{ echo "Unknown option: -I" >&2; exit 2; }}\nshift 2\nexec "{sys.executable}" "$@"\n',
    )
    assert probe(old).python == ".".join(map(str, sys.version_info[:3]))


def test_the_script_is_python_2_as_well() -> None:
    # Nothing that Python 2.7 does not parse: no f-string, no print function, no annotation, ASCII only.
    assert SCRIPT.isascii()
    assert "print" not in SCRIPT
    assert 'f"' not in SCRIPT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("exit 0", "did not answer"),
        ("echo hello", "did not answer"),
        ("echo 'no such interpreter' >&2; exit 127", "no such interpreter"),
        ("echo 'keras-doctor-probe:{'", "cannot be read"),
        ("echo 'keras-doctor-probe:[]'", "not what was asked for"),
        ("echo 'keras-doctor-probe:{\"path\": 3}'", "not what was asked for"),
        ("yes | head -c 4000000", "did not answer"),
    ],
)
def test_what_is_no_python(tmp_path: Path, text: str, says: str) -> None:
    path = script(tmp_path / "python", text)
    with pytest.raises(ProbeError, match=says):
        probe(path)
    found = Environment.of(path)
    assert says in found.problem
    assert not found.complete


def test_what_is_not_there(tmp_path: Path) -> None:
    assert "there is no" in Environment.of(str(tmp_path / "python")).problem
    assert "there is no" in Environment.of(str(tmp_path)).problem
    (tmp_path / "text").write_text("hello")
    assert "cannot be started" in Environment.of(str(tmp_path / "text")).problem


def test_one_that_hangs_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    path = script(tmp_path / "python", f"echo $$ > {tmp_path}/pid\nsleep 300 & sleep 300\n")
    start = time.perf_counter()
    assert "did not answer within" in environment_of(path, seconds=0.5).problem
    assert time.perf_counter() - start < 10
    group = int((tmp_path / "pid").read_text())
    while time.perf_counter() - start < 20:  # the system may take its time to end what was killed
        try:
            os.killpg(group, 0)
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("something that it started is still there")
