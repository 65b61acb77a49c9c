"""Whole diagnoses for Keras 3 reading HDF5 files, against what plain loads there came to (tools/record_loads.py)."""

import collections
import lzma
from pathlib import Path

import pytest

from keras_doctor import Environment, read
from keras_doctor.rules.engine import diagnose

RECORDED = Path(__file__).parents[1] / "data" / "keras-3-loads.tsv.xz"
LOADS = [line.split("\t") for line in lzma.decompress(RECORDED.read_bytes()).decode().splitlines()[1:]]


def loads():
    """The recorded loads of HDF5 files by environment."""
    found = collections.defaultdict(list)
    for environment, file, verdict, causes in LOADS:
        if file.endswith(".h5"):
            found[environment].append((file, verdict, causes.split(",") if causes else []))
    return found


@pytest.fixture(scope="module")
def documents(corpus):
    """Each file, read once."""
    found = {}

    def of(file):
        if file not in found:
            found[file] = read(str(corpus / file))
        return found[file]

    return of


@pytest.mark.parametrize("environment", loads(), ids=lambda text: " ".join(text.split()[1:3]))
def test_plain_loads(environment, documents, corpus):
    wrong = []
    for file, verdict, causes in loads()[environment]:
        if not (corpus / file).exists():
            continue  # the packed corpus holds the smaller ones
        found = diagnose(documents(file), Environment.parse(environment))
        if found.verdict != verdict or (causes and found.cause not in causes):
            wrong.append((file, verdict, causes[:1], found.verdict, found.cause))
    assert not wrong


def test_what_is_recorded(corpus):
    rows = [row for rows in loads().values() for row in rows]
    verdicts = collections.Counter(verdict for _, verdict, _ in rows)
    assert len(loads()) >= 10
    assert sum((corpus / file).exists() for file, _, _ in rows) > 300
    assert min(verdicts[verdict] for verdict in ("loads", "fails", "loads-not-runnable", "loads-differently")) > 5
