"""Evaluate every stock model of a corpus with NumPy and compare with the outputs that its release recorded.

usage: check_evaluation.py CORPUS [SAVER or ARCH ...]

CORPUS holds SAVER/ARCH/{golden.npz, meta.json, model files}. A model agrees when no output is farther from the recorded
one than 1e-5 of the recorded outputs' largest magnitude.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import sys
import time

import numpy as np

from keras_doctor.artifacts.opening import read
from keras_doctor.document.model import ModelDocument
from keras_doctor.rescue.evaluation import evaluate

TOLERANCE = 1e-5
MODELS = ("model.h5", "model.keras", "model_v3.keras", "model_dir", "savedmodel")
PAIRS = ("model.weights.h5", "legacy_weights.h5", "ckpt", "sharded.weights.json")  # beside an arch.json


def difference(outputs: tuple[np.ndarray, ...], golden: list[np.ndarray]) -> tuple[float, float]:
    """Return the largest difference and the scale of what was recorded."""
    if any(g.dtype.kind in "SU" for g in golden):
        return float(
            any(o.astype("S").tolist() != g.astype("S").tolist() for o, g in zip(outputs, golden, strict=True))
        ), 1.0
    if len(outputs) != len(golden) or any(o.shape != g.shape for o, g in zip(outputs, golden, strict=True)):
        return float("inf"), 1.0
    scale = max(float(np.abs(g.astype(float)).max(initial=0)) for g in golden)
    worst = max(
        float(np.abs(o.astype(float) - g.astype(float)).max(initial=0)) for o, g in zip(outputs, golden, strict=True)
    )
    return worst, scale or 1.0


def documents(folder: str) -> list[tuple[str, ModelDocument]]:
    """Return the model files of a folder, and its architecture with each of its weights files."""
    found = [(name, read(os.path.join(folder, name))) for name in MODELS if os.path.exists(os.path.join(folder, name))]
    architecture = os.path.join(folder, "arch.json")
    if os.path.exists(architecture):
        told = read(architecture)
        for name in PAIRS:
            path = os.path.join(folder, name)
            if os.path.exists(path) or os.path.exists(path + ".index"):
                weights = read(path)
                provenance = told.provenance if told.provenance.era else weights.provenance
                pair = ModelDocument(
                    path, weights.format, weights.container, config=told.config, provenance=provenance,
                    weights=weights.weights, assets=weights.assets,
                )  # fmt: skip
                found.append((f"arch.json + {name}", pair))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("only", nargs="*", help="savers or architectures")
    options = parser.parse_args()
    started, counts = time.time(), collections.Counter[tuple[str, bool]]()
    reasons: dict[str, list[str]] = {}
    for saver in sorted(
        name for name in os.listdir(options.corpus) if os.path.isdir(os.path.join(options.corpus, name))
    ):
        for arch in sorted(os.listdir(os.path.join(options.corpus, saver))):
            folder = os.path.join(options.corpus, saver, arch)
            golden_path = os.path.join(folder, "golden.npz")
            if (options.only and not {saver, arch} & set(options.only)) or not os.path.exists(golden_path):
                continue
            with open(os.path.join(folder, "meta.json"), encoding="utf-8") as file:
                meta = json.load(file)
            if meta.get("custom") or "versions" not in meta:
                continue
            with np.load(golden_path, allow_pickle=False) as golden:
                given = [golden[f"in{n}"] for n in range(len(golden.files)) if f"in{n}" in golden.files]
                wanted = [golden[f"out{n}"] for n in range(len(golden.files)) if f"out{n}" in golden.files]
            for name, document in documents(folder):
                result = evaluate(document, given)
                if result.outputs is None:
                    good, reason = False, result.reason
                else:
                    worst, scale = difference(result.outputs, wanted)
                    good, reason = worst <= TOLERANCE * scale, f"differs by {worst / scale:.1e} of the scale"
                for label in ("all", saver, arch, name):
                    counts[label, good] += 1
                if not good:
                    reasons.setdefault(f"{arch}: {reason}"[:150], []).append(f"{saver}/{name}")
    labels = sorted({label for label, _ in counts} - {"all"})
    for label in [*labels, "all"]:
        good, bad = counts[label, True], counts[label, False]
        print(f"{label:32} {good:5} of {good + bad:5}  {100 * good / (good + bad):5.1f} %")
    for reason, files in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"{len(files):4}  {reason}\n        {', '.join(files[:4])}")
    print(f"{time.time() - started:.0f} s")
    return 0 if not reasons else 1


if __name__ == "__main__":
    sys.exit(main())
