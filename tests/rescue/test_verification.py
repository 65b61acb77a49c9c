"""Verification: in stand-ins for releases, with all that can go wrong there; at which layer models part.

What real releases say is recorded in tests/data/verifications.tsv by tools/check_verification.py; the test marked `lab`
asks some anew.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import stand_in as moods
from stand_in import stand_in

from keras_doctor import Environment, diagnose, read, repair
from keras_doctor.cli import main
from keras_doctor.document.model import ModelDocument
from keras_doctor.records import replace
from keras_doctor.rescue import RepairReport
from keras_doctor.rescue.evaluation import evaluate, make_inputs
from keras_doctor.rescue.verification import Case, Verifier, worker
from keras_doctor.rescue.verification.building import BuildError, setup_of_source, setup_of_target
from keras_doctor.rescue.verification.comparing import LayerOutput, parting, renamed_layers
from keras_doctor.rescue.wishes import Wishes

RECORDED = Path(__file__).parents[1] / "data/verifications.tsv"
SETUPS = "KERAS_DOCTOR_SETUPS"
SPEC = "keras==3.15.1 tensorflow==2.21.0"
KERAS_3 = SPEC.split()
TF_215 = ["tensorflow==2.15.1", "keras==2.15.0", "numpy==1.26.4", "h5py==3.10.0"]
MLP = "py37_tf24/mlp_seq/model.h5"  # loads in Keras 3 as it is
LSTM = "py37_tf24/lstm/model.h5"  # does not: time_major


@pytest.fixture
def target(tmp_path: Path) -> Environment:
    return stand_in(tmp_path / "target", *KERAS_3)


def repaired(source: Path, tmp_path: Path, target: Environment, **wanted: Any) -> RepairReport:
    """Repair a file with a fresh verifier."""
    destination = tmp_path / wanted.pop("name", "out.keras")
    wishes = wanted.pop("wishes", Wishes())
    dry = wanted.pop("dry", False)
    with Verifier(wanted.pop("mode", "real"), **wanted) as verifier:
        return repair(source, destination, target, verify=verifier, dry=dry, wishes=wishes)


def test_both_run_in_releases(corpus: Path, tmp_path: Path, target: Environment) -> None:
    source = stand_in(tmp_path / "source", *TF_215)
    found = repair(corpus / MLP, tmp_path / "out.keras", target, source_python=source.interpreter).verification
    assert (found.kind, found.equal, found.notes) == ("real", True, ())
    assert (found.source.name, found.source.interpreter) == ("tf.keras 2.15.0", source.interpreter)
    assert (found.result.name, found.result.interpreter) == ("Keras 3.15.1", target.interpreter)
    assert "the source run in tf.keras 2.15.0 and the result run in Keras 3.15.1" in str(found)


def test_only_the_target_is_at_hand(corpus: Path, tmp_path: Path, target: Environment) -> None:
    found = repaired(corpus / "py36_keras122_tf14/lstm/model.h5", tmp_path, target, mode="auto").verification
    assert (found.kind, found.equal, found.source.name) == ("result-real", True, "NumPy")
    assert "the source computed by NumPy and the result run in Keras 3.15.1" in str(found)
    assert "--source-python" in found.notes[0]


def test_a_target_that_is_only_named(corpus: Path, tmp_path: Path) -> None:
    fits = stand_in(tmp_path / "fits", *KERAS_3)
    other = stand_in(tmp_path / "other", "keras==3.10.0", "tensorflow==2.21.0")
    named = Environment.parse(SPEC)
    auto = repaired(corpus / MLP, tmp_path, named, mode="auto", name="a.keras").verification
    assert (auto.kind, auto.equal) == ("numpy", True)
    found = repaired(corpus / MLP, tmp_path, named, others=[other.interpreter], name="b.keras").verification
    assert found.result.interpreter == ""
    assert "keras 3.10.0" in " ".join([found.reason, *found.notes])
    others = [other.interpreter, fits.interpreter]
    found = repaired(corpus / MLP, tmp_path, named, others=others, name="c.keras").verification
    assert (found.equal, found.result.interpreter) == (True, fits.interpreter)


def test_another_backend(corpus: Path, tmp_path: Path) -> None:
    jax = stand_in(tmp_path / "jax", "keras==3.15.1", "jax==0.7.2")
    named = Environment.parse("keras==3.15.1 jax==0.7.2 backend=jax")
    found = repaired(corpus / LSTM, tmp_path, named, others=[jax.interpreter]).verification
    assert (found.kind, found.equal, found.result.name) == ("result-real", True, "Keras 3.15.1 on jax")


def test_nothing_is_at_hand(corpus: Path, tmp_path: Path) -> None:
    found = repaired(corpus / MLP, tmp_path, Environment.parse(SPEC)).verification
    assert (found.kind, found.equal) == ("", None)
    assert "--verify-with" in found.reason
    assert "--source-python" in found.reason
    nowhere = str(tmp_path / "nowhere")
    found = repaired(corpus / MLP, tmp_path, Environment.parse(SPEC), name="b.keras", others=[nowhere]).verification
    assert f"{nowhere}: there is no" in found.reason


@pytest.mark.parametrize(
    ("mood", "kind", "equal", "told"),
    [
        (moods.REFUSES, "result-real", False, "Keras 3.15.1 does not load the result: ValueError: Unknown layer"),
        (moods.UNTRAINED, "result-real", False, "does not load the result: ValueError: Unknown layer"),
        (moods.STUMBLES, "numpy", True, "the result could not be run in Keras 3.15.1: ValueError: cannot be run"),
        (moods.DIES, "numpy", True, "ended with status 3: Illegal instruction of the stand-in"),
        (moods.HANGS, "numpy", True, "did not answer within 2 seconds (--verify-timeout)"),
        (moods.WAVERS, "", None, "the result computes something else each time"),
    ],
)
def test_what_goes_wrong_in_the_target(
    mood: str, kind: str, equal: bool | None, told: str, corpus: Path, tmp_path: Path
) -> None:
    target = stand_in(tmp_path / "target", *KERAS_3, mood=mood)
    start = time.perf_counter()
    found = repaired(
        corpus / LSTM, tmp_path, target, mode="auto", seconds=2 if mood == moods.HANGS else 60
    ).verification
    assert (found.kind, found.equal) == (kind, equal)
    assert told in " ".join([found.reason, *found.notes])
    assert str(found).startswith({True: "verified", False: "FAILED", None: "not verified"}[equal])
    assert time.perf_counter() - start < 30


def test_a_result_that_does_not_run_where_its_source_does(corpus: Path, tmp_path: Path) -> None:
    target = stand_in(tmp_path / "target", *KERAS_3, mood=moods.STUMBLES)
    source = stand_in(tmp_path / "source", *TF_215)
    found = repaired(corpus / MLP, tmp_path, target, source_python=source.interpreter).verification
    assert (found.kind, found.equal) == ("real", False)
    assert "does not run the result" in found.reason


def test_a_source_that_loads_without_its_training_state(corpus: Path, tmp_path: Path, target: Environment) -> None:
    source = stand_in(tmp_path / "source", *TF_215, mood=moods.UNTRAINED)
    found = repaired(corpus / MLP, tmp_path, target, source_python=source.interpreter).verification
    assert (found.kind, found.equal) == ("real", True)


def test_where_they_part(corpus: Path, tmp_path: Path) -> None:
    names = [layer.name for layer in read(str(corpus / LSTM)).layers if layer.class_name != "InputLayer"]
    target = stand_in(tmp_path / "target", *KERAS_3, mood=moods.DRIFTS + names[1])
    found = repaired(corpus / LSTM, tmp_path, target).verification
    assert (found.kind, found.equal) == ("result-real", False)
    assert found.parting is not None
    assert (found.parting.layer, found.parting.after) == (names[1], names[0])
    assert f"they part at the layer {names[1]}" in str(found)


def test_an_interpreter_that_does_not_load_the_source(corpus: Path, tmp_path: Path, target: Environment) -> None:
    source = stand_in(tmp_path / "source", *KERAS_3)  # knows no time_major
    found = repaired(corpus / LSTM, tmp_path, target, source_python=source.interpreter).verification
    assert (found.kind, found.equal) == ("result-real", True)
    assert "would not load it as it is: KD303" in found.notes[0]


def test_code_is_run_when_it_is_trusted_only(corpus: Path, tmp_path: Path, target: Environment) -> None:
    file = corpus / "py311_tf213/lambda_py/model.h5"
    source = stand_in(tmp_path / "source", *TF_215)
    given = {"source_python": source.interpreter}
    found = repaired(file, tmp_path, target, name="a.keras", **given).verification
    assert found.kind == "result-real"  # the result has no code any more
    assert "KD805" in found.notes[0]
    assert "--trust-source" in found.notes[0]
    assert repaired(file, tmp_path, target, name="b.keras", trust=True, **given).verification.kind == "real"


CODE = """
import os
from os import path as imported

