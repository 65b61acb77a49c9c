#!/usr/bin/env python3
"""Save the weights of a model in shards: tests/data/sharded.tar.xz.

/path/to/python tools/record_shards.py MODEL.keras GOLDEN.npz tests/data/sharded.tar.xz     (Keras 3.10 and later)

The archive holds what `save_weights` writes with shards that are too small for the model, its architecture as
`config.json` and as the archive that it came from, and the inputs and outputs that are recorded of it.
"""

import io
import lzma
import os
import shutil
import sys
import tarfile
import tempfile
import zipfile

import keras

BYTES = 300  # of a shard; Keras counts in GB


def main():
    model, golden, out = sys.argv[1:]
    folder = tempfile.mkdtemp()
    keras.models.load_model(model).save_weights(
        os.path.join(folder, "model.weights.json"), max_shard_size=BYTES / 2**30
    )
    shutil.copy(model, os.path.join(folder, "model.keras"))
    shutil.copy(golden, os.path.join(folder, "golden.npz"))
    with zipfile.ZipFile(model) as archive:
        archive.extract("config.json", folder)
    with lzma.open(out, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


main()
