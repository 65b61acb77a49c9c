"""Calls that no real model makes: they are unknown, and raise nothing."""

from __future__ import annotations

import pytest

from keras_doctor.layers.graph import infer


def graph(shape, entries):
    """Return a Keras 3 model whose input has `shape` and feeds every one of `entries` (class, config, times)."""
    first = {
        "class_name": "InputLayer",
        "name": "l0",
        "config": {"name": "l0", "batch_shape": shape},
        "inbound_nodes": [],
    }
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": ["l0", 0, 0]}}
    layers = [
        {
            "module": "keras.src.ops.numpy" if not config else "keras.layers",
            "class_name": kind,
            "registered_name": kind if not config else None,
            "name": f"l{number}",
            "config": {"name": f"l{number}", **config},
            "inbound_nodes": [{"args": [tensor] * times, "kwargs": {}}],
        }
        for number, (kind, config, times) in enumerate(entries, 1)
    ]
    ends = {"input_layers": [["l0", 0, 0]], "output_layers": [["l1", 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "m", "layers": [first, *layers], **ends}}


@pytest.mark.parametrize(
    ("shape", "kind", "config", "times"),
    [
        ([None, 4], "Correlate", {}, 2),  # of two dimensions
        ([4], "Rot90", {}, 1),  # no second axis
        ([], "Rot90", {}, 1),
        ([], "Permute", {"dims": []}, 1),  # not even a batch
        ([], "Merge", {"mode": None, "output_shape": [3]}, 2),
    ],
)
def test_what_makes_no_sense_is_unknown(shape, kind, config, times):
    found = infer(graph(shape, [(kind, config, times)]), "keras-3")
    assert [layer.known for layer in found if layer.path.endswith("[1]")] == [False]