with open({marker!r}, "a") as file:
    file.write(str(os.getpid()) + "\\n")

@register_keras_serializable(package="Shop", name="till")
def cash(x):
    return x

class Counter:
    pass

register_keras_serializable = None
"""


def test_custom_code_is_run_by_the_interpreters_that_load_and_nowhere_else(
    corpus: Path, tmp_path: Path, target: Environment
) -> None:
    marker, code = tmp_path / "marker", tmp_path / "shop.py"
    text = CODE.format(marker=str(marker))
    code.write_text(text)
    with pytest.raises(ValueError, match="no Python"):
        Verifier(custom_code=[str(corpus / MLP)])
    with pytest.raises(ValueError, match="cannot be read"):
        Verifier(custom_code=[str(tmp_path / "nowhere.py")])
    with Verifier(custom_code=[str(code)]) as verifier:
        assert set(verifier.given) == {"imported", "cash", "Shop>till", "Counter", "register_keras_serializable"}
    assert not marker.exists()  # its names are read from its text
    code.write_text(text.replace("@register", "# @register"))
    for number, given in enumerate(([], [str(code)])):
        with Verifier("real", custom_code=given) as verifier:
            for again in range(2):
                report = repair(corpus / MLP, tmp_path / f"{number}{again}.keras", target, verify=verifier)
                assert report.verification.equal
        assert marker.exists() == bool(given)
    processes = marker.read_text().split()
    assert len(processes) == len(set(processes)) > 0  # once in each, though two models were loaded there
    assert str(os.getpid()) not in processes


def test_the_worker_gives_what_custom_code_defines_and_not_what_it_imports(tmp_path: Path) -> None:
    code = tmp_path / "mine.py"
    code.write_text("from numpy import zeros\nfrom helping import Helper\nclass Mine: pass\nNUMBER = 1\n")
    (tmp_path / "helping.py").write_text("class Helper: pass\n")  # what stands beside it can be imported
    before = list(sys.path)
    try:
        assert set(worker.custom_objects([str(code)])) == {"Mine", "Helper"}
    finally:
        sys.path[:] = before
        for name in ("mine", "helping"):
            sys.modules.pop(name, None)


def test_a_plan_is_verified_without_a_file(corpus: Path, tmp_path: Path, target: Environment) -> None:
    before = set(tmp_path.iterdir())
    report = repaired(corpus / LSTM, tmp_path, target, dry=True)
    assert (report.path, report.verification.kind, report.verification.equal) == ("", "result-real", True)
    assert set(tmp_path.iterdir()) == before
    assert repaired(corpus / LSTM, tmp_path, target, dry=True, mode="auto").verification.kind == "numpy"


def test_what_no_release_runs(corpus: Path, tmp_path: Path, target: Environment) -> None:
    found = repaired(corpus / MLP, tmp_path, target, mode="auto", name="out.safetensors").verification
    assert (found.kind, found.equal) == ("numpy", True)


def test_the_command(corpus: Path, tmp_path: Path, target: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/schema/repair-1.json").read_text())
    source = stand_in(tmp_path / "source", *TF_215)
    words = ["repair", str(corpus / MLP), str(tmp_path / "out.keras"), "--force", "--verify", "real"]
    there = ["--python", str(tmp_path / "target")]
    more = ["--source-python", str(tmp_path / "source"), "--verify-timeout", "100", "--json"]
    assert main([*words, *there, *more]) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, schema)
    (one,) = told["repairs"]
    assert (one["verified"]["kind"], one["verified"]["equal"]) == ("real", True)
    assert one["verified"]["source"]["interpreter"] == source.interpreter
    assert main([*words, "--env", SPEC, "--verify-timeout", "0"]) == 2
    assert main([*words, "--env", SPEC]) == 1  # asked for, and could not be done
    assert "not verified: no interpreter is at hand" in capsys.readouterr().out


def test_the_summary_of_many(
    corpus: Path, tmp_path: Path, target: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(corpus / MLP), str(corpus / LSTM)]
    for place, file in enumerate(files):
        files[place] = str(tmp_path / f"{place}.h5")
        Path(files[place]).write_bytes(Path(file).read_bytes())
    there = ["--python", str(tmp_path / "target")]
    assert main(["repair", *files, f"{tmp_path}/out/", *there]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == "2 files: 2 loads; verified: 1 in releases, 1 in the target's release"


def test_one_process_serves_many_files(corpus: Path, tmp_path: Path, target: Environment) -> None:
    with Verifier("real") as verifier:
        for place, name in enumerate(("mlp_seq", "func_two_input", "stringlookup")):
            file = corpus / f"py37_tf24/{name}/savedmodel"
            file = file if file.exists() else file.with_name("model.h5")
            found = repair(file, tmp_path / f"{place}.keras", target, verify=verifier).verification
            assert (found.kind, found.equal) == ("result-real", True), file
        assert verifier._workers is not None
        assert len(verifier._workers._running) == 1


# Environments that are made

UV = """#!{python}
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from stand_in import stand_in
with open({log!r}, "a") as log:
    print(*sys.argv[1:], file=log)
