"""Layers of classes that Keras does not have: what they own goes with them, and comes back as it was.

That real releases load the results is recorded in tests/data/custom-verifications.tsv (tools/check_verification.py with
--custom-code tests/rescue/own_layers.py).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.fixes.foreign import Foreign

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
TF_215 = "python==3.11 tensorflow==2.15.1"
RECORDED = Path(__file__).parents[1] / "data/custom-verifications.tsv"


def owned(path: Path, layer: str) -> tuple[str, list[bytes]]:
    """Return the group of a layer and the values in it."""
    groups = [group for group in read(str(path)).weights if group.owner.rpartition("/")[2] == layer]
    return groups[0].owner, [tensor.read() for tensor in groups[0].tensors]


@pytest.mark.parametrize(
    ("file", "spec"),
    [
        ("py37_tf24/custom_layer/model.h5", KERAS_3),
        ("py37_tf24/custom_layer/model.h5", TF_215),
        ("py311_tf215/custom_layer/model.keras", KERAS_3),
        ("py311_tf221_k3151/custom_layer/model.keras", TF_215),
    ],
)
def test_a_custom_layer_keeps_its_weights(file: str, spec: str, corpus: Path, tmp_path: Path) -> None:
    ending = ".keras" if spec == KERAS_3 else ".h5"
    report = repair(corpus / file, tmp_path / f"out{ending}", Environment.parse(spec), verify="none")
    assert report.path
    assert not report.lost
    real = corpus / ("py311_tf221_k3151" if spec == KERAS_3 else "py311_tf215") / f"custom_layer/model{ending}"
    place, values = owned(Path(report.path), "scale")
    assert place == owned(real, "scale")[0]  # where that release itself puts it
    assert values == owned(corpus / file, "scale")[1]
    assert len(values) == 1


def test_a_registered_layer_is_called_as_its_class(corpus: Path, tmp_path: Path) -> None:
    source = corpus / "py37_tf24/custom_registered/model.h5"
    report = repair(source, tmp_path / "out.keras", Environment.parse(KERAS_3), verify="none")
    real = corpus / "py311_tf221_k3151/custom_registered/model.keras"
    assert owned(Path(report.path), "reg_scale")[0] == owned(real, "reg_scale")[0]


def test_layers_inside_a_custom_layer_go_between_files_of_one_format_only(corpus: Path) -> None:
    tensor = read(str(corpus / "py37_tf24/custom_layer/model.h5")).weights[0].tensors[0]
    inner = type(tensor)(
        "block/dense/kernel:0", "", tensor.shape, tensor.dtype, tensor.nbytes, tensor.locus, tensor.chunks
    )
    legacy = Foreign("block", {"": (inner,)}, stored=False)
    assert legacy.unplaced("hdf5-model") == ""
    assert "only its code knows" in legacy.unplaced("keras-v3")
    stored = Foreign("block", {"": (), "dense": (tensor,)}, stored=True)
    assert stored.unplaced("keras-v3") == ""
    assert "only its code knows" in stored.unplaced("hdf5-model")


def test_the_recorded_run() -> None:
    with RECORDED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) > 20
    assert {row["equal"] for row in rows if row["kind"] == "real"} == {"yes"}
    assert sum(row["kind"] == "real" for row in rows) > 0.9 * len(rows)


@pytest.mark.parametrize(("name", "places"), [("splinel_17/kernel:0", True), ("splinel/dense_17/kernel:0", False)])
def test_a_numbered_scope_is_the_layer_itself(name: str, places: bool, corpus: Path) -> None:
    """The first name is of a file by Keras 2.2.4, which made a layer "splinel" for the 18th time."""
    tensor = read(str(corpus / "py37_tf24/custom_layer/model.h5")).weights[0].tensors[0]
    own = type(tensor)(name, "", tensor.shape, tensor.dtype, tensor.nbytes, tensor.locus, tensor.chunks)
    assert (Foreign("splinel", {"": (own,)}, stored=False).unplaced("keras-v3") == "") is places
