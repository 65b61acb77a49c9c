"""Whole tracebacks of real releases: the cause, and the versions that they give away.

Recorded by tools/record_tracebacks.py; which file was loaded where, and the cause, stands in tests/data/tracebacks.tsv.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from keras_doctor.releases.version import in_line, version_key
from keras_doctor.symptoms import explain

DATA = Path(__file__).parents[1] / "data"
with lzma.open(DATA / "tracebacks.jsonl.xz", "rt", encoding="utf-8") as lines:
    ROWS = [json.loads(line) for line in lines]
# Causes that say the same of one failure, seen from the config or from the class.
ALSO = {
    "config-value": ("graph-reconstruction", "missing-keyword", "unknown-keyword"),
    "graph-reconstruction": ("config-value",),
    "format-not-supported": ("path-problem",),
    "custom-object-missing": ("loss-or-metric-unresolvable", "optimizer-unresolvable"),
    "unknown-class": ("config-value", "module-moved", "optimizer-unresolvable"),
    "module-moved": ("unknown-class",),
    "loss-or-metric-unresolvable": ("optimizer-unresolvable",),
    "savedmodel-revive": ("custom-object-missing",),
    "lambda-not-runnable": ("custom-object-missing",),
}


def ids():
    return [f"{row['env']}-{row['file']}" for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=ids())
def test_the_cause_is_told(row):
    explanation = explain(row["text"])
    assert explanation.cause in (row["cause"], *ALSO.get(row["cause"], ()))
    assert explanation.remedies


@pytest.mark.parametrize("row", ROWS, ids=ids())
def test_the_last_line_alone_is_never_confidently_wrong(row):
    explanation = explain(row["text"].strip().splitlines()[-1])
    if explanation.confidence == "high":
        assert explanation.cause in (row["cause"], *ALSO.get(row["cause"], ()))


@pytest.mark.parametrize("row", ROWS, ids=ids())
def test_the_versions_are_those_that_ran(row):
    """Of each package of which the frames tell a span of releases, the one that ran is within one of the spans."""
    explanation = explain(row["text"])
    versions = row["versions"]
    python = [version.version for version in explanation.versions if version.package == "Python"]
    assert python in ([], [".".join(versions["python"].split(".")[:2])])
    spans = [version for version in explanation.versions if version.earliest]
    tensorflow = versions.get("tensorflow", "0")
    keras = versions.get("keras", tensorflow).removesuffix("-tf")
    by_line = {"Keras": keras, "tf_keras": keras, "tf.keras of TensorFlow": tensorflow, "TensorFlow": tensorflow}
    assert not spans or any(within(by_line[span.package], span) for span in spans)


def within(version, span):
    """Tell whether a version lies in a span of releases, of which the newest of each minor stands for the minor."""
    key = version_key(version)
    if in_line(version, ".".join(span.latest.split(".")[:2])):
        return True
    return version_key(span.earliest) <= key <= version_key(span.latest)
