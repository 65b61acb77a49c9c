"""`.keras` archives of Keras 3 against what real releases made of them (tools/record_archive_loads.py)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import keras_doctor as kd
from keras_doctor.document.model import ModelDocument
from keras_doctor.loaders import graphs
from keras_doctor.loaders.load import Load, api_of
from keras_doctor.loaders.tracing import Options

DATA = Path(__file__).parents[1] / "data"
VERDICTS = {
    "loads": ("loads", "loads-differently"),  # what came out was not compared
    "raises": ("fails",),
    "hangs": ("fails",),
    "cannot be called": ("loads-not-runnable",),
}
# What a message of Keras says, and the causes that are then right.
SAYS = {
    "unexpected keyword argument": {"unknown-keyword"},
    "Unrecognized keyword": {"unknown-keyword"},
    "Could not interpret initializer": {"unknown-class"},
    "get_tensor()": {"graph-reconstruction"},
    "requires TensorFlow": {"backend-missing"},
}


@cache
def recorded() -> dict[str, list[list[str]]]:
    found = defaultdict(list)
    for line in (DATA / "archive-loads.tsv").read_text(encoding="utf8").splitlines():
        environment, *rest = line.split("\t")
        found[environment].append(rest)
    return found


@pytest.fixture(scope="module")
def documents(archives: Path):
    @cache
    def read(path: str) -> ModelDocument:
        return kd.read(str(archives / path))

    return read


@pytest.mark.parametrize("spec", recorded())
def test_verdicts_are_those_of_the_release(spec, documents):
    environment = kd.Environment.parse(spec)
    wrong = []
    for path, outcome, error in recorded()[spec]:
        diagnosis = kd.diagnose(documents(path), environment)
        causes = next((causes for text, causes in SAYS.items() if text in error), None)
        if diagnosis.verdict not in VERDICTS[outcome] or (causes and diagnosis.cause not in causes):
            wrong.append((path, outcome, error, diagnosis.verdict, diagnosis.cause))
    assert not wrong


def test_something_was_recorded_of_every_kind():
    outcomes = [outcome for rows in recorded().values() for _, outcome, _ in rows]
    assert outcomes.count("loads") > 200
    assert outcomes.count("raises") > 100
    assert len(recorded()) > 3


def load_of(spec: str, config: dict) -> Load:
    environment = kd.Environment.parse(spec)
    document = ModelDocument("m.keras", "keras-v3", "zip", config=config)
    return Load(document, environment, Options(), api_of(*environment.release), "keras-v3")


def test_a_graph_is_followed_once_for_many_releases():
    dense = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3}}
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [dense]}}
    first = graphs.shapes(load_of("keras==3.15.1 tensorflow==2.21.0", config), config)
    assert graphs.shapes(load_of("keras==3.8.0 tensorflow==2.18.0", config), config) is first
    assert graphs.shapes(load_of("keras==3.8.0 tensorflow==2.18.0", config), dict(config)) is not first
