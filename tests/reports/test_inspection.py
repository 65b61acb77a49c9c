"""What `inspect` shows, against what real releases wrote."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from keras_doctor.artifacts import read
from keras_doctor.cli import main
from keras_doctor.document.model import ModelDocument
from keras_doctor.reports.graph_svg import svg
from keras_doctor.reports.inspection import Inspection

SVG = "{http://www.w3.org/2000/svg}"
FILES = [
    "py36_keras122_tf14/cnn/model.h5",
    "py36_keras224_tf113/lstm/model.h5",
    "py37_tf24/mha_ln/model.h5",
    "py311_tf215/nested/model.keras",
    "py311_tf215/cnn/savedmodel",
    "py311_tf221_k3151/merges/model.keras",
    "py311_tf221_k3151/custom_layer/model.keras",
]


@pytest.fixture(params=FILES)
def inspection(request, corpus):
    return Inspection(read(str(corpus / request.param)))


def test_parameters_of_the_table_are_those_that_are_stored(inspection):
    if any(row.parameters is None for row in inspection.rows):
        pytest.skip("a layer whose code is not here")
    assert sum(row.parameters for row in inspection.rows if not row.depth) == inspection.document.parameters


def test_the_picture_is_well_formed_and_has_a_box_for_every_layer(inspection):
    root = ElementTree.fromstring(svg(inspection))
    boxes = root.findall(f"{SVG}g")
    assert len(boxes) == sum(not row.depth for row in inspection.rows)
    box = root.get("viewBox").split()
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x")) + float(rect.get("width")) <= float(box[2])
        assert float(rect.get("y")) + float(rect.get("height")) <= float(box[3])


def test_the_json_can_be_read_back(inspection):
    shown = json.loads(json.dumps(inspection.to_json()))
    assert shown["schema"] == "keras-doctor/inspection/1"
    assert len(shown["layers"]) == len(inspection.rows)


def test_custom_objects_are_named(corpus):
    meta = json.loads((corpus / "py311_tf221_k3151/custom_layer/meta.json").read_text())
    found = Inspection(read(str(corpus / "py311_tf221_k3151/custom_layer/model.keras")))
    assert set(meta["custom"]) == {name.rsplit(">", 1)[-1] for name in found.custom}


def test_no_stock_model_has_custom_layers(corpus):
    wrong = []
    for folder in sorted(corpus.iterdir()):
        if folder.name == "pathology":
            continue
        for arch in sorted(folder.iterdir()):
            path = arch / "arch.json"
            if path.exists() and not json.loads((arch / "meta.json").read_text())["custom"]:
                found = Inspection(read(str(path))).custom
                if found:
                    wrong.append((folder.name, arch.name, found))
    assert not wrong


def test_hostile_names_stay_text():
    config = {
        "class_name": "Sequential",
        "config": {"layers": [{"class_name": "<script>", "config": {"name": '"&\x00<'}}]},
    }
    picture = svg(Inspection(ModelDocument("x", "json-architecture", "text", config=config)))
    ElementTree.fromstring(picture)
    assert "<script" not in picture


@pytest.mark.parametrize("count", [0, 1, 500])
def test_long_chains_and_cycles_are_drawn(count):
    layers = [
        {"class_name": "Dense", "name": f"l{i}", "config": {}, "inbound_nodes": [[[f"l{(i - 1) % count}", 0, 0, {}]]]}
        for i in range(count)
    ]
    config = {"class_name": "Functional", "config": {"layers": layers}}
    ElementTree.fromstring(svg(Inspection(ModelDocument("x", "json-architecture", "text", config=config))))


def test_layer_and_tree_and_picture_from_the_command_line(corpus, tmp_path, capsys):
    path = str(corpus / "py311_tf221_k3151/nested/model.keras")
    assert main(["inspect", path, "--layer", "dense_2"]) == 0
    assert "config.layers[3]" in capsys.readouterr().out
    assert main(["inspect", path, "--layer", "nothing"]) == 2
    assert "dense_2" in capsys.readouterr().err
    assert main(["inspect", path, "--tree"]) == 0
    assert "model.weights.h5" in capsys.readouterr().out
    out = tmp_path / "graph.svg"
    assert main(["inspect", path, "--svg", str(out)]) == 0
    ElementTree.parse(out)
    assert main(["inspect", path, "--svg", str(tmp_path / "no/such/folder.svg")]) == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["graph.svg"]
