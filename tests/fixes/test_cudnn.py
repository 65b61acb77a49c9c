"""CuDNN's layers, alone and inside of Bidirectional, become plain ones: against TensorFlow's own conversion
(tools/record_cudnn.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from outputs import mended


@pytest.mark.parametrize(
    ("target", "ending"),
    [
        ("python==3.11 keras==3.15.1 tensorflow==2.21.0", ".keras"),
        ("python==3.11 tensorflow==2.15.1", ".h5"),
        ("python==3.7 keras==2.3.1 tensorflow==1.15.5", ".h5"),
    ],
)
def test_plain_layers_compute_the_same(target: str, ending: str, tmp_path: Path) -> None:
    report = mended("cudnn", target, tmp_path / f"plain{ending}", atol=1e-6)
    assert [change.fix for change in report.changes].count("cudnn") == 4
