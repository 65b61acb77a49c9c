#!/usr/bin/env python3
"""Record what TensorFlow itself reads from checkpoints, for tests/artifacts/test_corpus_tensors.py.

    record_tf_tensors.py CORPUS OUT.jsonl.xz      (with an interpreter that has TensorFlow)

For every `*.index` below CORPUS one JSON line: its path and, for each key, dtype, shape and the SHA-256 of the values
as little-endian bytes in C order; text tensors are hashed as their elements, each preceded by its length.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import sys

import numpy as np
import tensorflow as tf


def main(corpus: str, out: str) -> None:
    lines = []
    for folder, folders, files in os.walk(corpus):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".index"):
                path = os.path.join(folder, name)
                try:
                    lines.append({"file": os.path.relpath(path, corpus), "tensors": tensors(path[: -len(".index")])})
                except (tf.errors.OpError, IndexError, RuntimeError) as error:  # damaged on purpose
                    print(path, type(error).__name__, file=sys.stderr)
    lines.insert(0, {"read by": f"TensorFlow {tf.__version__}"})
    text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
    with open(out, "wb") as file:
        file.write(lzma.compress(text.encode(), preset=9))


def tensors(prefix: str) -> dict[str, list]:
    reader = tf.train.load_checkpoint(prefix)
    shapes = reader.get_variable_to_shape_map()
    types = reader.get_variable_to_dtype_map()
    return {key: [types[key].name, shapes[key], digest(reader.get_tensor(key))] for key in sorted(shapes)}


def digest(value: np.ndarray) -> str:
    if isinstance(value, bytes) or value.dtype == object:
        found = hashlib.sha256()
        for item in [value] if isinstance(value, bytes) else value.ravel().tolist():
            found.update(len(item).to_bytes(8, "little") + item)
        return found.hexdigest()[:32]
    return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()[:32]


if __name__ == "__main__":
    main(*sys.argv[1:])
