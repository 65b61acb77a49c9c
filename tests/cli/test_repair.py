"""`keras-doctor repair`: the door, on files that real releases wrote and on damaged ones; the JSON that it prints."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from keras_doctor.cli import main

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/repair-1.json").read_text())
for _part in (SCHEMA, *SCHEMA["$defs"].values()):  # ours may grow, but not without being written down
    if "properties" in _part:
        _part["additionalProperties"] = False
DENSE_1 = slice(10840, 11340)  # the values of the last layer in the file of Keras 2.2.4 (h5py: `id.get_offset()`)
ENV = ("--env", "python==3.11 keras==3.15.1 tensorflow==2.21.0")


def seen(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    status = main(["repair", *map(str, words), *ENV, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    return status, found


def test_a_good_file(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = seen(capsys, corpus / "pathology/no_versions-k3h5/model.h5", tmp_path / "out.keras")
    (one,) = found["repairs"]
    assert (status, one["verdict"], one["holds"], one["verified"]["equal"]) == (0, "loads", "model", True)
    assert one["lost_tensors"] == one["damage"] == found["failed"] == []
    assert Path(one["path"]).exists()


@pytest.fixture
def half(corpus: Path, tmp_path: Path) -> Path:
    """Return half of a file, which lacks the last layer."""
    content = bytearray((corpus / "pathology/cut_half-k224h5/model.h5").read_bytes())
    content[DENSE_1] = bytes(DENSE_1.stop - DENSE_1.start)
    path = tmp_path / "half.h5"
    path.write_bytes(content)
    return path


def test_lost_tensors(half: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = seen(capsys, half, tmp_path / "out.keras")
    (one,) = found["repairs"]
    assert (status, one["path"]) == (1, "")
    assert "--fill zeros" in one["refused"]
    assert one["damage"][0]["kind"] == "truncated"
    lost = [(tensor["layer"], tensor["name"], tensor["shape"]) for tensor in one["lost_tensors"]]
    assert lost == [("dense_1", "kernel", [24, 5]), ("dense_1", "bias", [5])]
    status, found = seen(capsys, half, tmp_path / "out.keras", "--fill", "zeros")
    (one,) = found["repairs"]
    assert (status, one["refused"], one["verified"]["equal"]) == (0, "", None)
    assert [change["fix"] for change in one["changes"] if change["kind"] == "lossy"] == ["fill", "fill"]


def test_no_architecture(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = corpus / "pathology/config_cut-k3k/model.keras"
    status, found = seen(capsys, source, tmp_path / "out.keras")
    assert (status, found["repairs"]) == (1, [])
    assert "--architecture FILE" in found["failed"][0]["why"]
    sister = corpus / "pathology/trailing_garbage-k3k/model.keras"
    status, found = seen(capsys, source, tmp_path / "out.keras", "--architecture", sister)
    assert (status, found["repairs"][0]["verdict"]) == (0, "loads")
    status, found = seen(capsys, source, f"{tmp_path}/", "--to", "safetensors")
    assert (status, found["repairs"][0]["holds"]) == (0, "weights")
    assert (tmp_path / "model.safetensors").exists()


def test_the_words(half: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = half, tmp_path / "out.keras"
    assert main(["repair", str(source), str(target), *ENV]) == 1
    refused = capsys.readouterr().out
    assert "dense_1/kernel (24, 5)" in refused
    assert f"keras-doctor repair {source} {target} --fill zeros" in refused
    assert main(["repair", str(source), str(target), *ENV, "--fill", "zeros"]) == 0
    filled = capsys.readouterr().out
    assert "2 tensors lost" in filled.splitlines()[0]
    assert "dense_1/kernel is lost: zeros stand in [lossy" in filled
    assert "not verified" in filled


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--rename", "a"], "OLD=NEW"), (["--weights-only", "--to", "keras"], "contradict")],
)
def test_options_that_make_no_sense(
    words: list[str], told: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = corpus / "pathology/no_versions-k3h5/model.h5"
    assert main(["repair", str(source), str(tmp_path / "out.keras"), *ENV, *words]) == 2
    assert told in capsys.readouterr().err


def test_a_layer_is_renamed(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = corpus / "pathology/no_versions-k3h5/model.h5"
    status, found = seen(capsys, source, tmp_path / "out.h5", "--rename", "out=answer")
    assert (status, found["repairs"][0]["verified"]["equal"]) == (0, True)
    assert found["repairs"][0]["changes"][0]["fix"] == "rename"


def test_without_numpy_it_says_what_is_missing(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gates of Keras 2.2.4 are scaled for Keras 3, which takes NumPy: said in words, and nothing is left behind."""
    for name in ("numpy", "keras_doctor.writers.arithmetic", "keras_doctor.writers.transposing"):
        monkeypatch.setitem(sys.modules, name, None)
        package, _, module = name.rpartition(".")
        if package:  # a module that was imported before is an attribute of its package, too
            monkeypatch.delattr(sys.modules[package], module, raising=False)
    result = tmp_path / "out.keras"
    assert main(["repair", str(corpus / "py36_keras224_tf113/lstm/model.h5"), str(result), *ENV, "--verify=none"]) == 1
    shown = capsys.readouterr()
    assert "pip install 'keras-doctor[repair]'" in shown.out
    assert "internal error" not in shown.err
    assert not list(tmp_path.iterdir())


