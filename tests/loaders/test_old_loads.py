"""What Keras 1 and 2 make of each other's files, compared with what they really made of them.

The data are made by tools/record_old_loads.py: configs, names and shapes of arrays that Keras 1.2.2 (with TensorFlow
and with Theano) and 2.2.4 saved, and what came of loading them in four releases.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from keras_doctor import Environment, diagnose
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument
from keras_doctor.document.provenance import Provenance
from keras_doctor.document.tensors import TensorRef, WeightGroup

RECORDED = json.loads(lzma.decompress((Path(__file__).parents[1] / "data" / "old-loads.json.xz").read_bytes()))
# What came of these depends on numbers, or on a backend that no variable of the file tells of.
NOT_KNOWN = ("padded_first", "pooled")
CASES = [(entry, environment) for entry in RECORDED for environment in entry["loads"]]


def document_of(entry: dict[str, Any]) -> ModelDocument:
    """Return the document that reading the file gave, without its bytes."""
    groups = tuple(
        WeightGroup(
            owner,
            f"/model_weights/{owner}",
            tuple(TensorRef(n, n, tuple(shape), "float32", 0, Locus(), lambda: iter(())) for n, shape in arrays),
        )
        for owner, arrays in entry["groups"]
    )
    names = tuple(name for _, arrays in entry["groups"] for name, _ in arrays)
    version = entry["keras_version"]
    return ModelDocument(
        "model.h5",
        "hdf5-model",
        "hdf5",
        config=entry["config"],
        weights=groups,
        provenance=Provenance(keras_version=version, era=f"keras-{version[0]}"),
        facts={**entry["facts"], "weight_names": names, "weights_complete": True},
    )


@pytest.mark.parametrize(
    ("entry", "environment"), CASES, ids=[f"{entry['name']}-{environment}" for entry, environment in CASES]
)
def test_the_verdict_is_what_came_of_the_load(entry: dict[str, Any], environment: str) -> None:
    found = diagnose(document_of(entry), Environment.parse(environment))
    outcome = entry["loads"][environment][0]
    if found.verdict == "unknown":
        assert entry["name"].endswith(NOT_KNOWN)
        assert outcome != "loads" or "pooled" in entry["name"]
    else:
        assert found.verdict == outcome, [finding.message for finding in found.findings]


def test_every_outcome_is_among_them() -> None:
    outcomes = [verdict for entry in RECORDED for verdict, _ in entry["loads"].values()]
    assert {"loads", "fails", "loads-differently"} <= set(outcomes)
    assert len(outcomes) > 150
