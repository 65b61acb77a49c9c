#!/usr/bin/env python3
"""Convert models of the corpus by TensorFlow.js's own converter: tests/data/tfjs-models.tar.xz.

/path/to/python tools/record_tfjs.py CORPUS tests/data/tfjs-models.tar.xz     (tensorflowjs 4.22 beside tf_keras)

With each model go inputs and the outputs that tensorflowjs itself, which dequantizes the weights in Python, computes
after loading the result. What it does not load again (a model of a `.keras` file, and one of Keras 2.2.4 whose weights
have names of other layers) is not quantized, and has the outputs of the release that saved it.
"""

import io
import lzma
import os
import shutil
import sys
import tarfile
import tempfile

import numpy as np
from tensorflowjs.converters import converter, keras_tfjs_loader

# Model of the corpus, file, quantization, whether each layer is a group of its own, bytes of a shard
CASES = {
    "uint8": ("py311_tf215/bilstm", "model.h5", {"uint8": True}, False, 64),
    "uint16": ("py311_tf215/gru_reset_after", "model.h5", {"uint16": "*kernel*"}, False, 1 << 22),
    "float16": ("py311_tf215/nested", "model.h5", {"float16": True}, True, 50),
    "groups": ("py311_tf215/shared", "model.h5", {}, True, 100),
    "heads": ("py311_tf215/mha_ln", "model.h5", {"uint16": True}, False, 1 << 22),
    "bare": ("py311_tf215/norm_adapt", "model.h5", {"uint8": "dense*"}, False, 1 << 22),
    "other-names": ("py36_keras224_tf113/dup_like_names", "model.h5", {}, False, 1 << 22),
    "store": ("py311_tf215/nested", "model.keras", {}, True, 1 << 22),
    "store-213": ("py311_tf213/bilstm", "model.keras", {}, False, 40),
}


def convert(path, folder, quantization, split, shard):
    if path.endswith(".h5"):
        by = converter.dispatch_keras_h5_to_tfjs_layers_model_conversion
        by(path, folder, quantization, split, shard)
        return
    with tempfile.TemporaryDirectory() as scratch:  # the converter unpacks the archive beside it
        by = converter.dispatch_keras_keras_to_tfjs_layers_model_conversion
        by(shutil.copy(path, scratch), folder, quantization, split, shard)


def values(golden, folder):
    """Return inputs and outputs by name."""
    inputs = {key: golden[key] for key in sorted(golden) if key.startswith("in")}
    outputs = {key: golden[key] for key in sorted(golden) if key.startswith("out")}
    try:
        model = keras_tfjs_loader.load_keras_model(os.path.join(folder, "model.json"))
    except (KeyError, ValueError) as error:
        print(folder, repr(error)[:100])
        return {**inputs, **outputs}
    made = model.predict([*inputs.values()] if len(inputs) > 1 else next(iter(inputs.values())), verbose=0)
    return {**inputs, **{f"out{i}": one for i, one in enumerate(made if isinstance(made, list) else [made])}}


def main():
    corpus, out = sys.argv[1:]
    root = tempfile.mkdtemp()
    for name, (place, file, *how) in CASES.items():
        folder = os.path.join(root, name)
        convert(os.path.join(corpus, place, file), folder, *how)
        np.savez_compressed(
            os.path.join(folder, "outputs.npz"), **values(np.load(f"{corpus}/{place}/golden.npz"), folder)
        )
    with lzma.open(out, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for folder, _, files in sorted(os.walk(root)):
            for file in sorted(files):
                path = os.path.join(folder, file)
                info = tarfile.TarInfo(os.path.relpath(path, root))
                info.size = os.path.getsize(path)
                with open(path, "rb") as source:
                    tar.addfile(info, io.BytesIO(source.read()))


main()
