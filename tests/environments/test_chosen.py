"""Which environment the user's shell means."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from trees import executable, installation, installed, virtual

from keras_doctor import Environment
from keras_doctor.environments.chosen import default


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home, with nothing set that names an environment."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "KERAS_BACKEND", "KERAS_HOME", "PYENV_VERSION"):
        monkeypatch.delenv(variable, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    return home


def environ(home: Path, **variables: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": "", **variables}


def test_an_active_virtual_environment_comes_first(home: Path) -> None:
    venv = virtual(home / "venv", "keras==3.6.0", "tensorflow==2.18.0", "pip==24.0")
    conda = virtual(home / "conda", "keras==2.3.1")
    found = default(environ(home, VIRTUAL_ENV=str(venv), CONDA_PREFIX=str(conda)))
    assert (found.python, found.keras, found.tensorflow) == ("3.11.9", "3.6.0", "2.18.0")
    assert found.complete
    assert found.origin == f"the active virtual environment {venv}"
    assert found.interpreter == str(venv / "bin" / "python")


def test_then_conda(home: Path) -> None:
    conda = installation(home / "conda", "tensorflow==2.10.1", "keras==2.10.0")
    found = default(environ(home, CONDA_PREFIX=str(conda)))
    assert found.release == ("tf.keras", "2.10.0")
    assert "conda" in found.origin


def test_then_python_on_path(home: Path) -> None:
    base = installation(home / "base", "keras==2.2.4", minor="3.6")
    found = default(environ(home, PATH=f"{home / 'nothing'}:{base / 'bin'}"))
    assert (found.python, found.keras) == ("3.6", "2.2.4")
    assert "on PATH" in found.origin


def test_a_virtual_environment_on_path_is_not_its_base(home: Path) -> None:
    base = installation(home / "base", "numpy==1.0.0")
    venv = virtual(home / "venv", "keras==3.6.0")
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(base / "bin" / "python")
    found = default(environ(home, PATH=str(venv / "bin")))
    assert found.keras == "3.6.0"
    assert found.numpy is None


def test_user_site_and_pythonpath(home: Path) -> None:
    base = installation(home / "base", "keras==2.2.4")
    installed(home / ".local" / "lib" / "python3.11" / "site-packages", "keras==3.6.0", "h5py==3.11.0")
    extra = installed(home / "extra", "h5py==3.12.1")
    variables = environ(home, PATH=str(base / "bin"), PYTHONPATH=str(extra))
    found = default(variables)
    assert (found.keras, found.h5py) == ("3.6.0", "3.12.1")
    assert default({**variables, "PYTHONNOUSERSITE": "1"}).keras == "2.2.4"


def test_the_tools_own_environment_is_passed_over(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = virtual(home / "tool", "keras-doctor==0.1.0")
    base = installation(home / "base", "keras==3.6.0")
    monkeypatch.setattr(sys, "prefix", str(own))
    monkeypatch.setattr(sys, "path", [str(own / "lib/python3.11/site-packages")])
    found = default(environ(home, PATH=f"{own / 'bin'}:{base / 'bin'}"))
    assert found.keras == "3.6.0"
    installed(own / "lib/python3.11/site-packages", "keras==3.15.1")
    assert default(environ(home, PATH=f"{own / 'bin'}:{base / 'bin'}")).keras == "3.15.1"


def test_backend_from_variable_and_settings_file(home: Path) -> None:
    venv = virtual(home / "venv", "keras==3.6.0", "jax==0.4.38")
    variables = environ(home, VIRTUAL_ENV=str(venv))
    assert default(variables).backend == "tensorflow"
    (home / ".keras").mkdir()
    settings = home / ".keras" / "keras.json"
    settings.write_text('{"backend": "torch", "floatx": "float32"}')
    found = default(variables)
    assert found.backend == "torch"
    assert str(settings) in found.origin
    found = default({**variables, "KERAS_BACKEND": "jax"})
    assert found.backend == "jax"
    assert "KERAS_BACKEND=jax" in found.origin
    assert (found.variable("KERAS_BACKEND"), found.variable("PATH")) == ("jax", "")
    for text in (
        "",
        "[]",
        '{"backend": 7}',
        '{"backend": ["torch"]}',
        "{" * 1000,
        '{"backend": "torch"}' + " " * 100_000,
    ):
        settings.write_text(text)
        assert default(variables).backend == "tensorflow"


def test_settings_do_not_reach_those_that_know_tensorflow_alone(home: Path) -> None:
    venv = virtual(home / "venv", "keras==2.10.0", "tensorflow==2.10.1")
    assert default(environ(home, VIRTUAL_ENV=str(venv), KERAS_BACKEND="jax")).backend == "tensorflow"


def test_legacy_keras(home: Path) -> None:
    venv = virtual(home / "venv", "keras==3.6.0", "tf-keras==2.18.0", "tensorflow==2.18.0")
    assert default(environ(home, VIRTUAL_ENV=str(venv))).loader == "keras"
    found = default(environ(home, VIRTUAL_ENV=str(venv), TF_USE_LEGACY_KERAS="1"))
    assert (found.loader, found.release) == ("tf_keras", ("tf-keras", "2.18.0"))
    assert "TF_USE_LEGACY_KERAS" in found.origin
    old = virtual(home / "old", "keras==2.14.0", "tf-keras==2.15.1", "tensorflow==2.14.1")
    assert default(environ(home, VIRTUAL_ENV=str(old), TF_USE_LEGACY_KERAS="1")).loader == "keras"


def test_what_is_broken_is_a_problem_and_no_exception(home: Path) -> None:
    venv = virtual(home / "venv", "keras==3.6.0")

    def problem(**variables: str) -> str:
        found = default(environ(home, **variables))
        assert found.release == ("", "")
        assert found.problem
        return found.problem

    assert "not there" in problem(VIRTUAL_ENV=str(home / "gone"))
    (home / "file").write_text("")
    assert "no folder" in problem(VIRTUAL_ENV=str(home / "file"))
    assert "no python on PATH" in problem()
    (home / "empty").mkdir()
    assert "no Python" in problem(VIRTUAL_ENV=str(home / "empty"))
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(home / "uninstalled" / "python3.11")
    assert "is gone" in problem(VIRTUAL_ENV=str(venv))
    bare = virtual(home / "bare")
    (bare / "lib" / "python3.11" / "site-packages").rmdir()
    assert "no site-packages" in problem(VIRTUAL_ENV=str(bare))


def test_a_script_on_path_is_asked(home: Path) -> None:
    script = executable(home / "shims" / "python")
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    found = default(environ(home, PATH=str(home / "shims")))
    assert found.problem == ""
    assert dict(found.packages) == dict(Environment.current().packages)


def test_the_working_folder_may_be_gone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = home / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    (home / ".pyenv" / "shims").mkdir(parents=True)
    (home / ".pyenv" / "versions").mkdir()
    executable(home / ".pyenv" / "shims" / "python")
    assert "no python" in default(environ(home, PATH=str(home / ".pyenv" / "shims"))).problem
