"""Whole diagnoses for tf.keras and tf-keras, against what plain loads there came to (tools/record_loads.py)."""

import collections
import lzma
from pathlib import Path

import pytest

from keras_doctor import Environment, read
from keras_doctor.rules.engine import diagnose

RECORDED = Path(__file__).parents[1] / "data" / "tf-keras-loads.tsv.xz"
LOADS = [line.split("\t") for line in lzma.decompress(RECORDED.read_bytes()).decode().splitlines()[1:]]
READERS = (".h5", ".keras")  # what the name of a file ends with: SavedModels have a test of their own


def loads():
    """The recorded loads by environment."""
    found = collections.defaultdict(list)
    for environment, file, verdict, causes in LOADS:
        if file.endswith(READERS):
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


@pytest.mark.parametrize("environment", loads(), ids=lambda text: text.split()[1])
def test_plain_loads(environment, documents):
    wrong = []
    for file, verdict, causes in loads()[environment]:
        found = diagnose(documents(file), Environment.parse(environment))
        if found.verdict != verdict or (causes and found.cause not in causes):
            wrong.append((file, verdict, causes[:1], found.verdict, found.cause))
    assert not wrong


def test_what_is_recorded():
    files = {file for rows in loads().values() for file, _, _ in rows}
    verdicts = collections.Counter(verdict for rows in loads().values() for _, verdict, _ in rows)
    assert len(loads()) >= 18
    assert len(files) > 150
    assert min(verdicts[verdict] for verdict in ("loads", "fails", "loads-not-runnable", "loads-differently")) > 0
