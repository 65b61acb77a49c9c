"""Whatever characters a file has for names and types, what is shown of it can be written."""

from __future__ import annotations

import io
import json

from keras_doctor.artifacts import read
from keras_doctor.reports.inspection import Inspection
from keras_doctor.reports.inspection_text import show
from keras_doctor.reports.terminal import Terminal


def test_half_a_character_in_a_type(tmp_path):
    """TF.js states the type of each weight as text (fuzz.py --replay 4:541816)."""
    weights = [{"name": "dense/kernel", "shape": [2, 2], "dtype": "float\ud800"}]
    manifest = {"format": "layers-model", "weightsManifest": [{"paths": ["a.bin"], "weights": weights}]}
    (tmp_path / "model.json").write_text(json.dumps(manifest))
    (tmp_path / "a.bin").write_bytes(bytes(16))
    document = read(str(tmp_path / "model.json"))
    assert [tensor.dtype for tensor in document.tensors()] == ["float\ud800"]
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    show(Inspection(document), Terminal(stream))
    stream.flush()
    assert b"dense/kernel" in stream.buffer.getvalue()
