"""Models that some releases of Keras 3 put together otherwise than they were, or not at all, against what real ones did
with them (tools/record_graph_traps.py).
"""

import collections

import pytest

from keras_doctor import Environment, read
from keras_doctor.rules.engine import diagnose


@pytest.fixture(scope="module")
def loads(graph_traps):
    """The recorded loads: file, environment, verdict."""
    lines = (graph_traps / "loads.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [(graph_traps / file, environment, verdict) for environment, file, verdict in rows]


def test_each_load(loads):
    documents = {path: read(str(path)) for path, _, _ in loads}
    wrong = []
    for path, environment, verdict in loads:
        found = diagnose(documents[path], Environment.parse(environment))
        if found.verdict != verdict:
            wrong.append((path.name, environment, verdict, found.verdict, found.cause))
    assert not wrong


def test_what_is_recorded(loads):
    verdicts = collections.Counter(verdict for _, _, verdict in loads)
    assert len({environment for _, environment, _ in loads}) >= 5
    assert min(verdicts["loads"], verdicts["fails"], verdicts["loads-not-runnable"]) >= 10
    assert verdicts["loads-differently"] >= 2
