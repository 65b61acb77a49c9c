"""A failed load ends with its diagnosis; nothing is hidden, and an error of ours never shows.

Keras itself is not here: a package of that name raises what Keras 3.15.1 raises, from a function that is called alike.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keras_doctor.runtime.failed_load import failed_load, touches_keras
from keras_doctor.runtime.telling import tell

LOADER = """
def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    raise ValueError(
        f"File not found: filepath={filepath}. Please ensure the file is an accessible `.keras` zip file."
    )
"""
HANDLED = """
def load_model(filepath, custom_objects=None, compile=True):
    raise ValueError("Unknown layer: Functional")


def error_handler(*args, **kwargs):
    fn = load_model
    try:
        return fn(*args, **kwargs)
    except Exception as error:
        raise error.with_traceback(None) from None
"""
WEIGHTS = """
def load_weights(filepath, by_name=False):
    raise ValueError(
        "Layer count mismatch when loading weights from file. Model expected 1 layers, found 4 saved layers."
    )


def fit(x):
    raise ValueError("None values not supported.")


def save_model(model, filepath):
    raise ValueError(
        "Invalid filepath extension for saving. Please add either a `.keras` extension for the native Keras format "
        f"(recommended) or a `.h5` extension. Received: filepath={filepath}."
    )
"""
# What IPython is here: a shell that shows the exception that is being handled.
IPYTHON = """
import sys


class Shell:
    def showtraceback(self, exc_tuple=None, filename=None):
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        print("shown", type(error).__name__, file=sys.stderr)
        return "returned"


shell = Shell()


def get_ipython():
    return shell