if sys.argv[1] == "venv":
    stand_in(Path(sys.argv[-1]))
elif {broken!r}:
    sys.exit("error: no solution found")
else:
    site = next(Path(sys.argv[sys.argv.index("--python") + 1]).parents[1].glob("lib/*/site-packages"))
    for asked in sys.argv:
        if "==" in asked:
            (site / (asked.replace("==", "-") + ".dist-info")).mkdir()
"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], Path]:
    """Return a function that puts a stand-in for uv on PATH, and returns where it notes its calls."""

    def made(broken: bool = False) -> Path:
        log = tmp_path / "calls"
        paths = [str(Path(moods.__file__).parent), *sys.path]
        (tmp_path / "tools").mkdir()
        (tmp_path / "tools/uv").write_text(UV.format(python=sys.executable, paths=paths, log=str(log), broken=broken))
        (tmp_path / "tools/uv").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}/tools{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        return log

    return made


def test_an_environment_is_made_when_it_is_asked_for(corpus: Path, tmp_path: Path, uv: Callable[..., Path]) -> None:
    log = uv()
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    named = Environment.parse(f"python=={minor} {SPEC}")
    assert repaired(corpus / MLP, tmp_path, named, name="a.keras").verification.equal is None
    assert not log.exists()
    for name in ("b.keras", "c.keras"):  # the second time it is there
        found = repaired(corpus / MLP, tmp_path, named, name=name, build=True).verification
        assert (found.equal, found.result.name) == (True, "Keras 3.15.1")
        assert found.result.interpreter.startswith(str(tmp_path / "cache"))
    calls = [line for line in log.read_text().splitlines() if "keras==3.15.1" in line]
    assert len(calls) == 1
    assert calls[0].endswith("keras==3.15.1 tensorflow==2.21.0")


def test_an_environment_that_cannot_be_made(corpus: Path, tmp_path: Path, uv: Callable[..., Path]) -> None:
    uv(broken=True)
    found = repaired(corpus / MLP, tmp_path, Environment.parse(SPEC), build=True).verification
    assert (found.kind, found.equal) == ("", None)
    assert "no environment could be made" in found.reason
    assert "no solution found" in found.reason
    assert not list((tmp_path / "cache/keras-doctor/environments").iterdir())


def test_what_an_environment_is_made_of(corpus: Path) -> None:
    asked = setup_of_target(Environment.parse("python==3.11 tensorflow==2.15.1"))
    assert (asked.python, "tensorflow==2.15.1" in asked.requirements) == ("3.11", True)
    jax = setup_of_target(Environment.parse("python==3.11 keras==3.15.1 jax==0.7.2 backend=jax"))
    assert set(jax.requirements) == {"keras==3.15.1", "jax==0.7.2"}
    with pytest.raises(BuildError, match="not known"):
        setup_of_target(Environment())
    source = setup_of_source(read(str(corpus / LSTM)))
    assert "tensorflow==2.4.4" in source.requirements  # the tf.keras 2.4.0 that saved it


# What real releases say


def test_the_recorded_run() -> None:
    with RECORDED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len({row["target"] for row in rows}) == 3
    written = [row for row in rows if row["equal"] != "refused"]
    assert not [row for row in written if row["equal"] == "no"]
    real = [row for row in written if row["kind"] == "real" and row["equal"] == "yes"]
    assert len(real) >= 0.85 * len(written) > 250
    assert all(row["why"] for row in written if row["kind"] != "real")  # what could not be done is said


@pytest.mark.lab
def test_releases_verify_the_results(corpus: Path, tmp_path: Path) -> None:
    setups = os.environ.get(SETUPS)
    if not setups:
        pytest.skip(f"{SETUPS} names no file of environments (tools/in_releases.py says what is in it)")
    out = tmp_path / "verifications.tsv"
    tool = Path(__file__).parents[2] / "tools/check_verification.py"
    command = [sys.executable, tool, corpus, setups, "py311_tf221_k3151", "--every", "60", "--out", out]
    subprocess.run(command, check=True)
    with out.open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file, delimiter="\t") if row["equal"] != "refused"]
    assert "no" not in [row["equal"] for row in found]
    assert sum(row["kind"] == "real" for row in found) >= 0.8 * len(found) > 0


