"""Whole diagnoses for Keras 3 reading HDF5 files, against what plain loads there came to (tools/record_loads.py)."""

import collections

import pytest
from recorded_loads import disagreements, loads_of

LOADS = loads_of("keras-3-loads.tsv.xz", ".h5")


@pytest.mark.parametrize("environment", LOADS, ids=lambda text: " ".join(text.split()[1:3]))
def test_plain_loads(environment, documents, corpus):
    # The packed corpus holds the smaller files.
    rows = [row for row in LOADS[environment] if (corpus / row[0]).exists()]
    assert not disagreements(rows, environment, documents)


def test_what_is_recorded(corpus):
    rows = [row for rows in LOADS.values() for row in rows]
    verdicts = collections.Counter(verdict for _, verdict, _ in rows)
    assert len(LOADS) >= 10
    assert sum((corpus / file).exists() for file, _, _ in rows) > 300
    assert min(verdicts[verdict] for verdict in ("loads", "fails", "loads-not-runnable", "loads-differently")) > 5
