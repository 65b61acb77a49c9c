"""Which interpreter a pyenv shim starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import executable

from keras_doctor.environments import pyenv


@pytest.fixture
def shims(tmp_path: Path) -> Path:
    for version in ("3.8.18", "3.11.2", "3.11.13", "3.12.1"):
        executable(tmp_path / "root" / "versions" / version / "bin" / "python")
    (tmp_path / "root" / "version").write_text("3.12.1\n")
    (tmp_path / "project" / "deep").mkdir(parents=True)
    (tmp_path / "root" / "shims").mkdir()
    return tmp_path / "root" / "shims"


def chosen(shims: Path, folder: str = "project/deep", **environ: str) -> str:
    found = pyenv.python(str(shims), "python", environ, str(shims.parents[1] / folder))
    return Path(found).parts[-3] if found else ""


def test_a_shims_folder_is_known_by_its_neighbour(shims: Path, tmp_path: Path) -> None:
    assert pyenv.is_shims(str(shims))
    assert pyenv.is_shims(str(shims) + "/")
    assert not pyenv.is_shims(str(tmp_path / "shims"))


def test_the_file_of_pyenv(shims: Path) -> None:
    assert chosen(shims) == "3.12.1"


def test_the_file_of_a_project_comes_before_it(shims: Path, tmp_path: Path) -> None:
    (tmp_path / "project" / ".python-version").write_text("# for training\n3.8.18\n")
    assert chosen(shims) == "3.8.18"
    assert chosen(shims, "root") == "3.12.1"


def test_the_variable_comes_before_both(shims: Path, tmp_path: Path) -> None:
    (tmp_path / "project" / ".python-version").write_text("3.8.18")
    assert chosen(shims, PYENV_VERSION="3.12.1:3.8.18") == "3.12.1"


def test_a_line_means_its_newest_patch(shims: Path) -> None:
    assert chosen(shims, PYENV_VERSION="3.11") == "3.11.13"
    assert chosen(shims, PYENV_VERSION="python-3.8.18") == "3.8.18"


@pytest.mark.parametrize("version", ["system", "2.7.18", "../../..", "/", "\x00", "x" * 5000])
def test_what_is_not_installed(shims: Path, version: str) -> None:
    assert chosen(shims, PYENV_VERSION=version) == ""
