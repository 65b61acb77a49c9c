"""Which containers each release opens, against what real releases did (tools/record_openings.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_doctor.document.model import ModelDocument
from keras_doctor.environments import Environment
from keras_doctor.loaders.opening import opening

ROWS = [line.split("\t") for line in (Path(__file__).parents[1] / "data/openings.tsv").read_text().splitlines()[1:]]


@pytest.mark.parametrize("library", ["keras", "tf.keras", "tf-keras"])
def test_what_real_loaders_opened_and_refused(library):
    wrong = []
    rows = [row for row in ROWS if row[3] == library]
    assert len(rows) >= 20
    for form, container, ending, _, version, refused, _ in rows:
        spec = {"keras": f"keras=={version}", "tf.keras": f"tensorflow=={version}", "tf-keras": f"tf-keras=={version}"}[
            library
        ]
        environment = Environment.parse(spec)
        found = opening(ModelDocument("model" + ending, form, container), *release(environment))
        if (not found.reader) != (refused == "yes"):
            wrong.append((form, container, ending, version, refused, found))
    assert not wrong


def release(environment):
    return environment.release


def test_the_ending_that_would_help_is_named():
    found = opening(ModelDocument("model.keras", "hdf5-model", "hdf5"), "keras", "3.15.1")
    assert (found.reader, found.ending) == ("", ".h5")
    assert opening(ModelDocument("model.h5", "hdf5-model", "hdf5"), "keras", "3.15.1").reader == "hdf5"
    found = opening(ModelDocument("model.zip", "keras-v3", "zip"), "keras", "3.15.1")
    assert (found.reader, found.ending) == ("", ".keras")
