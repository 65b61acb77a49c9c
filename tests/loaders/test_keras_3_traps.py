"""HDF5 files that releases of Keras 3 read otherwise than they were written, against what real ones did with them
(tools/record_hdf5_traps.py; of older releases, tools/record_hdf5_cases.py).
"""

import collections

import pytest

from keras_doctor import Environment, read
from keras_doctor.rules.engine import diagnose


@pytest.fixture(scope="module")
def loads(keras_3_traps):
    """The recorded loads: file, environment, verdict."""
    found = []
    for told in sorted(keras_3_traps.rglob("loads.tsv")):
        for line in told.read_text(encoding="utf-8").splitlines():
            environment, case, verdict = line.split("\t")
            found.append((told.parent / f"{case}.h5", environment, verdict))
    return found


def test_each_load(loads):
    documents = {path: read(str(path)) for path, _, _ in loads}
    wrong = []
    for path, environment, verdict in loads:
        found = diagnose(documents[path], Environment.parse(environment))
        if found.verdict != verdict:
            wrong.append((path.stem, environment, verdict, found.verdict, found.unknowns))
    assert not wrong


def test_what_is_recorded(loads):
    verdicts = collections.Counter(verdict for _, _, verdict in loads)
    assert len({environment for _, environment, _ in loads}) >= 4
    assert min(verdicts["loads"], verdicts["fails"], verdicts["loads-differently"]) >= 10


def test_the_cause_of_each_difference(loads):
    """What computes otherwise is told for the reason that the file's own name states."""
    rules = {"normalization": "KD703", "nested": "KD707", "random": "KD706", "conv3d": "KD705"}
    for path, environment, verdict in loads:
        if verdict == "loads-differently":
            decisive = diagnose(str(path), Environment.parse(environment)).decisive
            assert decisive is not None
            assert decisive.code == rules.get(path.stem.partition("_")[0], "KD702")
