"""Layers inside layers of a user's own change their format where the code says for certain what those hold: what a
repair makes of a file is what the same release wrote of the same model in the other format
(tools/record_own_layers.py).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.verification import Verifier

if TYPE_CHECKING:
    from keras_doctor.rescue.repairing import RepairReport

TARGETS = {
    "keras3": "python==3.11 keras==3.15.1 tensorflow==2.21.0",
    "tf215": "python==3.11 tensorflow==2.15.1",
    "tf24": "python==3.7 tensorflow==2.4.4",
}
MODELS = ("text", "images", "encoder", "nested")
RELEASES = {"keras3": "py311_tf221_k3151", "tf215": "py311_tf215", "tf24": "py37_tf24"}  # names of setups
SETUPS = "KERAS_DOCTOR_SETUPS"
BLOCKS = Path(__file__).parent / "blocks.py"


def tensors(path: Path) -> dict[str, list[bytes]]:
    """Return the values by group, in order."""
    held = {group.owner: [tensor.read() for tensor in group.tensors] for group in read(path).weights}
    return {owner: values for owner, values in held.items() if values}


def repaired(source: Path, result: Path, target: str, code: Path | None = BLOCKS) -> RepairReport:
    with Verifier("none", custom_code=[str(code)] if code else []) as verifier:
        return repair(source, result, Environment.parse(TARGETS[target]), verify=verifier)


@pytest.mark.parametrize(
    ("release", "name"), [*((one, name) for one in ("keras3", "tf215") for name in MODELS), ("tf215", "over_time")]
)
@pytest.mark.parametrize(("ending", "other"), [(".h5", ".keras"), (".keras", ".h5")])
def test_the_other_format_is_as_the_release_writes_it(
    own_layers: Path, release: str, name: str, ending: str, other: str, tmp_path: Path
) -> None:
    report = repaired(own_layers / release / name / f"model{ending}", tmp_path / f"made{other}", release)
    assert report.path
    assert not report.lost
    assert tensors(tmp_path / f"made{other}") == tensors(own_layers / release / name / f"model{other}")


@pytest.mark.parametrize(("source", "target"), [("tf24", "keras3"), ("tf215", "keras3"), ("keras3", "tf215")])
@pytest.mark.parametrize("name", MODELS)
def test_another_release_has_the_places_that_it_makes_itself(
    own_layers: Path, source: str, target: str, name: str, tmp_path: Path
) -> None:
    report = repaired(own_layers / source / name / "model.h5", tmp_path / "made.keras", target)
    assert report.path
    assert not report.lost
    made, real = tensors(tmp_path / "made.keras"), tensors(own_layers / target / name / "model.keras")
    assert {owner: [len(one) for one in values] for owner, values in made.items()} == {
        owner: [len(one) for one in values] for owner, values in real.items()
    }
    legacy = [value for values in tensors(own_layers / source / name / "model.h5").values() for value in values]
    assert sorted(value for values in made.values() for value in values) == sorted(legacy)


def test_without_the_code_nothing_is_guessed(own_layers: Path, tmp_path: Path) -> None:
    source = own_layers / "tf24/text/model.h5"
    report = repaired(source, tmp_path / "made.keras", "keras3", None)
    ((layer, why),) = report.lost
    assert layer == "transformer_block"
    assert "--custom-code" in why
    assert not report.path
    assert "made.h5" in report.refused
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("self.att = layers.MultiHeadAttention(", "self.att = made_elsewhere(", "made_elsewhere"),
        ("self.dropout2 = layers.Dropout(rate)", "self.dropout2 = self.att", "several attributes"),
        ('layers.Dense(ff_dim, activation="relu")', "layers.Dense(ff_dim, use_bias=False)", "other variables"),
        ("self.layernorm2 = ", "self.attend = ", ""),
    ],
)
def test_code_that_says_otherwise_is_not_followed(
    own_layers: Path, before: str, after: str, why: str, tmp_path: Path
) -> None:
    code = tmp_path / "code.py"
    text = BLOCKS.read_text()
    assert before in text
    code.write_text(text.replace(before, after, 1))
    report = repaired(own_layers / "tf24/text/model.h5", tmp_path / "made.keras", "keras3", code)
    assert [why in reason for _, reason in report.lost] == [True] * bool(why)


def test_what_stands_behind_a_layer_of_unknown_output_stays(own_layers: Path, tmp_path: Path) -> None:
    report = repaired(own_layers / "keras3/images/model.keras", tmp_path / "made.h5", "tf215")
    assert report.path
    assert any(owner.startswith("dense") for owner in tensors(tmp_path / "made.h5"))


@pytest.mark.lab
@pytest.mark.parametrize(
    ("source", "file", "target", "ending", "name"),
    [
        *(("tf24", "model.h5", "keras3", ".keras", name) for name in MODELS),
        *(("tf215", "model.h5", "keras3", ".keras", name) for name in MODELS),
        *(("tf215", "model.keras", "keras3", ".h5", name) for name in MODELS),
        *(
            ("keras3", "model.keras", "tf215", ".h5", name) for name in MODELS[:3]
        ),  # a Dense of Keras 3 has more keywords
    ],
)
def test_real_releases_compute_the_same(
    own_layers: Path, name: str, source: str, file: str, target: str, ending: str, tmp_path: Path
) -> None:
    listed = os.environ.get(SETUPS)
    if not listed:
        pytest.skip(f"{SETUPS} names no file of environments (tools/in_releases.py says what is in it)")
    setups = {one["name"]: one["python"] for one in map(json.loads, Path(listed).read_text().splitlines())}
    before, after = (setups[RELEASES[one]] for one in (source, target))
    with Verifier("real", before, [after], custom_code=[str(BLOCKS)]) as verifier:
        environment = Environment.parse(TARGETS[target])
        report = repair(own_layers / source / name / file, tmp_path / f"made{ending}", environment, verify=verifier)
    assert (report.verification.kind, report.verification.equal) == ("real", True), report.verification.reason
