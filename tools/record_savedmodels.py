#!/usr/bin/env python3
"""Record what TensorFlow reads from each SavedModel of a corpus, for tests/artifacts/test_saved_model.py.

    record_savedmodels.py CORPUS tests/data/savedmodel-readings.json.xz

Runs where TensorFlow 2.15 is installed (TensorFlow itself, not this package). CORPUS holds SAVER/ARCH/savedmodel and
SAVER/ARCH/export.
"""

from __future__ import annotations

import glob
import hashlib
import json
import lzma
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import fingerprint_pb2, saved_model_pb2

HASHES = (
    "saved_model_checksum",
    "graph_def_program_hash",
    "signature_def_hash",
    "saved_object_graph_hash",
    "checkpoint_hash",
)


def main(corpus: str, out: str) -> None:
    folders = [*glob.glob(f"{corpus}/py*/*/savedmodel"), *glob.glob(f"{corpus}/py*/*/export")]
    readings = {os.path.relpath(folder, corpus): reading(folder) for folder in sorted(folders)}
    text = json.dumps(readings, sort_keys=True, separators=(",", ":"))
    with open(out, "wb") as file:
        file.write(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def reading(folder: str) -> dict:
    """Return tags, version, operations, signatures … of one folder, and the weights by layer where it loads."""
    model = saved_model_pb2.SavedModel()
    with open(f"{folder}/saved_model.pb", "rb") as file:
        model.ParseFromString(file.read())
    meta = model.meta_graphs[0]
    nodes = [*meta.graph_def.node, *(node for f in meta.graph_def.library.function for node in f.node_def)]
    found = {
        "tags": list(meta.meta_info_def.tags),
        "tensorflow_version": meta.meta_info_def.tensorflow_version,
        "ops": sorted({node.op for node in nodes}),
        "functions": len(meta.graph_def.library.function),
        "signatures": {
            name: {"method": item.method_name, "inputs": tensors(item.inputs), "outputs": tensors(item.outputs)}
            for name, item in meta.signature_def.items()
            if not name.startswith("__saved_model")
        },
        "fingerprint": fingerprint(f"{folder}/fingerprint.pb"),
        "assets": [asset.filename for asset in meta.asset_file_def],
    }
    if folder.endswith("savedmodel") and f"{os.sep}nested{os.sep}" not in folder:
        try:
            keras = tf.keras.models.load_model(folder, compile=False)
            found["layers"] = {layer.name: digests(layer) for layer in keras.layers if layer.weights}
        except Exception as error:  # models with custom layers, and such as 2.15 does not load
            print(folder, type(error).__name__, file=sys.stderr)
    return found


def tensors(infos) -> dict:
    return {
        name: [info.name, tf.dtypes.as_dtype(info.dtype).name, shape(info.tensor_shape)] for name, info in infos.items()
    }


def shape(stored) -> list | None:
    return None if stored.unknown_rank else [None if dim.size < 0 else dim.size for dim in stored.dim]


def fingerprint(path: str) -> dict:
    if not os.path.exists(path):
        return {}
    found = fingerprint_pb2.FingerprintDef()
    with open(path, "rb") as file:
        found.ParseFromString(file.read())
    return {name: f"{getattr(found, name):016x}" for name in HASHES if getattr(found, name)}


def digests(layer) -> list[str]:
    return [hashlib.sha256(np.ascontiguousarray(w.numpy()).tobytes()).hexdigest()[:16] for w in layer.weights]


if __name__ == "__main__":
    main(*sys.argv[1:])
