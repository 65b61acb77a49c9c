"""A layer with a number for each place, of which the input does not say how many.

Keras 1.2.2 (both backends), 2.2.4, the tf.keras of TensorFlow 2.0, 2.4 and 2.15, and Keras 3.15.1 (TensorFlow, JAX,
PyTorch) were asked: `PReLU(shared_axes=axes)(Input((None, None, 3)))` is made for [1, 2] alone.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_doctor import Environment, read, repair
from keras_doctor.rules import diagnose

KERAS_3 = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
RELEASES = (KERAS_3, "python==3.11 tensorflow==2.15.1", "python==3.6 keras==2.2.4 tensorflow==1.13.1")


def model(tmp_path: Path, axes: list[int] | None, sizes: list[int | None]) -> Path:
    layers = [
        {"class_name": "InputLayer", "config": {"name": "images", "batch_input_shape": [None, *sizes, 3]}},
        {"class_name": "PReLU", "config": {"name": "slopes", "shared_axes": axes}},
    ]
    path = tmp_path / "architecture.json"
    config = {"name": "open", "layers": layers}
    path.write_text(json.dumps({"class_name": "Sequential", "config": config, "keras_version": "2.2.4"}))
    return path


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("axes", "sizes", "made"),
    [
        (None, [None, None], False),
        ([1], [None, None], False),
        ([1, 2], [None, None], True),
        ([2], [5, None], True),
        (None, [5, 4], True),
    ],
)
def test_an_open_axis_is_shared_or_refused(
    tmp_path: Path, release: str, axes: list[int] | None, sizes: list[int | None], made: bool
) -> None:
    path = tmp_path / "mended.json"
    repair(model(tmp_path, axes, sizes), path, Environment.parse(release), verify="none")
    found = diagnose(read(path if path.exists() else tmp_path / "architecture.json"), Environment.parse(release))
    assert (found.verdict == "loads") == made, found.findings
    assert path.exists() == made
    if not made:
        assert "KD309" in [finding.code for finding in found.findings]
