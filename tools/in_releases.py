"""Files loaded and run in the installations of a setups file, by the same worker that a repair's verification uses.

A setup: {"name", "python": its interpreter, "module": "keras", "tf.keras" or "tf_keras", "environ": {…}}.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import numpy as np

from keras_doctor.rescue.verification.comparing import difference
from keras_doctor.rescue.verification.workers import Installation, WorkerError, Workers

SECONDS = 300.0


def setups_of(path: Path) -> dict[str, dict]:
    """Return the setups of a file, by name."""
    return {setup["name"]: setup for setup in map(json.loads, path.read_text().splitlines())}


class Release:
    """One installation at work."""

    def __init__(self, setup: dict) -> None:
        self.where = Installation(setup["python"], setup["module"])
        self.workers = Workers(SECONDS, {**os.environ, **setup.get("environ", {})})
        self.folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Release:
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()
        self.folder.cleanup()

    def run(self, file: Path, inputs: Path | None = None, architecture: Path | None = None, weights: bool = False):
        """Return (answer, arrays) for a file, as worker.py says; (None, {}) when the process ended or hung."""
        out = Path(self.folder.name) / "out.npz"
        out.unlink(missing_ok=True)
        task = {"file": str(file), "inputs": inputs and str(inputs), "architecture": architecture and str(architecture)}
        try:
            answer = self.workers.ask(self.where, {**task, "weights": weights, "outputs": str(out)})
        except WorkerError:
            return None, {}
        if not out.exists():
            return answer, {}
        with np.load(out, allow_pickle=False) as stored:
            return answer, {name: stored[name] for name in stored.files}


def apart(arrays: dict, golden: Path) -> float:
    """Return how far outputs are from the recorded ones, in units of their scale. Of long ones each n-th number is
    recorded, and shape0 ….
    """
    made, wanted = [], []
    with np.load(golden, allow_pickle=False) as recorded:
        for place in range(sum(name.startswith("out") for name in arrays)):
            output, expected = arrays[f"out{place}"], recorded[f"out{place}"]
            if f"shape{place}" in recorded.files:
                if output.shape != tuple(recorded[f"shape{place}"]):
                    return float("inf")
                output = output.ravel()[:: output.size // 60 + 1]
            made.append(output)
            wanted.append(_text(expected) if expected.dtype.kind in "OS" else expected)
    return difference(wanted, made)


def _text(array: np.ndarray) -> np.ndarray:
    texts = [one.decode() if isinstance(one, bytes) else str(one) for one in array.ravel()]
    return np.array(texts).reshape(array.shape)
