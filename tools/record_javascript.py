#!/usr/bin/env python3
"""Models that TensorFlow.js itself made and saved: tests/data/javascript-models.tar.xz.

python tools/record_javascript.py tests/data/javascript-models.tar.xz     (node, npm and NumPy)

npm fetches the releases of @tensorflow/tfjs; `javascript_models.mjs` makes each model, saves it as tfjs-node does and
predicts on the CPU backend. (That one repeats the numbers of a BatchNormalization along another axis than the last over
what lies behind each other, so there is none here.)
"""

import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile

import numpy as np

# Release → its models
CASES = {
    "4.22.0": (
        "dense names conv conv1d separable channels_first lstm gru bidirectional embedding cell cells convlstm nested "
        "twice activations layers upsampling adam momentum rmsprop"
    ),
    "1.7.4": "dense conv lstm gru cells nested twice adam",
    "0.15.3": "dense conv lstm gru bidirectional cell nested twice layers",
}


def record(root, release, names):
    """Let a release write its models to root/RELEASE-NAME."""
    place, out = os.path.join(root, release), os.path.join(root, "out")
    os.makedirs(place)
    subprocess.run(
        ["npm", "install", "--silent", "--ignore-scripts", "--prefix", place, f"@tensorflow/tfjs@{release}"], check=True
    )
    script = os.path.join(place, "models.mjs")
    with open(os.path.join(os.path.dirname(__file__), "javascript_models.mjs"), encoding="utf-8") as file:
        text = file.read()
    with open(script, "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run(["node", script, "@tensorflow/tfjs", os.path.join(out, release), *names.split()], check=True)
    for name in names.split():
        folder = os.path.join(out, release, name)
        with open(os.path.join(folder, "values.json"), encoding="utf-8") as file:
            values = json.load(file)
        os.remove(os.path.join(folder, "values.json"))
        arrays = {key: np.array(flat, "float32").reshape(shape) for key, (shape, flat) in values.items()}
        np.savez_compressed(os.path.join(folder, "outputs.npz"), **arrays)


def main():
    (target,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as root:
        for release, names in CASES.items():
            record(root, release, names)
        out = os.path.join(root, "out")
        with lzma.open(target, "wb", preset=9) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
            for folder, _, files in sorted(os.walk(out)):
                for file in sorted(files):
                    path = os.path.join(folder, file)
                    info = tarfile.TarInfo(os.path.relpath(path, out))
                    info.size = os.path.getsize(path)
                    with open(path, "rb") as source:
                        tar.addfile(info, io.BytesIO(source.read()))


main()
