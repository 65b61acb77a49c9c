"""What the command imports is brought in one go, and never from stale or broken bytecode."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import keras_doctor
from keras_doctor.cli.entry import _occasion

RUN = (
    "import sys\nfrom keras_doctor.cli import script\nsys.argv = ['keras-doctor', *sys.argv[1:]]\nsys.exit(script())\n"
)


@pytest.fixture
def copy(tmp_path):
    """A copy of the package of its own, whose caches nobody else writes."""
    source = Path(keras_doctor.__file__).parent
    shutil.copytree(source, tmp_path / "keras_doctor", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(copy, *words):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ["PYTHONPATH"] = str(copy)
    return subprocess.run([sys.executable, "-c", RUN, *words], env=environ, capture_output=True, text=True, check=False)


def kept(copy):
    return list((copy / "keras_doctor/__pycache__").glob("start*"))


def test_the_second_run_says_the_same(copy):
    first = run(copy, "rules", "KD104")
    assert first.returncode == 0, first.stderr
    (file,) = kept(copy)
    before = file.stat().st_mtime_ns
    second = run(copy, "rules", "KD104")
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert file.stat().st_mtime_ns == before  # all was brought, nothing was written anew


def test_a_source_that_changed_is_read_anew(copy):
    run(copy, "rules", "KD104")
    source = copy / "keras_doctor/rules/_pages.py"
    source.write_text(source.read_text(encoding="utf-8").replace("KD104", "KD999"), encoding="utf-8")
    assert run(copy, "rules", "KD999").returncode == 0


@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: b"(" * 99, lambda data: data[:30], lambda data: data[: len(data) // 2]],
    ids=["empty", "not ours", "index cut", "cut"],
)
def test_a_broken_file_is_as_good_as_none(copy, damage):
    first = run(copy, "rules", "KD104")
    (file,) = kept(copy)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    again = run(copy, "rules", "KD104")
    assert (again.returncode, again.stdout, again.stderr) == (0, first.stdout, "")
    assert len(file.read_bytes()) == len(whole)


@pytest.mark.parametrize(
    ("words", "occasion"),
    [
        ([], ""),
        (["check", "a.h5"], "check .h5"),
        (["check", "a.h5", "--env", "keras==3.15.1"], "check --env .h5"),
        (["check", "--env=keras==3.15.1", "a.keras"], "check --env .keras"),
        (["rules", "KD104"], "rules "),
    ],
)
def test_an_occasion_is_what_decides_which_modules_are_needed(words, occasion):
    assert _occasion(words) == occasion


def test_every_occasion_is_remembered(copy):
    for words in ("rules",), ("rules", "KD104", "--json"), ("rules", "a.h5"), ("rules",), ("rules", "KD104", "--json"):
        (before,) = [file.read_bytes() for file in kept(copy)] or [b""]
        run(copy, *words)
    assert kept(copy)[0].read_bytes() == before


def test_nothing_is_written_where_python_writes_nothing(copy):
    environ_word = RUN.replace("import sys\n", "import sys\nsys.dont_write_bytecode = True\n", 1)
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, "-c", environ_word, "rules", "KD104"], env=environ, check=False, capture_output=True
    )
    assert done.returncode == 0
    assert kept(copy) == []
