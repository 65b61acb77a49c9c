"""`load_weights`, compared with what real releases did with some 250 pairs of an architecture and a weights file.

tests/data/weights-loads.tsv.xz was recorded by tools/record_weights_loads.py in the environments that it names.
"""

from __future__ import annotations

import lzma
from functools import lru_cache
from pathlib import Path

import pytest

from keras_doctor.artifacts import read
from keras_doctor.document.joining import with_architecture
from keras_doctor.environments import Environment
from keras_doctor.rules import diagnose

DATA = Path(__file__).parents[1] / "data"
RECORD = lzma.decompress((DATA / "weights-loads.tsv.xz").read_bytes()).decode("utf-8")
ROWS = [line.split("\t") for line in RECORD.splitlines()]
SPECS = sorted({row[1] for row in ROWS})
# What stands for the stage that raised: a model that cannot be built, or weights that do not go into it.
BUILD = ("open", "parse", "resolve", "construct", "graph", "compile")


@pytest.fixture(scope="module")
def opened(corpus):
    return lru_cache(None)(lambda path: read(corpus / path))


def test_there_is_enough_to_compare():
    assert len(ROWS) > 800
    assert len(SPECS) >= 7
    assert {row[4] for row in ROWS} == {"loads", "build", "weights"}
    assert sum(row[3].endswith("ckpt") for row in ROWS) > 100


@pytest.mark.parametrize("spec", SPECS)
def test_the_verdict_is_what_happened(opened, spec):
    environment = Environment.parse(spec)
    wrong = []
    for _, _, architecture, weights, outcome, error in (row for row in ROWS if row[1] == spec):
        diagnosis = diagnose(with_architecture(opened(weights), opened(architecture)), environment)
        found = diagnosis.decisive
        stage = found.stage if found else ""
        if found and found.code.startswith("KD1") and outcome != "loads":
            continue  # the weights file is damaged, which is told before all that the loader does
        told = diagnosis.verdict.partition("-")[0]  # nothing was computed with what was loaded
        told = told if told != "fails" else "build" if stage in BUILD else stage
        if weights.endswith("ckpt") and told == "unknown":
            continue  # what a checkpoint has no counterpart of is passed over; how much that is, nobody says
        if told != outcome and (architecture, weights) not in WHOLE_MODELS:
            wrong.append((architecture, weights, outcome, error, told, diagnosis.unknowns))
    assert wrong == []


def test_checkpoints_are_known_to_load_into_their_own_models(opened):
    own = [row for row in ROWS if row[4] == "loads" and row[3].endswith("ckpt") and row[3][:-4] == row[2][:-9]]
    assert len(own) > 30
    for _, spec, architecture, weights, *_ in own:
        document = with_architecture(opened(weights), opened(architecture))
        assert diagnose(document, Environment.parse(spec)).verdict == "loads", (spec, weights)


# The model is described by a whole model whose own weights this release does not find: its `load_model` raises, where
# ours goes on and finds that the file's weights do not fit either.
WHOLE_MODELS = {("py311_tf215/cnn/model.keras", "py311_tf215/cnn/model.weights.h5")}