# At which layer


def layers(document: ModelDocument) -> list[LayerOutput]:
    made = evaluate(document, make_inputs(document), each_layer=True)
    return [LayerOutput(name, array, array.shape) for name, arrays in made.layers for array in arrays]


def test_parting_without_any_release(corpus: Path) -> None:
    document = read(str(corpus / MLP))
    config = json.loads(json.dumps(document.config))
    dense = [layer["config"] for layer in config["config"]["layers"] if layer["class_name"] == "Dense"]
    dense[1]["activation"] = "exponential"
    other = document.changed(config=config)
    target = Environment.parse(SPEC)
    with Verifier("numpy") as verifier:
        found = verifier.verify(Case(document, document, other, diagnose(other, target), target))
    assert (found.kind, found.equal) == ("numpy", False)
    assert found.parting is not None
    assert (found.parting.layer, found.parting.after) == (dense[1]["name"], "dropout")


def test_parting_inside_a_nested_model(corpus: Path) -> None:
    document = read(str(corpus / "py37_tf24/nested/model.h5"))
    ours = layers(document)
    names = [one.layer for one in ours]
    assert {"inner", "inner/dense", "inner/batch_normalization"} <= set(names)
    assert parting(ours, ours, 1e-5) is None
    inner = names.index("inner/batch_normalization")
    theirs = [
        replace(one, array=one.array + 1) if place >= inner else one for place, one in enumerate(ours)
    ]  # and what follows
    found = parting(ours, theirs, 1e-5)
    assert found is not None
    assert (found.layer, found.after) == ("inner/batch_normalization", "inner/dense")


