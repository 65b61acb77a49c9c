"""What a check imports: start-up is a feature, and each module of the standard library has its price.

A fresh interpreter runs one check and says what it has imported that a Python which does nothing has not.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

# What may be imported beyond the start of Python itself: C code, or next to nothing. `re` costs half a bare start, and
# `json`, `enum`, `pathlib`, `dataclasses` or `argparse` more.
ALLOWED = {"__future__", "_json", "_struct", "itertools", "struct", "zlib"}
# Modules of our own: each costs a hundredth of a bare start, whatever is in it. Rules that find something come on top.
MOST, MOST_FOR_FINDINGS = 127, 148
# A person's environment: the names of installed distributions, which is what is read of one.
INSTALLED = ("keras-3.15.1", "tensorflow-2.21.0", "numpy-2.3.3", "h5py-3.15.0", "protobuf-6.32.1", "ml_dtypes-0.5.3")
CHECK = """
import sys
from keras_doctor.cli import main
status = main(sys.argv[1:])
sys.stdout.flush()
print("\\n" + " ".join(sorted(sys.modules)), status)
"""


@pytest.fixture(scope="module")
def environ(tmp_path_factory):
    home = tmp_path_factory.mktemp("environment")
    for name in INSTALLED:
        (home / "lib/python3.11/site-packages" / f"{name}.dist-info").mkdir(parents=True)
    (home / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.7\n")
    (home / "bin").mkdir()
    (home / "bin/python").symlink_to(sys.executable)
    return {"VIRTUAL_ENV": str(home), "HOME": str(home), "PATH": f"{home}/bin", "LANG": "C.UTF-8"}


@pytest.fixture(scope="module")
def bare(environ):
    return set(imported(environ, "-c", "import sys; print(' '.join(sorted(sys.modules)), 0)")[0])


def imported(environ, *words):
    """Return the modules that a process of `words` imports, and the exit status that it prints."""
    done = subprocess.run([sys.executable, *words], env=environ, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.returncode == 0
    *modules, status = done.stdout.splitlines()[-1].split(" ")
    return modules, int(status)


@pytest.fixture
def damaged(corpus, tmp_path):
    """Return an archive in which a tensor's bytes are not those that were written, and whose config is cut."""
    source = corpus / "py311_tf221_k3151/shared/model.keras"
    with zipfile.ZipFile(source) as archive:
        config = archive.read("config.json")
    data = bytearray(source.read_bytes())
    data[data.index(config[:60]) + 20] ^= 0xFF
    path = tmp_path / "damaged.keras"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("options", [(), ("--env", "python==3.11 keras==3.15.1", "--fail-on=warning", "--verbose")])
@pytest.mark.parametrize("model", ["shared/model.keras", "mlp_uncompiled/model.keras", "mlp_uncompiled/model.h5"])
def test_a_good_model_needs_hardly_anything(corpus, environ, bare, model, options):
    modules, status = imported(environ, "-c", CHECK, "check", str(corpus / "py311_tf221_k3151" / model), *options)
    assert status == 0
    watch(modules, bare)


@pytest.mark.parametrize(
    "model",
    [
        "py311_tf221_k3151/cnn/model.h5",
        "py311_tf215/lstm/model.h5",
        "py36_keras224_tf113/mlp_seq/model.h5",
        "pathology/cut_half-tf215h5/model.h5",
    ],
)
def test_a_model_that_does_not_load_needs_rules(corpus, environ, bare, model):
    modules, status = imported(environ, "-c", CHECK, "check", str(corpus / model))
    assert status == 1
    watch(modules, bare, MOST_FOR_FINDINGS)


def test_a_good_model_needs_no_rule(corpus, environ):
    modules, _ = imported(environ, "-c", CHECK, "check", str(corpus / "py311_tf221_k3151/shared/model.keras"))
    assert not [name for name in modules if name.startswith("keras_doctor.rules.kd")]


def test_a_damaged_model_needs_rules(damaged, environ, bare):
    modules, status = imported(environ, "-c", CHECK, "check", str(damaged))
    assert status == 1
    watch(modules, bare, MOST_FOR_FINDINGS)


def test_the_public_interface_needs_no_more(corpus, environ, bare):
    path = str(corpus / "py311_tf221_k3151/shared/model.keras")
    code = (
        "import sys, keras_doctor as kd\n"
        "kd.diagnose(kd.read(sys.argv[1]), kd.Environment.parse('keras==3.15.1'))\n"
        "print(' '.join(sorted(sys.modules)), 0)"
    )
    watch(imported(environ, "-c", code, path)[0], bare)


def watch(modules, bare, most=MOST):
    new = set(modules) - bare
    ours = {name for name in new if name.partition(".")[0] == "keras_doctor"}
    assert new - ours <= ALLOWED, "too dear for a check"
    assert len(ours) <= most


def test_the_command_ends_without_taking_the_interpreter_apart(corpus, environ):
    """What the command prints is all there, and so is its exit status, though the process ends at once."""
    path = str(corpus / "pathology/cut_half-tf215h5/model.h5")
    code = "import sys; from keras_doctor.cli import {0}; sys.exit({0}())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code.format(name), "check", path], env=environ, capture_output=True, text=True
        )
        for name in ("main", "script")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.endswith("\n")
    assert [run.returncode for run in runs] == [1, 1]


def test_a_module_that_waits_for_the_end_is_told(environ):
    code = "import atexit, sys; atexit.register(print, 'told'); from keras_doctor.cli import script; sys.exit(script())"
    done = subprocess.run([sys.executable, "-c", code, "env"], env=environ, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "told"


def test_an_unwritable_output_is_said_once(corpus, environ):
    path = str(corpus / "py311_tf221_k3151/shared/model.keras")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "keras_doctor", "check", path],
            env=environ,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
