"""The order of a graph's layers: against the order in which real releases list them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from keras_doctor import read
from keras_doctor.fixes.draft import copied, layers_of
from keras_doctor.fixes.layer_order import order_layers
from keras_doctor.layers.models import name_of

MAKERS = ("py311_tf221_k3151", "py311_tf216_k305", "py311_tf215", "py37_tf24", "py36_keras224_tf113")


def graphs(entry: Any) -> list[tuple[dict[str, Any], list[str]]]:
    """Return the config of each graph with the names of its layers."""
    found = []
    config = entry.get("config") if isinstance(entry, dict) else None
    if isinstance(config, dict) and "output_layers" in config:
        found.append((config, [name_of(layer) for layer in config["layers"]]))
    return found + [graph for layer in layers_of(entry) for graph in graphs(layer)]


def test_shuffled_layers_come_back_as_a_release_lists_them(corpus: Path) -> None:
    """Graphs of one example of each architecture by five releases from Keras 2.2 to 3.15."""
    draw, seen = random.Random(7), 0
    for maker in MAKERS:
        for file in sorted((corpus / maker).glob("*/model.*")):
            if file.suffix not in (".h5", ".keras") or not isinstance(read(file).config, dict):
                continue
            config = copied(read(file).config)
            wanted = [names for _, names in graphs(config)]
            for graph, _ in graphs(config):
                draw.shuffle(graph["layers"])
            order_layers(config)
            assert [names for _, names in graphs(config)] == wanted, file
            seen += len(wanted)
    assert seen > 60


def test_a_call_that_is_not_there_changes_nothing() -> None:
    nodes = [[["there", 0, 0, {}]], [["gone", 0, 0, {}]]]
    layers = [{"class_name": "Dense", "name": name, "config": {}, "inbound_nodes": nodes} for name in ("b", "a")]
    config = {"class_name": "Model", "config": {"layers": layers, "input_layers": [], "output_layers": [["b", 0, 0]]}}
    order_layers(config)
    assert [layer["name"] for layer in layers_of(config)] == ["b", "a"]
