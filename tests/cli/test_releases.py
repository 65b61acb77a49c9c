"""`keras-doctor releases`."""

from __future__ import annotations

import json

import pytest

from keras_doctor.cli.entry import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = main(["releases", *words])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = run(capsys)
    assert status == 0
    assert "3.12.4" in text
    assert any(entry["line"] == "keras-3" for entry in json.loads(run(capsys, "--json")[1]))


def test_one_release_and_one_class_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = run(capsys, "show", "keras", "3.12")
    assert status == 0
    assert "keras 3.12.4" in text
    status, text = run(capsys, "show", "keras", "3.12", "--class", "Dense")
    assert status == 0
    assert "use_bias=True" in text
    shown = json.loads(run(capsys, "show", "keras", "3.12", "--class", "Dense", "--json")[1])
    assert shown[0]["required"] == ["units"]


def test_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = run(capsys, "diff", "2.15", "3.0", "--class", "LSTM")
    assert status == 0
    assert "does not take time_major any more" in text
    changed = json.loads(run(capsys, "diff", "3.12", "3.13", "--class", "Dense", "--json")[1])
    assert {
        "kind": "layers",
        "name": "Dense",
        "what": "takes",
        "text": "takes quantization_config (default None)",
    } in changed
    assert "of layers" in run(capsys, "diff", "3.12.3", "tf-keras==2.21")[1]


def test_which_releases_know_a_class(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = run(capsys, "--class", "ThresholdedReLU")
    assert status == 0
    assert "tf-keras" in text
    assert run(capsys, "--class", "NoSuchThing")[0] == 1


@pytest.mark.parametrize(
    "words", [("show", "keras", "9.9"), ("show", "torch", "1.0"), ("diff", "2.15"), ("show", "keras", "x"), ("what",)]
)
def test_what_makes_no_sense(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert run(capsys, *words)[0] == 2


def test_a_class_that_a_release_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    status, text = run(capsys, "show", "keras", "3.12", "--class", "TFOpLambda")
    assert status == 1
    assert "does not know TFOpLambda" in text