def test_parting_at_a_layer_that_has_another_name(corpus: Path) -> None:
    """A repair gives a layer another name where the target takes it for a path, and a person where they wish."""
    document = read(str(corpus / MLP))
    dense = [layer for layer in document.layers if layer.class_name == "Dense"]
    config = json.loads(json.dumps(document.config))
    for number, layer in enumerate(entry["config"] for entry in config["config"]["layers"]):
        layer["name"] = f"renamed_{number}"
        if layer.get("units") == dense[1].config["units"]:
            layer["activation"] = "exponential"
    groups = [replace(group, owner=f"renamed_{number + 1}") for number, group in enumerate(document.weights)]
    other = document.changed(config=config, weights=tuple(groups))  # the first layer is an InputLayer without a group
    assert parting(layers(document), layers(other), 1e-5) is None  # no name is in both
    found = parting(layers(document), layers(other), 1e-5, renamed_layers(document, other))
    assert found is not None
    assert (found.layer, found.after) == (dense[1].name, "dropout")


def test_parting_by_shape_and_by_text() -> None:
    numbers, text = np.zeros((2, 3)), np.array(["a", "b"], dtype=object)
    ours = [LayerOutput("a", numbers, (2, 3)), LayerOutput("b", text, (2,))]
    found = parting(ours, [ours[0], LayerOutput("b", text[::-1], (2,))], 1e-5)
    assert found is not None
    assert (found.layer, found.difference, found.after) == ("b", float("inf"), "a")
    found = parting(ours, [LayerOutput("a", numbers.T, (3, 2)), ours[1]], 1e-5)
    assert found is not None
    assert (found.layer, found.after) == ("a", "")
    assert parting(ours, [LayerOutput("z", numbers, (2, 3))], 1e-5) is None


def test_the_worker_is_for_old_pythons() -> None:
    tree = ast.parse(Path(worker.__file__).read_text(encoding="utf-8"), feature_version=(3, 5))
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.YieldFrom, ast.Starred))
        if isinstance(node, ast.arguments):
            assert not node.kwonlyargs
            assert not node.posonlyargs