"""
SETUPS = "KERAS_DOCTOR_SETUPS"
SRC = Path(__file__).parents[2] / "src"
SCRIPT = """import sys
from keras.saving import load_model
print("before", sys.argv[1:])
load_model({path!r}, compile=False)
"""


@pytest.fixture
def keras(tmp_path):
    """A folder that has a package called keras, whose load_model fails."""
    package = tmp_path / "packages" / "keras"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "saving.py").write_text(LOADER)
    (package / "handled.py").write_text(HANDLED)
    (package / "weights.py").write_text(WEIGHTS)
    (tmp_path / "packages" / "IPython.py").write_text(IPYTHON)
    return tmp_path / "packages"


@pytest.fixture
def imported(keras, monkeypatch):
    monkeypatch.syspath_prepend(str(keras))
    yield
    for name in [name for name in sys.modules if name == "keras" or name.startswith("keras.")]:
        del sys.modules[name]


def raised(call):
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_the_call_is_found(imported):
    from keras.saving import load_model

    error = raised(lambda: load_model("m.keras", custom_objects={"A": 1}, compile=False, safe_mode=False))
    load = failed_load(error)
    assert (load.function, load.path, load.package) == ("load_model", "m.keras", "keras")
    assert (load.compile, load.safe_mode, load.custom_objects) == (False, False, ("A",))


def test_the_call_is_found_where_keras_has_taken_its_frames_away(imported):
    from keras.handled import error_handler

    load = failed_load(raised(lambda: error_handler("m.h5", compile=False)))
    assert (load.function, load.path, load.compile) == ("load_model", "m.h5", False)


def test_the_file_decides(imported, corpus):
    from keras.saving import load_model

    path = corpus / "py311_tf212/cnn/model.h5"
    stream = io.StringIO()
    assert tell(raised(lambda: load_model(path)), stream)
    shown = stream.getvalue()
    assert "keras-doctor" in shown
    assert "cause" in shown


def test_what_is_not_keras_is_left_alone():
    error = raised(lambda: 1 / 0)
    assert not touches_keras(error)
    stream = io.StringIO()
    assert not tell(error, stream)
    assert stream.getvalue() == ""


def run(keras, tmp_path, *words, source=None, variables=None):
    script = tmp_path / "script.py"
    script.write_text(source or SCRIPT.format(path=str(tmp_path / "nowhere.keras")))
    environ = {"PYTHONPATH": str(keras), "LANG": "C.UTF-8", "PATH": "", **(variables or {})}
    return subprocess.run(
        [sys.executable, *words, str(script), "--flag", "x"], capture_output=True, text=True, env=environ, check=False
    )


def test_a_script_is_run_as_it_is(keras, tmp_path):
    done = run(keras, tmp_path, "-m", "keras_doctor", "run")
    plain = run(keras, tmp_path)
    assert done.stdout == plain.stdout == "before ['--flag', 'x']\n"
    assert done.stderr.startswith(plain.stderr)
    assert done.returncode == plain.returncode == 1
    told = done.stderr[len(plain.stderr) :]
    assert "path-problem" in told
    assert "there is nothing at the path" in told


def test_a_script_that_ends_well_ends_the_same(keras, tmp_path):
    source = "import sys\nprint('well')\nsys.exit(3)\n"
    done = run(keras, tmp_path, "-m", "keras_doctor", "run", source=source)
    assert (done.stdout, done.stderr, done.returncode) == ("well\n", "", 3)


def test_install_shows_the_same(keras, tmp_path):
    source = "import keras_doctor\nkeras_doctor.install()\nkeras_doctor.install()\n" + SCRIPT.format(
        path="nowhere.keras"
    )
    done = run(keras, tmp_path, source=source)
    assert done.stderr.count("Traceback (most recent call last)") == 1
    assert done.stderr.count("path-problem") >= 1
    assert done.stderr.index("Traceback") < done.stderr.index("path-problem")


def test_install_imports_nothing_that_looks_at_models(keras, tmp_path):
    source = "import sys, keras_doctor\nkeras_doctor.install()\nprint(*sys.modules)\n"
    done = run(keras, tmp_path, source=source)
    assert "keras_doctor.symptoms" not in done.stdout
    assert "keras_doctor.artifacts" not in done.stdout


def test_an_error_of_ours_is_swallowed(keras, tmp_path):
    source = (
        "import keras_doctor, keras_doctor.runtime.telling as telling\nkeras_doctor.install()\n"
        "telling.explain = None\n" + SCRIPT.format(path="nowhere.keras")
    )
    done = run(keras, tmp_path, source=source)
    assert done.stderr.count("Traceback") == 1
    assert "NoneType" not in done.stderr


def test_a_thread_is_told_of_too(keras, tmp_path):
    source = (
        "import threading, keras_doctor\nkeras_doctor.install()\nfrom keras.saving import load_model\n"
        "thread = threading.Thread(target=load_model, args=('nowhere.keras',))\nthread.start()\nthread.join()\n"
    )
    done = run(keras, tmp_path, source=source)
    assert "path-problem" in done.stderr


def test_an_error_that_was_raised_from_a_failed_load_is_told_of(keras, tmp_path):
    source = (
        "import keras_doctor\nkeras_doctor.install()\nfrom keras.saving import load_model\n"
        "try:\n    load_model('nowhere.keras')\nexcept Exception as error:\n    raise RuntimeError('mine') from error\n"
    )
    done = run(keras, tmp_path, source=source)
    assert "RuntimeError: mine" in done.stderr
    assert "path-problem" in done.stderr


def test_a_thread_that_is_imported_after_install_is_told_of(keras, tmp_path):
    source = (
        "import keras_doctor\nkeras_doctor.install()\nimport threading\nfrom keras.saving import load_model\n"
        "thread = threading.Thread(target=load_model, args=('nowhere.keras',))\nthread.start()\nthread.join()\n"
    )
    assert "path-problem" in run(keras, tmp_path, source=source).stderr


def test_ipython_shows_it_under_its_own_traceback(keras, tmp_path):
    source = (
        "import IPython, keras_doctor\nbefore = IPython.shell.showtraceback\nkeras_doctor.install()\n"
        "from keras.saving import load_model\n"
        "try:\n    load_model('nowhere.keras')\nexcept Exception:\n    print(IPython.shell.showtraceback())\n"
        "try:\n    1 / 0\nexcept Exception:\n    print(IPython.shell.showtraceback(filename='x'))\n"
        "from keras_doctor.runtime import uninstall\nuninstall()\nprint(IPython.shell.showtraceback == before)\n"
    )
    done = run(keras, tmp_path, source=source)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "returned\nreturned\nTrue\n"
    shown, told = done.stderr.index("shown ValueError"), done.stderr.index("path-problem")
    assert shown < told < done.stderr.index("shown ZeroDivisionError")
    assert done.stderr.rstrip().endswith("shown ZeroDivisionError")


def test_a_file_of_weights_is_what_load_weights_wants(imported, corpus):
    from keras.weights import load_weights

    stream = io.StringIO()
    assert tell(raised(lambda: load_weights(str(corpus / "py311_tf212/cnn/legacy_weights.h5"))), stream)
    assert "weights-mismatch" in stream.getvalue()
    assert "KD109" not in stream.getvalue()


def test_only_what_is_near_to_saving_and_loading_is_told_of(imported):
    from keras.weights import fit, save_model

    stream = io.StringIO()
    assert not tell(raised(lambda: fit(1)), stream)
    assert stream.getvalue() == ""
    assert tell(raised(lambda: save_model(None, "model.txt")), stream)
    assert "save-refused" in stream.getvalue()


REAL = """import sys
import keras_doctor
keras_doctor.install()
import {module} as keras
print("imported", flush=True)
keras.models.load_model(sys.argv[1])
"""


@pytest.mark.lab
@pytest.mark.parametrize(
    ("name", "file", "cause"),
    [
        ("py311_tf215", "py311_tf221_k3151/cnn/model.keras", "unknown-keyword"),
        ("py311_tf215", "py311_tf215/custom_layer/model.keras", "custom-object-missing"),
        ("py311_tf221_k3151", "py37_tf24/cnn/savedmodel", "format-not-supported"),
        ("py311_tf221_k3151", "py37_tf24/lambda_py/model.h5", "lambda-refused"),
        ("py313_tf221_k3151", "nowhere.keras", "path-problem"),
    ],
)
def test_real_releases_are_told_of(name, file, cause, corpus, tmp_path):
    if not os.environ.get(SETUPS):
        pytest.skip(f"{SETUPS} names no file of environments (tools/in_releases.py says what is in it)")
    rows = Path(os.environ[SETUPS]).read_text(encoding="utf-8").splitlines()
    setup = next(row for row in map(json.loads, rows) if row["name"] == name)
    script = tmp_path / "script.py"
    script.write_text(REAL.format(module=setup["module"].replace("tf.keras", "tensorflow.keras")))
    environ = {**os.environ, **setup["environ"], "PYTHONPATH": str(SRC)}
    done = subprocess.run(
        [setup["python"], script, corpus / file], capture_output=True, text=True, env=environ, check=False
    )
    assert "imported" in done.stdout
    assert done.returncode == 1
    traceback, _, told = done.stderr.partition("keras-doctor\n")
    assert "Traceback (most recent call last)" in traceback
    assert f"cause {cause}" in told
