"""Padding as Theano does it: against what Keras 2.2.4 computed with Theano (tools/record_theano.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from outputs import mended


@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("python==3.11 keras==3.15.1 tensorflow==2.21.0", ".keras"),
        ("python==3.11 tensorflow==2.15.1", ".h5"),
        ("python==3.7 tensorflow==2.4.4", ".h5"),
    ],
)
def test_tensorflow_pads_as_theano_did(target: str, ending: str, tmp_path: Path) -> None:
    report = mended("theano-same", target, tmp_path / f"padded{ending}", atol=2e-6)
    assert {change.fix for change in report.changes if "pad" in change.message} == {"theano-padding"}


@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("python==3.11 keras==3.15.1 tensorflow==2.21.0", ".keras"),
        ("python==3.7 tensorflow==2.4.4", ".h5"),
        ("python==3.6 keras==2.2.4 tensorflow==1.13.1", ".h5"),
    ],
)
def test_images_grow_as_theano_made_them(target: str, ending: str, tmp_path: Path) -> None:
    """Against what Keras 1.2.2 computed with Theano (tools/record_theano_1.py)."""
    report = mended("theano-deconv", target, tmp_path / f"grown{ending}", atol=2e-6)
    assert [change.kind for change in report.changes if change.fix == "theano-padding"] == ["exact"]