def test_files_and_options_come_in_any_order(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, result = str(corpus / "py311_tf215/mlp_seq/model.h5"), str(tmp_path / "out.keras")
    assert main(["repair", source, "--architecture", source, result, *ENV, "--verify=none"]) == 0
    assert Path(result).exists()


def test_a_folder_keeps_its_shape_and_no_result_takes_the_place_of_another(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models, mended = tmp_path / "models", tmp_path / "mended"
    files = {
        "a.h5": "py37_tf24/mlp_seq/model.h5",
        "a.keras": "py311_tf215/mlp_seq/model.keras",
        "sub/a.h5": "py37_tf24/mlp_seq/model.h5",
        "custom.h5": "py37_tf24/custom_layer/model.h5",
        "half.keras": "pathology/cut_half-k3k/model.keras",
    }
    for name, file in files.items():
        (models / name).parent.mkdir(parents=True, exist_ok=True)
        (models / name).write_bytes((corpus / file).read_bytes())
    command = ["repair", str(models), str(mended), *ENV, "--verify=none"]
    assert main([*command, "--plan"]) == 1
    assert not mended.exists()
    assert main(command) == 1
    found = sorted(str(path.relative_to(mended)) for path in mended.rglob("*") if path.is_file())
    assert found == ["a.keras", "a.keras.keras", "custom.keras", "sub/a.keras"]
    shown = capsys.readouterr().out
    assert "loads there when its custom objects are given" in shown
    assert shown.splitlines()[-1] == "5 files: 3 loads, 1 loads with custom objects, 1 not written"


def test_a_plan_without_a_result_is_for_a_file_that_the_target_reads(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(corpus / "py311_tf221_k3151/mlp_seq/model.keras")
    assert main(["repair", "--plan", source, "--env", "python==3.8 tensorflow==2.4.4"]) == 0
    assert "loads there" in capsys.readouterr().out.splitlines()[0]


def test_several_results_do_not_go_into_a_file(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "out.keras"
    taken.write_bytes(b"kept")
    sources = [str(corpus / file) for file in ("py311_tf215/mlp_seq/model.h5", "py37_tf24/mlp_seq/model.h5")]
    assert main(["repair", *sources, str(taken), *ENV]) == 2
    assert "is a file" in capsys.readouterr().err
    assert taken.read_bytes() == b"kept"


def test_what_is_not_known_is_said_with_the_reason(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, code = str(corpus / "py37_tf24/custom_layer/model.h5"), Path(__file__).parents[1] / "rescue/own_layers.py"
    main(["repair", source, str(tmp_path / "out.keras"), *ENV, "--custom-code", str(code), "--verify=numpy"])
    shown = capsys.readouterr().out
    assert "whether it loads there is not known" in shown.splitlines()[0]
    assert "not known: what the custom object Scale does" in shown
