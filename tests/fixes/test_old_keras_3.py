"""Repairs for Keras 3.0 to 3.6, against the outputs that the savers recorded; the real releases load the results with
outputs that differ from these by less than 1e-6 of their scale.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rescue.evaluation import evaluate
from outputs import difference, inputs_of

KERAS_305 = "python==3.11 keras==3.0.5 tensorflow==2.16.2"
KERAS_36 = "python==3.11 keras==3.6.0 tensorflow==2.21.0"


@pytest.mark.parametrize(
    ("file", "spec", "slug"),
    [
        ("py311_tf216_k305/shared/model.keras", KERAS_305, "calls-awaited"),
        ("py311_tf213/shared/model.keras", KERAS_305, "calls-awaited"),
        ("py311_tf221_k3100/shared/model.keras", KERAS_36, "calls-awaited"),
        ("py311_tf216_k305/merges/model.keras", KERAS_305, ""),
        ("py313_tf221_k3151/op_layers/model.keras", KERAS_305, "parts-taken"),
        ("py37_tf24/op_layers/model.h5", KERAS_305, "parts-taken"),
    ],
)
def test_what_old_releases_do_not_read_back(file: str, spec: str, slug: str, corpus: Path, tmp_path: Path) -> None:
    result = tmp_path / "mended.keras"
    report = repair(corpus / file, result, Environment.parse(spec), verify="none")
    assert report.diagnosis.verdict == "loads", report.remaining
    assert not slug or slug in [change.fix for change in report.changes]
    with np.load((corpus / file).with_name("golden.npz")) as recorded:
        made = evaluate(read(str(result)), inputs_of(recorded))
        assert made.outputs is not None
        assert difference(made.outputs, recorded) <= 1e-6
