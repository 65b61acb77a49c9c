"""A part that is garbage takes no other part with it."""

from __future__ import annotations

import io
import zipfile

import pytest

from keras_doctor import read
from keras_doctor.wire.source import BytesSource

CONFIG = b'{"class_name": "Sequential", "config": {"name": "m", "layers": []}}'


@pytest.mark.parametrize("weights", [b"", b"garbage", bytes(4096), b"\x89HDF\r\n\x1a\n"])
def test_the_config_survives_weights_that_are_garbage(weights):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("metadata.json", b'{"keras_version": "3.5.0"}')
        archive.writestr("config.json", CONFIG)
        archive.writestr("model.weights.h5", weights)
    document = read("model.keras", BytesSource(buffer.getvalue()))
    assert document.config["class_name"] == "Sequential"
    assert document.provenance.keras_version == "3.5.0"
    assert any(damage.part.startswith("model.weights.h5") for damage in document.damage)
